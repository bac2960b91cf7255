"""The forms of /me, and what was entered."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from discord.ui import Label, Modal, TextInput

from bot.domain.errors import BadRequest
from bot.domain.money.amounts import LONGEST, UnclearAmount, read_usd
from bot.domain.money.usd import FREE, Usd
from bot.ui.dialogs.forms import OPEN_FOR, PREFIX
from bot.ui.text.phrases.access import me as phrases
from bot.ui.text.phrases.access import own_data as data
from bot.ui.text.render import plain_text

WHOSE = "own"  # what these forms are about
AMOUNT, CONFIRMED = "amount", "word"  # ids of fields
LONGEST_WORD = 20  # characters
MOST = Usd.of(1_000_000)  # more is a slip of the finger


class AskAboveForm(Modal):
    def __init__(self, verb: str, now: Usd | None) -> None:
        custom_id = f"{PREFIX}{verb}:{WHOSE}:{secrets.token_hex(4)}"
        super().__init__(title=plain_text(phrases.ASK_TITLE), custom_id=custom_id, timeout=OPEN_FOR)
        written = None if now is None else str(now).lstrip("$").replace(",", "")
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
    """None for an empty field. Raises BadRequest for what is no amount."""
    typed = fields.get(AMOUNT, "").strip()
    if not typed:
        return None
    try:
        amount = Usd.of(read_usd(typed))
    except UnclearAmount as unclear:
        raise BadRequest(phrases.no_amount(unclear.message)) from None
    except ValueError:  # finer than money is
        raise BadRequest(phrases.not_possible(typed, MOST)) from None
    if not FREE <= amount <= MOST:
        raise BadRequest(phrases.not_possible(typed, MOST))
    return amount
