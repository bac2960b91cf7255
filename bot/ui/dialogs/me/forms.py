"""The forms of /me, and their input."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from discord.ui import Label, Modal, TextInput

from bot.domain.money.amounts import LONGEST, entered_usd, written_usd
from bot.domain.money.usd import Usd
from bot.ui.dialogs.forms import OPEN_FOR, PREFIX
from bot.ui.text.phrases.access import me as phrases
from bot.ui.text.phrases.access import own_data as data
from bot.ui.text.render import plain_text

WHOSE = "own"  # what these forms are about
AMOUNT, CONFIRMED = "amount", "word"  # ids of fields
LONGEST_WORD = 20  # characters


class AskAboveForm(Modal):
    def __init__(self, verb: str, now: Usd | None) -> None:
        custom_id = f"{PREFIX}{verb}:{WHOSE}:{secrets.token_hex(4)}"
        super().__init__(title=plain_text(phrases.ASK_TITLE), custom_id=custom_id, timeout=OPEN_FOR)
        written = written_usd(now) or None
        field: TextInput[Any] = TextInput(custom_id=AMOUNT, default=written, max_length=LONGEST, required=False)
        hint = plain_text(phrases.ASK_HINT)
        self.add_item(Label(text=plain_text(phrases.ASK_FIELD), description=hint, component=field))


class EraseForm(Modal):
    def __init__(self, verb: str) -> None:
        custom_id = f"{PREFIX}{verb}:{WHOSE}:{secrets.token_hex(4)}"
        super().__init__(title=plain_text(data.FORM_TITLE), custom_id=custom_id, timeout=OPEN_FOR)
        field: TextInput[Any] = TextInput(custom_id=CONFIRMED, max_length=LONGEST_WORD)
        hint = plain_text(data.FORM_HINT)
        self.add_item(Label(text=plain_text(data.FORM_FIELD), description=hint, component=field))


def amount_in(fields: Mapping[str, str]) -> Usd | None:
    """None for an empty field. Raises BadRequest if it is not an amount."""
    typed = fields.get(AMOUNT, "").strip()
    return entered_usd(typed) if typed else None
