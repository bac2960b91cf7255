"""The form that takes a key, and what was entered."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from discord.ui import Label, Modal, TextInput

from bot.domain.errors import BadRequest
from bot.domain.keys.own_key import KeyPlace
from bot.domain.money.amounts import LONGEST as LONGEST_AMOUNT
from bot.domain.money.amounts import UnclearAmount, read_usd
from bot.domain.money.usd import FREE, Usd
from bot.jobs.use_cases.keys.manage import LONGEST, EnteredKey
from bot.ui.dialogs.forms import OPEN_FOR, PREFIX
from bot.ui.text.phrases import errors
from bot.ui.text.phrases.access import keys as phrases
from bot.ui.text.render import plain_text

VERB = "key-add"
KEY, LIMIT = "key", "limit"  # ids of fields
MOST = Usd.of(1_000_000)  # more is a slip of the finger


def read_place(text: str) -> KeyPlace:
    """Raises BadRequest."""
    place = KeyPlace.read(text)
    if place is None:
        raise BadRequest(errors.OTHER_FORM)
    return place


class KeyForm(Modal):
    def __init__(self, place: KeyPlace) -> None:
        custom_id = f"{PREFIX}{VERB}:{place.written}:{secrets.token_hex(4)}"
        title = plain_text(phrases.form_title(is_servers=place.is_servers))
        super().__init__(title=title, custom_id=custom_id, timeout=OPEN_FOR)
        key: TextInput[Any] = TextInput(custom_id=KEY, max_length=LONGEST)
        limit: TextInput[Any] = TextInput(custom_id=LIMIT, max_length=LONGEST_AMOUNT, required=False)
        for field, text, hint in (
            (key, phrases.KEY_FIELD, phrases.KEY_HINT),
            (limit, phrases.LIMIT_FIELD, phrases.LIMIT_HINT),
        ):
            self.add_item(Label(text=plain_text(text), description=plain_text(hint), component=field))


def entered(text: str, fields: Mapping[str, str]) -> EnteredKey:
    """Raises BadRequest."""
    place = read_place(text)
    if KEY not in fields:
        raise BadRequest(errors.OTHER_FORM)
    return EnteredKey(place=place, key=fields[KEY], month_limit=_limit(fields))


def _limit(fields: Mapping[str, str]) -> Usd | None:
    typed = fields.get(LIMIT, "").strip()
    if not typed:
        return None
    try:
        limit = Usd.of(read_usd(typed))
    except UnclearAmount as unclear:
        raise BadRequest(phrases.no_amount(unclear.message)) from None
    except ValueError:  # finer than money is
        raise BadRequest(phrases.no_limit_of(typed, MOST)) from None
    if not FREE < limit <= MOST:
        raise BadRequest(phrases.no_limit_of(typed, MOST))
    return limit
