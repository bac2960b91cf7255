"""One of each form that members can see."""

from __future__ import annotations

from collections.abc import Iterator

from bot.domain.access.confirming import ConfirmBounds
from bot.domain.guild import AccessPolicy, GuildOptions, GuildSettings
from bot.domain.keys.own_key import KeyPlace
from bot.domain.moderation.rules import NO_RULES
from bot.domain.money.usd import FREE
from bot.domain.queue.state import HoldKind
from bot.domain.studio.contests.contest import ContestId
from bot.domain.texts.discord_ids import LARGEST_ID
from bot.jobs.use_cases.moderation.take_downs import TakeDownPreview
from bot.ui.dialogs import settings_forms
from bot.ui.dialogs.bulk import DeleteForm, RetryForm
from bot.ui.dialogs.create_form import CreateForm
from bot.ui.dialogs.decisions import AdoptForm, DenyForm
from bot.ui.dialogs.forms import Form
from bot.ui.dialogs.keys.form import KeyForm
from bot.ui.dialogs.me.forms import AskAboveForm, EraseForm
from bot.ui.dialogs.moderation import screening as screening_forms
from bot.ui.dialogs.moderation.reports import BLOCK_MAKER, ReportForm, TakeDownForm
from bot.ui.dialogs.presets.edit_forms import PresetForms
from bot.ui.dialogs.presets.save_form import SavePresetForm
from bot.ui.dialogs.queue_orders import HoldForm
from bot.ui.dialogs.quoting.options_form import OptionsForm
from bot.ui.dialogs.quoting.prompt_forms import AnimateForm, EditForm
from bot.ui.dialogs.quoting.typed_order import TypedOrder
from bot.ui.dialogs.remix_form import RemixForm, RemixFormFacts
from bot.ui.dialogs.studio.collect_form import CollectForm
from bot.ui.dialogs.studio.contest_forms import StartForm, StartOptions, TimesForm
from bot.ui.dialogs.studio.extend_form import ExtendForm, ExtendFormFacts
from bot.ui.dialogs.tier_forms import TierForms
from bot.ui.dialogs.webhooks.form import WebhookForm
from bot.ui.screens.me.preferences import MeForm
from bot.ui.screens.moderation import ModerationForm
from bot.ui.screens.presets.buttons import PresetForm
from bot.ui.screens.settings.controls import SettingsForm
from bot.ui.screens.tiers import TierForm
from tests.builders import a_card, a_catalogue, a_done_job
from tests.tiers import a_tier


def forms_of_tiers() -> Iterator[Form]:
    forms, tier = TierForms(catalogue=a_catalogue()), a_tier()
    yield forms.add(TierForm.ADD)
    yield forms.name(TierForm.NAME, tier)
    yield forms.videos(TierForm.VIDEOS, tier)
    yield forms.limits(TierForm.LIMITS, tier)
    yield forms.asking(TierForm.ASKING, tier)
    yield forms.try_as(TierForm.TRY)


def forms_of_moderation() -> Iterator[Form]:
    yield screening_forms.words(ModerationForm.WORDS, "")
    yield screening_forms.patterns(ModerationForm.PATTERNS, "")
    yield screening_forms.model(ModerationForm.MODEL, NO_RULES.model)
    yield screening_forms.trial(ModerationForm.TRY)
    yield screening_forms.appeals(ModerationForm.APPEALS, "1")
    yield screening_forms.block(ModerationForm.BLOCK)
    yield screening_forms.block(screening_forms.BLOCK_REFUSED, about="0" * 16)
    yield screening_forms.appeal("0" * 16, of_a_block=False)


def forms_of_settings() -> Iterator[Form]:
    rules = GuildSettings(guild_id=1, opening=AccessPolicy.GRANTED, roles=frozenset(), monthly_budget=FREE)
    yield settings_forms.budget_form(SettingsForm.BUDGET, rules)
    yield settings_forms.pool_form(SettingsForm.POOL)
    yield settings_forms.grant_form(SettingsForm.GRANT)
    yield settings_forms.asking_form(SettingsForm.ASKING, ConfirmBounds(host=FREE))
    yield settings_forms.defaults_form(SettingsForm.DEFAULTS, GuildOptions(), a_catalogue())
    yield settings_forms.keep_form(SettingsForm.KEEP, GuildOptions())
    yield settings_forms.zone_form(SettingsForm.ZONE, rules)


def every_form() -> list[Form]:
    job = a_done_job()
    return [
        RemixForm(job, RemixFormFacts()),
        CollectForm("0a1b2c3d", may_be_servers=True),
        PresetForms(a_catalogue()).edit(PresetForm.EDIT, "new", {}),
        PresetForms(a_catalogue()).options(PresetForm.OPTIONS, "mine-0123456789ab", {}),
        StartForm(StartOptions(channel_id=LARGEST_ID)),
        TimesForm(ContestId("0" * 16)),
        SavePresetForm(job, "Sora 2", is_own=True, may_be_servers=True),
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
        WebhookForm(),
        EraseForm(MeForm.ERASE),
        *forms_of_settings(),
        HoldForm(HoldKind.PAUSE),
        RetryForm(),
        DeleteForm(),
        DenyForm(job.id),
        ReportForm(job),
        screening_forms.block(BLOCK_MAKER, about=job.id),
        *(TakeDownForm(TakeDownPreview(job=job, remixes=[job]), was_reported=was) for was in (True, False)),
    ]
