"""The forms of /me, and their input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from discord.ui import TextInput

from bot.domain.money.amounts import LONGEST, entered_usd, written_usd
from bot.domain.money.usd import Usd
from bot.ui.dialogs.forms import Form, labelled
from bot.ui.text.phrases.access import me as phrases
from bot.ui.text.phrases.access import own_data as data

WHOSE = "own"  # what these forms are about
AMOUNT, CONFIRMED = "amount", "word"  # ids of fields
LONGEST_WORD = 20  # characters


class AskAboveForm(Form):
    def __init__(self, verb: str, now: Usd | None) -> None:
        super().__init__(verb, WHOSE, phrases.ASK_TITLE)
        written = written_usd(now) or None
        field: TextInput[Any] = TextInput(custom_id=AMOUNT, default=written, max_length=LONGEST, required=False)
        self.add_item(labelled(phrases.ASK_FIELD, field, phrases.ASK_HINT))


class EraseForm(Form):
    def __init__(self, verb: str) -> None:
        super().__init__(verb, WHOSE, data.FORM_TITLE)
        field: TextInput[Any] = TextInput(custom_id=CONFIRMED, max_length=LONGEST_WORD)
        self.add_item(labelled(data.FORM_FIELD, field, data.FORM_HINT))


def amount_in(fields: Mapping[str, str]) -> Usd | None:
    """None for an empty field. Raises BadRequest if it is not an amount."""
    typed = fields.get(AMOUNT, "").strip()
    return entered_usd(typed) if typed else None
