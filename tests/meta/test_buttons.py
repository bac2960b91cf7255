"""Every visible button and form is handled by some cog and fits Discord's limits."""

from __future__ import annotations

import re
from typing import Any

import pytest
from discord.ui import DynamicItem

from bot.domain.ids import ALPHABET, LENGTH, JobId
from bot.ui.dialogs.drafts import EditTextButton
from bot.ui.interactions.buttons import AdoptButton, JobButton, LastingItem
from bot.ui.screens.history.buttons import PageButton
from bot.ui.screens.models import ModelsButton
from bot.ui.screens.reports.costs import PeriodSelect
from bot.ui.screens.tiers import TierButton, TierFormButton
from bot.wiring.cogs.commands import commands_only
from tests.meta.every_form import every_form
from tests.meta.released_buttons import RELEASED

SOME_ID = JobId(ALPHABET[-1] * LENGTH)


def persistent_buttons(base: type[DynamicItem[Any]]) -> set[type[DynamicItem[Any]]]:
    """Every class of button or menu that can be shown."""
    below = base.__subclasses__()
    return {base} if not below else {each for one in below for each in persistent_buttons(one)}


async def test_every_button_is_registered_and_answered_by_a_cog() -> None:
    bot = await commands_only()
    buttons = persistent_buttons(LastingItem)
    some = {AdoptButton, PageButton, ModelsButton, EditTextButton, TierButton, TierFormButton, PeriodSelect}
    assert some < buttons
    assert buttons == set(bot.registry.buttons)


@pytest.mark.parametrize("version", RELEASED)
async def test_buttons_of_every_released_version_are_still_read_and_answered(version: str) -> None:
    classes = [each for each in (await commands_only()).registry.buttons if issubclass(each, LastingItem)]
    for custom_id in RELEASED[version]:
        matches = [(each, found) for each in classes if (found := pattern_of(each).fullmatch(custom_id))]
        assert len(matches) == 1, custom_id
        ((button, found),) = matches
        assert button.read(found).custom_id == custom_id


async def test_every_kind_of_button_is_among_the_released_ones() -> None:
    released = [custom_id for version in RELEASED.values() for custom_id in version]
    kinds = (await commands_only()).registry.buttons
    assert [each.__name__ for each in kinds if not any(map(pattern_of(each).fullmatch, released))] == []


def pattern_of(button: type[DynamicItem[Any]]) -> re.Pattern[str]:
    return button.__discord_ui_compiled_template__


async def test_every_form_is_answered_by_a_cog() -> None:
    bot, forms = await commands_only(), every_form()
    for form in forms:
        assert len(form.custom_id) <= 100
    assert {form.custom_id.split(":")[2] for form in forms} == set(bot.registry.forms)


def test_every_verb_is_one_buttons_own() -> None:
    verbs = [button.verb for button in JobButton.__subclasses__()]
    assert len(set(verbs)) == len(verbs)


def test_button_ids_fit_and_carry_their_version() -> None:
    for button in JobButton.__subclasses__():
        custom_id = button(SOME_ID).item.custom_id
        assert custom_id is not None
        assert custom_id.startswith("k1:")
        assert len(custom_id) <= 100
