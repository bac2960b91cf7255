"""The forms of tiers: their content and their input. Only the format of the input is checked here."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import discord
from discord.ui import CheckboxGroup, Label, RoleSelect, Select, TextInput, UserSelect

from bot.data_classes import value_object
from bot.domain.access.tiers import NO_LIMITS, Tier, TierRights
from bot.domain.access.validity import LONGEST_NAME, MOST_ROLES
from bot.domain.errors import BadRequest, changing_nothing
from bot.domain.messages import Message
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.amounts import entered_usd, written_usd
from bot.domain.money.usd import Usd
from bot.domain.studio.batches import LARGEST_BATCH
from bot.domain.texts.discord_ids import ids_in
from bot.domain.texts.numbers import whole_number
from bot.domain.video import Size
from bot.ui.dialogs.forms import Form, labelled
from bot.ui.text.formatting import cut
from bot.ui.text.limits import LONGEST_OPTION, LONGEST_TITLE, MOST_OPTIONS
from bot.ui.text.phrases.access import tiers as phrases
from bot.ui.text.render import plain_text

ALL = "all"  # what the form is about if not about a tier
NO_CHOICE = "none"  # the option "no limit" of a select
NAME, ROLES, MODELS, LONGEST, LARGEST = "name", "roles", "models", "longest", "largest"  # ids of fields
DAY, MONTH, AT_ONCE, PLACE, RIGHTS, MEMBER = "day", "month", "at-once", "place", "rights", "member"
CONFIRM_ABOVE, APPROVAL_ABOVE, IN_ONE_ORDER = "confirm-above", "approval-above", "in-one-order"
PRIVATE, COSTS, HISTORY, APPROVE = "private", "costs", "history", "approve"  # options of RIGHTS
LONGEST_NUMBER = 12
MOST_SECONDS, MOST_AT_ONCE = 600, 50


@value_object
class TierForms:
    """Builds the forms. `roles`: those that the server has, so that deleted ones are not preselected."""

    catalogue: Catalogue
    roles: Collection[int] = ()

    def add(self, verb: str) -> Form:
        fields = (_name(None), self._roles(()), self._models(NO_LIMITS), _longest(NO_LIMITS), _month(NO_LIMITS))
        return Form(verb, ALL, phrases.ADD_A_TIER, *fields)

    def name(self, verb: str, tier: Tier) -> Form:
        return _edit_form(verb, tier, _name(tier), self._roles(tier.roles))

    def videos(self, verb: str, tier: Tier) -> Form:
        several = _text(
            IN_ONE_ORDER, phrases.IN_ONE_ORDER, _number(tier.rights.in_one_order), hint=phrases.EMPTY_FOR_NONE
        )
        fields = (self._models(tier.rights), _longest(tier.rights), self._largest(tier.rights), several)
        return _edit_form(verb, tier, *fields)

    def limits(self, verb: str, tier: Tier) -> Form:
        rights = tier.rights
        day = _text(DAY, phrases.A_DAY, written_usd(rights.day_limit), hint=phrases.EMPTY_FOR_NONE)
        at_once = _text(AT_ONCE, phrases.AT_ONCE, _number(rights.at_once), hint=phrases.EMPTY_FOR_NONE)
        fields = (day, _month(rights), at_once, _place(rights), _rights(rights))
        return _edit_form(verb, tier, *fields)

    def asking(self, verb: str, tier: Tier) -> Form:
        above = written_usd(tier.rights.confirm_above)
        field = _text(CONFIRM_ABOVE, phrases.CONFIRM_ABOVE, above, hint=phrases.AS_THE_SERVER)
        limit = written_usd(tier.rights.approval_above)
        approval = _text(APPROVAL_ABOVE, phrases.APPROVAL_ABOVE, limit, hint=phrases.EMPTY_FOR_NEVER)
        return _edit_form(verb, tier, field, approval)

    def try_as(self, verb: str) -> Form:
        who: UserSelect[Any] = UserSelect(custom_id=MEMBER, required=True)
        return Form(verb, ALL, phrases.TRY_TITLE, labelled(phrases.MEMBER, who))

    def _roles(self, chosen: Collection[int]) -> Label[Any]:
        kind, known = discord.SelectDefaultValueType.role, sorted({*chosen} & {*self.roles})
        defaults = [discord.SelectDefaultValue(id=role, type=kind) for role in known]
        select: RoleSelect[Any] = RoleSelect(
            custom_id=ROLES, min_values=1, max_values=MOST_ROLES, required=True, default_values=defaults
        )
        return labelled(phrases.ROLES, select, phrases.ROLES_HINT)

    def _models(self, rights: TierRights) -> Label[Any]:
        """A list to choose from or, if that would be too long, a text with one model per line."""
        cards, chosen = self.catalogue.cards, rights.models or frozenset()
        if not 0 < len(cards) <= MOST_OPTIONS:
            written = "\n".join(sorted(map(self.catalogue.label, chosen)))
            text = _input(MODELS, written, discord.TextStyle.paragraph, most=2000)
            return labelled(phrases.MODELS, text, phrases.MODELS_TYPED)
        options = [
            discord.SelectOption(label=cut(card.label, LONGEST_OPTION), value=card.id, default=card.id in chosen)
            for card in cards.values()
        ]
        select: Select[Any] = Select(
            custom_id=MODELS, options=options, min_values=0, max_values=len(options), required=False
        )
        return labelled(phrases.MODELS, select, phrases.MODELS_HINT)

    def _largest(self, rights: TierRights) -> Label[Any]:
        """Sizes with different numbers of pixels; the largest of those that fit."""
        sizes = {size.pixels: size for card in self.catalogue.cards.values() for size in reversed(card.sizes)}
        if rights.largest is not None:
            sizes[rights.largest.pixels] = rights.largest
        shown = [sizes[pixels] for pixels in sorted(sizes, reverse=True)][: MOST_OPTIONS - 1]
        options = [
            discord.SelectOption(label=plain_text(phrases.NO_LIMIT), value=NO_CHOICE, default=rights.largest is None),
            *(discord.SelectOption(label=str(s), value=str(s), default=s == rights.largest) for s in shown),
        ]
        return labelled(phrases.LARGEST, Select(custom_id=LARGEST, options=options))


def _edit_form(verb: str, tier: Tier, *parts: Label[Any]) -> Form:
    form = Form(verb, tier.id, phrases.edit_title(tier), *parts)
    form.title = cut(form.title, LONGEST_TITLE)
    return form


def _input(
    field: str,
    written: str,
    style: discord.TextStyle = discord.TextStyle.short,
    *,
    most: int = LONGEST_NUMBER,
    required: bool = False,
) -> TextInput[Any]:
    return TextInput(custom_id=field, default=written or None, style=style, max_length=most, required=required)


def _text(field: str, text: Message, written: str, hint: Message | None = None) -> Label[Any]:
    return labelled(text, _input(field, written), hint)


def _name(tier: Tier | None) -> Label[Any]:
    written = "" if tier is None else tier.name
    return labelled(phrases.NAME, _input(NAME, written, most=LONGEST_NAME, required=True))


def _longest(rights: TierRights) -> Label[Any]:
    return _text(LONGEST, phrases.LONGEST, _number(rights.longest_seconds), hint=phrases.EMPTY_FOR_NONE)


def _month(rights: TierRights) -> Label[Any]:
    return _text(MONTH, phrases.A_MONTH, written_usd(rights.month_limit), hint=phrases.EMPTY_FOR_NONE)


def _place(rights: TierRights) -> Label[Any]:
    now = (rights.priority > 0) - (rights.priority < 0)
    choices = ((1, phrases.SOONER_CHOICE), (0, phrases.NORMAL_CHOICE), (-1, phrases.LATER_CHOICE))
    options = [
        discord.SelectOption(label=plain_text(text), value=str(priority), default=priority == now)
        for priority, text in choices
    ]
    return labelled(phrases.PLACE, Select(custom_id=PLACE, options=options))


def _rights(rights: TierRights) -> Label[Any]:
    held = (
        (PRIVATE, phrases.MAY_GO_PRIVATE, rights.may_go_private),
        (COSTS, phrases.SEES_COSTS, rights.sees_server_costs),
        (HISTORY, phrases.SEES_HISTORY, rights.sees_history),
        (APPROVE, phrases.MAY_APPROVE, rights.may_approve),
    )
    options = [discord.CheckboxGroupOption(label=plain_text(text), value=id_, default=has) for id_, text, has in held]
    group: CheckboxGroup[Any] = CheckboxGroup(
        custom_id=RIGHTS, options=options, min_values=0, max_values=len(options), required=False
    )
    return labelled(phrases.RIGHTS, group)


def _number(limit: int | None) -> str:
    return "" if limit is None else str(limit)


# Input


@value_object
class TierInput:
    """A submitted form: its single values and its lists, by the ids of their fields.

    Raises BadRequest if it is invalid.
    """

    fields: Mapping[str, str]
    roles: Sequence[str] = ()
    models: Sequence[str] = ()
    rights: Sequence[str] = ()

    @property
    def role_ids(self) -> frozenset[int]:
        return frozenset(ids_in(self.roles))

    def new(self, catalogue: Catalogue) -> Tier:
        rights = TierRights(
            models=self._models(catalogue),
            longest_seconds=self._whole(LONGEST, MOST_SECONDS),
            month_limit=self._amount(MONTH),
        )
        return self.with_name(Tier(id=secrets.token_hex(4), name="", roles=frozenset(), rights=rights))

    def with_name(self, tier: Tier) -> Tier:
        return replace(tier, name=self.fields.get(NAME, tier.name), roles=self.role_ids)

    def with_videos(self, tier: Tier, catalogue: Catalogue) -> Tier:
        rights = replace(
            tier.rights,
            models=self._models(catalogue),
            longest_seconds=self._whole(LONGEST, MOST_SECONDS),
            largest=self._size(),
            in_one_order=self._whole(IN_ONE_ORDER, LARGEST_BATCH),
        )
        return replace(tier, rights=rights)

    def with_limits(self, tier: Tier) -> Tier:
        rights = replace(
            tier.rights,
            day_limit=self._amount(DAY),
            month_limit=self._amount(MONTH),
            at_once=self._whole(AT_ONCE, MOST_AT_ONCE),
            priority=self._priority(tier.rights.priority),
            may_go_private=PRIVATE in self.rights,
            sees_server_costs=COSTS in self.rights,
            sees_history=HISTORY in self.rights,
            may_approve=APPROVE in self.rights,
        )
        return replace(tier, rights=rights)

    def with_questions(self, tier: Tier) -> Tier:
        above, approval = self._amount(CONFIRM_ABOVE), self._amount(APPROVAL_ABOVE)
        return replace(tier, rights=replace(tier.rights, confirm_above=above, approval_above=approval))

    def _models(self, catalogue: Catalogue) -> frozenset[str] | None:
        """Chosen from the list, or typed as ids or labels."""
        typed = [line.strip() for line in self.fields.get(MODELS, "").splitlines()]
        named = self.models or [line for line in typed if line]
        with changing_nothing():
            return frozenset(catalogue.card(model).id for model in named) or None

    def _whole(self, field: str, most: int) -> int | None:
        typed = self.fields.get(field, "").strip()
        if not typed:
            return None
        number = whole_number(typed)
        if number is None or not 1 <= number <= most:
            raise BadRequest(phrases.no_whole_number(typed, most))
        return number

    def _amount(self, field: str) -> Usd | None:
        typed = self.fields.get(field, "").strip()
        return entered_usd(typed) if typed else None

    def _priority(self, before: int) -> int:
        """A finer priority, which forms do not offer, is kept if its choice was not changed."""
        typed = self.fields.get(PLACE, "")
        chosen = int(typed) if typed in {"1", "0", "-1"} else 0
        return before if chosen == (before > 0) - (before < 0) else chosen

    def _size(self) -> Size | None:
        typed = self.fields.get(LARGEST, NO_CHOICE)
        return None if typed in {"", NO_CHOICE} else Size.of(typed)
