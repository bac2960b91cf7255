"""The form for a key, and its input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from discord.ui import TextInput

from bot.domain.errors import BadRequest
from bot.domain.keys.own_key import KeyPlace
from bot.domain.money.amounts import LONGEST as LONGEST_AMOUNT
from bot.domain.money.amounts import entered_usd
from bot.domain.money.usd import MICROS_PER_CENT, Usd
from bot.jobs.use_cases.keys.manage import LONGEST, EnteredKey
from bot.ui.dialogs.forms import Form, labelled
from bot.ui.text.phrases import errors
from bot.ui.text.phrases.access import keys as phrases

VERB = "key-add"
KEY, LIMIT = "key", "limit"  # ids of fields


def read_place(text: str) -> KeyPlace:
    """Raises BadRequest."""
    place = KeyPlace.read(text)
    if place is None:
        raise BadRequest(errors.OTHER_FORM)
    return place


class KeyForm(Form):
    def __init__(self, place: KeyPlace) -> None:
        super().__init__(VERB, place.written, phrases.form_title(is_servers=place.is_servers))
        key: TextInput[Any] = TextInput(custom_id=KEY, max_length=LONGEST)
        limit: TextInput[Any] = TextInput(custom_id=LIMIT, max_length=LONGEST_AMOUNT, required=False)
        for field, text, hint in (
            (key, phrases.KEY_FIELD, phrases.KEY_HINT),
            (limit, phrases.LIMIT_FIELD, phrases.LIMIT_HINT),
        ):
            self.add_item(labelled(text, field, hint))


def entered(text: str, fields: Mapping[str, str]) -> EnteredKey:
    """Raises BadRequest."""
    place = read_place(text)
    if KEY not in fields:
        raise BadRequest(errors.OTHER_FORM)
    return EnteredKey(place=place, key=fields[KEY], month_limit=_limit(fields))


def _limit(fields: Mapping[str, str]) -> Usd | None:
    typed = fields.get(LIMIT, "").strip()
    return entered_usd(typed, least=Usd(MICROS_PER_CENT)) if typed else None
