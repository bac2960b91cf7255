"""A rejected form opens again with everything that was written and chosen in it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest
from discord.ui import Label

from bot.domain.access.tiers import NO_LIMITS, Tier
from bot.ui.dialogs.bulk import DeleteForm
from bot.ui.dialogs.drafts import refilled, says_something
from bot.ui.dialogs.settings_forms import grant_form
from bot.ui.dialogs.tier_forms import TierForms
from bot.ui.screens.moderation import ModerationForm
from bot.ui.screens.tiers import TierForm
from bot.wiring.cogs.commands import commands_only
from tests.builders import WIDE, a_card, a_catalogue

MODELS = a_catalogue(a_card(sizes=(WIDE,)), a_card(id="wan", label="Wan"))
FORMS, GOLD = TierForms(catalogue=MODELS, roles=(7,)), Tier(id="a", name="Gold", roles=frozenset({7}), rights=NO_LIMITS)
GUILD = cast("discord.Guild", SimpleNamespace(get_role={7: "a role"}.get))


def chosen_in(form: discord.ui.Modal) -> dict[str, Any]:
    """The initial content of each field."""
    parts = [part.component for part in form.children if isinstance(part, Label)]
    return {part.custom_id: begun(part) for part in cast("list[Any]", parts)}


def begun(part: Any) -> Any:
    if isinstance(part, discord.ui.TextInput):
        return part.default
    if hasattr(part, "options"):
        return [option.value for option in part.options if option.default]
    return [default.id for default in part.default_values]


def test_texts_lists_and_roles_stand_in_it_as_before() -> None:
    form = FORMS.add(TierForm.ADD)
    written = {"name": "Gold", "roles": "7", "models": "wan\nsora-2", "longest": "four", "month": ""}
    assert chosen_in(refilled(form, written, GUILD)) == {
        "name": "Gold",
        "roles": [7],
        "models": ["sora-2", "wan"],
        "longest": "four",
        "month": None,
    }


def test_boxes_that_were_cleared_stay_cleared() -> None:
    form = refilled(FORMS.limits(TierForm.LIMITS, GOLD), {"day": "lots", "place": "1", "rights": "approve"}, GUILD)
    begun_with = chosen_in(form)
    assert (begun_with["day"], begun_with["place"], begun_with["rights"]) == ("lots", ["1"], ["approve"])


def test_a_role_that_was_deleted_meanwhile_is_not_chosen_again() -> None:
    form = refilled(FORMS.name(TierForm.NAME, GOLD), {"roles": "7\n8"}, GUILD)
    assert chosen_in(form)["roles"] == [7]


def test_a_member_stays_chosen() -> None:
    assert chosen_in(refilled(grant_form("grant"), {"member": "5", "dollars": "lots"}, None))["member"] == [5]


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"prompt": "", "seconds": "8"}, False),
        ({"prompt": "a fox"}, True),
        ({"dollars": ""}, False),
        ({"a": "1"}, True),
    ],
)
def test_a_form_is_worth_keeping_for_its_prompt_or_else_for_anything(fields: dict[str, str], *, kept: bool) -> None:
    assert says_something(fields) is kept


def test_what_managers_chose_to_delete_stays_chosen() -> None:
    fields = {"which": "failed", "whose": "104", "older": "3/11", "take-down": "True", "why": "real people"}
    form = refilled(DeleteForm(), fields, GUILD)
    labels: list[Any] = form.children
    parts = {label.component.custom_id: label.component for label in labels}
    chosen = [option.value for option in parts["which"].options if option.default]
    assert (chosen, [each.id for each in parts["whose"].default_values]) == (["failed"], [104])
    assert (parts["older"].default, parts["take-down"].default, parts["why"].default) == ("3/11", True, "real people")


async def test_forms_of_managers_open_again_where_what_was_written_is_refused() -> None:
    registry = (await commands_only()).registry
    assert all(map(registry.opens_again, ("bulk-delete", "bulk-retry", ModerationForm.APPEALS, ModerationForm.WORDS)))
