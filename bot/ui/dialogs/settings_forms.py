"""The forms of /settings, and their input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from discord import SelectOption
from discord.ui import Item, RoleSelect, Select, TextInput, UserSelect

from bot.domain.access.confirming import ConfirmBounds
from bot.domain.errors import BadRequest
from bot.domain.guild import GuildOptions, GuildSettings
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.amounts import written_usd
from bot.ui.dialogs.forms import Form, labelled
from bot.ui.text.formatting import cut
from bot.ui.text.limits import LONGEST_OPTION, MOST_OPTIONS
from bot.ui.text.phrases import errors
from bot.ui.text.phrases.settings import forms as phrases
from bot.ui.text.phrases.settings import storage

WHOSE = "server"  # what these forms are about
DOLLARS, ROLE, MEMBER, UNTIL, ABOVE, AT_MOST, ZONE = "dollars", "role", "member", "until", "above", "at-most", "zone"
MODEL, SECONDS, SIZE, DAYS = "model", "seconds", "size", "days"
LONGEST_AMOUNT, LONGEST_DAY, LONGEST_ZONE, LONGEST_DAYS = 12, 30, 60, 20


def budget_form(verb: str, rules: GuildSettings) -> Form:
    amount = _text(DOLLARS, written_usd(rules.monthly_budget), LONGEST_AMOUNT)
    return Form(verb, WHOSE, phrases.BUDGET, labelled(phrases.DOLLARS_A_MONTH, amount, phrases.ZERO_STOPS))


def pool_form(verb: str) -> Form:
    role: RoleSelect[Any] = RoleSelect(custom_id=ROLE, required=True)
    amount = labelled(phrases.DOLLARS_A_MONTH, _text(DOLLARS, "", LONGEST_AMOUNT), phrases.ZERO_REMOVES)
    return Form(verb, WHOSE, phrases.POOL, labelled(phrases.ROLE, role, phrases.ROLE_SHARES), amount)


def grant_form(verb: str) -> Form:
    member: UserSelect[Any] = UserSelect(custom_id=MEMBER, required=True)
    amount = labelled(phrases.DOLLARS, _text(DOLLARS, "", LONGEST_AMOUNT), phrases.ZERO_TAKES_BACK)
    until = labelled(phrases.LAST_DAY, _text(UNTIL, "", LONGEST_DAY, required=False), phrases.LAST_DAY_HINT)
    return Form(verb, WHOSE, phrases.GRANT, labelled(phrases.MEMBER, member), amount, until)


def asking_form(verb: str, bounds: ConfirmBounds) -> Form:
    usual = _text(ABOVE, written_usd(bounds.server), LONGEST_AMOUNT, required=False)
    most = _text(AT_MOST, written_usd(bounds.at_most), LONGEST_AMOUNT, required=False)
    return Form(
        verb,
        WHOSE,
        phrases.ASKING,
        labelled(phrases.ASK_ABOVE, usual, phrases.AS_THE_HOST),
        labelled(phrases.ASK_AT_MOST, most, phrases.AS_ASKED_HERE),
    )


def defaults_form(verb: str, options: GuildOptions, catalogue: Catalogue) -> Form:
    """With a list of models, or a text field if there are too many for a menu."""
    cards = catalogue.cards
    length = _text(SECONDS, str(options.default_seconds or ""), LONGEST_AMOUNT, required=False)
    size = _text(SIZE, str(options.default_size or ""), LONGEST_AMOUNT, required=False)
    model: Item[Any] = _text(MODEL, options.default_model or "", LONGEST_ZONE, required=False)
    if 0 < len(cards) <= MOST_OPTIONS:
        chosen = [
            SelectOption(label=cut(card.label, LONGEST_OPTION), value=card.id, default=card.id == options.default_model)
            for card in cards.values()
        ]
        model = Select(custom_id=MODEL, options=chosen, min_values=0, required=False)
    return Form(
        verb,
        WHOSE,
        phrases.DEFAULTS,
        labelled(phrases.MODEL, model, phrases.AS_USUAL),
        labelled(phrases.LENGTH, length, phrases.EMPTY_AS_USUAL),
        labelled(phrases.SIZE, size, phrases.SUCH_AS_SIZE),
    )


def zone_form(verb: str, rules: GuildSettings) -> Form:
    zone = _text(ZONE, rules.time_zone or "", LONGEST_ZONE)
    return Form(verb, WHOSE, phrases.ZONE, labelled(phrases.TIME_ZONE, zone, phrases.SUCH_AS))


def keep_form(verb: str, options: GuildOptions) -> Form:
    days = _text(DAYS, str(options.keep_days or ""), LONGEST_DAYS, required=False)
    return Form(verb, WHOSE, storage.FORM, labelled(storage.DAYS, days, storage.DAYS_HINT))


def entered(fields: Mapping[str, str], field: str) -> str | None:
    """The text; None for an empty field."""
    return fields.get(field, "").strip() or None


def needed(fields: Mapping[str, str], field: str) -> str:
    """The text as it was typed, even if it is blank. Raises BadRequest for a form without that field."""
    if field not in fields:
        raise BadRequest(errors.OTHER_FORM)
    return fields[field]


def _text(field: str, written: str, most: int, *, required: bool = True) -> TextInput[Any]:
    return TextInput(custom_id=field, default=written or None, max_length=most, required=required)
