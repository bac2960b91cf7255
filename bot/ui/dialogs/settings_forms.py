"""The forms of /settings, and their input."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from discord import SelectOption
from discord.ui import Item, Label, Modal, RoleSelect, Select, TextInput, UserSelect

from bot.domain.access.confirming import ConfirmBounds
from bot.domain.errors import BadRequest
from bot.domain.guild import GuildOptions, GuildSettings
from bot.domain.messages import Message
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.amounts import written_usd
from bot.ui.dialogs.forms import OPEN_FOR, PREFIX
from bot.ui.text.formatting import cut
from bot.ui.text.phrases import errors
from bot.ui.text.phrases.settings import forms as phrases
from bot.ui.text.phrases.settings import storage
from bot.ui.text.render import plain_text

WHOSE = "server"  # what these forms are about
DOLLARS, ROLE, MEMBER, UNTIL, ABOVE, AT_MOST, ZONE = "dollars", "role", "member", "until", "above", "at-most", "zone"
MODEL, SECONDS, SIZE, DAYS = "model", "seconds", "size", "days"
MOST_OPTIONS = 25  # of one menu; Discord shows no more
LONGEST_AMOUNT, LONGEST_DAY, LONGEST_ZONE, LONGEST_DAYS = 12, 30, 60, 20


class SettingsModal(Modal):
    """`verb` says what is done with the input."""

    def __init__(self, verb: str, title: Message, *fields: Label[Any]) -> None:
        custom_id = f"{PREFIX}{verb}:{WHOSE}:{secrets.token_hex(4)}"
        super().__init__(title=plain_text(title), custom_id=custom_id, timeout=OPEN_FOR)
        for field in fields:
            self.add_item(field)


def budget_form(verb: str, rules: GuildSettings) -> SettingsModal:
    amount = _text(DOLLARS, written_usd(rules.monthly_budget), LONGEST_AMOUNT)
    return SettingsModal(verb, phrases.BUDGET, _label(phrases.DOLLARS_A_MONTH, amount, phrases.ZERO_STOPS))


def pool_form(verb: str) -> SettingsModal:
    role: RoleSelect[Any] = RoleSelect(custom_id=ROLE, required=True)
    amount = _label(phrases.DOLLARS_A_MONTH, _text(DOLLARS, "", LONGEST_AMOUNT), phrases.ZERO_REMOVES)
    return SettingsModal(verb, phrases.POOL, _label(phrases.ROLE, role, phrases.ROLE_SHARES), amount)


def grant_form(verb: str) -> SettingsModal:
    member: UserSelect[Any] = UserSelect(custom_id=MEMBER, required=True)
    amount = _label(phrases.DOLLARS, _text(DOLLARS, "", LONGEST_AMOUNT), phrases.ZERO_TAKES_BACK)
    until = _label(phrases.LAST_DAY, _text(UNTIL, "", LONGEST_DAY, required=False), phrases.LAST_DAY_HINT)
    return SettingsModal(verb, phrases.GRANT, _label(phrases.MEMBER, member), amount, until)


def asking_form(verb: str, bounds: ConfirmBounds) -> SettingsModal:
    usual = _text(ABOVE, written_usd(bounds.server), LONGEST_AMOUNT, required=False)
    most = _text(AT_MOST, written_usd(bounds.at_most), LONGEST_AMOUNT, required=False)
    return SettingsModal(
        verb,
        phrases.ASKING,
        _label(phrases.ASK_ABOVE, usual, phrases.AS_THE_HOST),
        _label(phrases.ASK_AT_MOST, most, phrases.AS_ASKED_HERE),
    )


def defaults_form(verb: str, options: GuildOptions, catalogue: Catalogue) -> SettingsModal:
    """With a list of models, or a text field if there are too many for a menu."""
    cards = catalogue.cards
    length = _text(SECONDS, str(options.default_seconds or ""), LONGEST_AMOUNT, required=False)
    size = _text(SIZE, str(options.default_size or ""), LONGEST_AMOUNT, required=False)
    model: Item[Any] = _text(MODEL, options.default_model or "", LONGEST_ZONE, required=False)
    if 0 < len(cards) <= MOST_OPTIONS:
        chosen = [
            SelectOption(label=cut(card.label, 100), value=card.id, default=card.id == options.default_model)
            for card in cards.values()
        ]
        model = Select(custom_id=MODEL, options=chosen, min_values=0, required=False)
    return SettingsModal(
        verb,
        phrases.DEFAULTS,
        _label(phrases.MODEL, model, phrases.AS_USUAL),
        _label(phrases.LENGTH, length, phrases.EMPTY_AS_USUAL),
        _label(phrases.SIZE, size, phrases.SUCH_AS_SIZE),
    )


def zone_form(verb: str, rules: GuildSettings) -> SettingsModal:
    zone = _text(ZONE, rules.time_zone or "", LONGEST_ZONE)
    return SettingsModal(verb, phrases.ZONE, _label(phrases.TIME_ZONE, zone, phrases.SUCH_AS))


def keep_form(verb: str, options: GuildOptions) -> SettingsModal:
    days = _text(DAYS, str(options.keep_days or ""), LONGEST_DAYS, required=False)
    return SettingsModal(verb, storage.FORM, _label(storage.DAYS, days, storage.DAYS_HINT))


def entered(fields: Mapping[str, str], field: str) -> str | None:
    """The text; None for an empty field."""
    return fields.get(field, "").strip() or None


def needed(fields: Mapping[str, str], field: str) -> str:
    """The text as it was typed, even if it is blank. Raises BadRequest for a form without that field."""
    if field not in fields:
        raise BadRequest(errors.OTHER_FORM)
    return fields[field]


def _label(text: Message, component: Item[Any], hint: Message | None = None) -> Label[Any]:
    return Label(text=plain_text(text), description=None if hint is None else plain_text(hint), component=component)


def _text(field: str, written: str, most: int, *, required: bool = True) -> TextInput[Any]:
    return TextInput(custom_id=field, default=written or None, max_length=most, required=required)
