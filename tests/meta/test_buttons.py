"""Every button and form that can be seen is answered by some cog, and fits Discord's limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from discord.ui import DynamicItem

from bot.domain.access.confirming import ConfirmBounds
from bot.domain.guild import AccessPolicy, GuildOptions, GuildSettings
from bot.domain.ids import ALPHABET, LENGTH, JobId
from bot.domain.keys.own_key import KeyPlace
from bot.domain.moderation.rules import NO_RULES
from bot.domain.money.usd import FREE
from bot.domain.queue.state import HoldKind
from bot.jobs.use_cases.moderation.take_downs import TakeDownPreview
from bot.ui.dialogs import settings_forms
from bot.ui.dialogs.approvals import DenyForm
from bot.ui.dialogs.bulk import DeleteForm, RetryForm
from bot.ui.dialogs.create_form import CreateForm, TypedOrder
from bot.ui.dialogs.drafts import EditTextButton
from bot.ui.dialogs.forms import AdoptForm, AnimateForm, EditForm
from bot.ui.dialogs.keys.form import KeyForm
from bot.ui.dialogs.me.forms import AskAboveForm, EraseForm
from bot.ui.dialogs.moderation import screening as screening_forms
from bot.ui.dialogs.moderation.reports import BLOCK_MAKER, ReportForm, TakeDownForm
from bot.ui.dialogs.queue_orders import HoldForm
from bot.ui.dialogs.quoting.options_form import OptionsForm
from bot.ui.dialogs.remix_form import RemixForm, RemixFormFacts
from bot.ui.dialogs.settings_forms import SettingsModal
from bot.ui.dialogs.studio.collect_form import CollectForm
from bot.ui.dialogs.studio.extend_form import ExtendForm, ExtendFormFacts
from bot.ui.dialogs.tier_forms import TierForms, TierModal
from bot.ui.interactions.buttons import AdoptButton, JobButton, LastingItem
from bot.ui.screens.history.buttons import PageButton
from bot.ui.screens.me.preferences import MeForm
from bot.ui.screens.models import ModelsButton
from bot.ui.screens.moderation import ModerationForm
from bot.ui.screens.reports.costs import PeriodSelect
from bot.ui.screens.settings.controls import SettingsForm
from bot.ui.screens.tiers import TierButton, TierForm, TierFormButton
from bot.wiring.cogs.commands import commands_only
from tests.builders import a_card, a_catalogue, a_done_job
from tests.meta.released_buttons import RELEASED
from tests.tiers import a_tier

SOME_ID = JobId(ALPHABET[-1] * LENGTH)


def persistent_buttons(base: type[DynamicItem[Any]]) -> set[type[DynamicItem[Any]]]:
    """Every class of button, or of menu, that can be shown."""
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


def forms_of_tiers() -> Iterator[TierModal]:
    forms, tier = TierForms(catalogue=a_catalogue()), a_tier()
    yield forms.add(TierForm.ADD)
    yield forms.name(TierForm.NAME, tier)
    yield forms.videos(TierForm.VIDEOS, tier)
    yield forms.limits(TierForm.LIMITS, tier)
    yield forms.asking(TierForm.ASKING, tier)
    yield forms.try_as(TierForm.TRY)


def forms_of_moderation() -> Iterator[screening_forms.ModerationModal]:
    yield screening_forms.words(ModerationForm.WORDS, "")
    yield screening_forms.patterns(ModerationForm.PATTERNS, "")
    yield screening_forms.model(ModerationForm.MODEL, NO_RULES.model)
    yield screening_forms.trial(ModerationForm.TRY)
    yield screening_forms.appeals(ModerationForm.APPEALS, NO_RULES)
    yield screening_forms.block(ModerationForm.BLOCK)
    yield screening_forms.block(screening_forms.BLOCK_REFUSED, about="0" * 16)
    yield screening_forms.appeal("0" * 16, of_a_block=False)


def forms_of_settings() -> Iterator[SettingsModal]:
    rules = GuildSettings(guild_id=1, opening=AccessPolicy.GRANTED, roles=frozenset(), monthly_budget=FREE)
    yield settings_forms.budget_form(SettingsForm.BUDGET, rules)
    yield settings_forms.pool_form(SettingsForm.POOL)
    yield settings_forms.grant_form(SettingsForm.GRANT)
    yield settings_forms.asking_form(SettingsForm.ASKING, ConfirmBounds(host=FREE))
    yield settings_forms.defaults_form(SettingsForm.DEFAULTS, GuildOptions(), a_catalogue())
    yield settings_forms.zone_form(SettingsForm.ZONE, rules)


async def test_every_form_is_answered_by_a_cog() -> None:
    bot, job = await commands_only(), a_done_job()
    forms = (
        RemixForm(job, RemixFormFacts()),
        CollectForm("0a1b2c3d", may_be_servers=True),
        RemixForm(job, RemixFormFacts(prefilled=True)),
        ExtendForm(job, ExtendFormFacts()),
        EditForm(job),
        CreateForm("0" * 16, TypedOrder(prompt="a fox"), []),
        OptionsForm("0" * 16, a_card(), {}),
        AdoptForm(job, None),
        AnimateForm([("fox.png", "$0.40")]),
        *forms_of_tiers(),
        *forms_of_moderation(),
        AskAboveForm(MeForm.ASK_ABOVE, None),
        KeyForm(KeyPlace(service="a" * 30, is_servers=True)),
        EraseForm(MeForm.ERASE),
        *forms_of_settings(),
        HoldForm(HoldKind.PAUSE),
        RetryForm(),
        DeleteForm(),
        DenyForm(job.id),
        ReportForm(job),
        screening_forms.block(BLOCK_MAKER, about=job.id),
        *(TakeDownForm(TakeDownPreview(job=job, remixes=[job]), was_reported=was) for was in (True, False)),
    )
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
