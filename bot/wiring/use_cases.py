"""What people can start, as use cases: each is given its dependencies."""

from __future__ import annotations

from bot.data_classes import wired
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.usd import Usd
from bot.jobs.ordering.alternatives import ModelAlternatives
from bot.jobs.ordering.cheaper import CheaperOrders
from bot.jobs.ordering.quoting import Quoting
from bot.jobs.providers.health import ModelHealth
from bot.jobs.use_cases.allowances import MemberAllowances
from bot.jobs.use_cases.audit.changes import SettingChanges
from bot.jobs.use_cases.authorization import Authorization, no_own_accounts
from bot.jobs.use_cases.browse import BrowseVideos
from bot.jobs.use_cases.budgets import BudgetSettings
from bot.jobs.use_cases.create import CreateVideo
from bot.jobs.use_cases.guild import GuildPreferences, GuildRules
from bot.jobs.use_cases.keys.manage import OwnKeys
from bot.jobs.use_cases.manage import ManageVideos
from bot.jobs.use_cases.me.preferences import OwnPreferences
from bot.jobs.use_cases.moderation.screening import Screening
from bot.jobs.use_cases.moderation.venues import VenueRules
from bot.jobs.use_cases.presets.applying import ApplyPresets
from bot.jobs.use_cases.presets.manage import Presets
from bot.jobs.use_cases.private_videos import PrivateVideos
from bot.jobs.use_cases.prompting.ask import AskHelper
from bot.jobs.use_cases.queue.approvals import Approvals
from bot.jobs.use_cases.queue.manage import ManageQueue
from bot.jobs.use_cases.quotes.confirming import PriceConfirmation
from bot.jobs.use_cases.quotes.details import Quotes
from bot.jobs.use_cases.quotes.facts import OrderFacts
from bot.jobs.use_cases.review import Review
from bot.jobs.use_cases.studio.library import BrowseLibrary
from bot.jobs.use_cases.tiers import GuildTiers
from bot.jobs.use_cases.webhooks.manage import GuildWebhooks
from bot.settings import Settings
from bot.wiring.jobs import JobParts
from bot.wiring.moderation import ModerationUseCases, moderation_of
from bot.wiring.prompting.asking import ask_helper
from bot.wiring.reports import Reports, reports_of
from bot.wiring.stores import Stores
from bot.wiring.studio import FinishedVideoUseCases, finished_video_use_cases, library_of
from bot.wiring.webhooks.outgoing import guild_webhooks
from storage.snapshots import SqlSnapshots


@wired
class UseCases:
    """Everything that people can start. Each cog gets the ones that it uses."""

    rules: GuildRules
    authorization: Authorization
    tiers: GuildTiers
    changes: SettingChanges
    moderation: ModerationUseCases
    preferences: GuildPreferences
    own_preferences: OwnPreferences
    own_keys: OwnKeys
    private_videos: PrivateVideos
    allowances: MemberAllowances
    budgets: BudgetSettings
    confirmation: PriceConfirmation
    quotes: Quotes
    create: CreateVideo
    order_facts: OrderFacts
    ask_helper: AskHelper | None
    browse: BrowseVideos
    library: BrowseLibrary
    manage: ManageVideos
    manage_queue: ManageQueue
    approvals: Approvals
    review: Review
    finished: FinishedVideoUseCases
    apply_presets: ApplyPresets
    reports: Reports
    webhooks: GuildWebhooks
    alternatives: ModelAlternatives
    health: ModelHealth
    catalogue: Catalogue


def use_cases(settings: Settings, parts: JobParts) -> UseCases:
    stores, catalogue, changes = parts.stores, parts.catalogue, _changes(parts)
    preferences = GuildPreferences(records=stores.records, changes=changes)
    tiers, private_videos = GuildTiers(records=stores.records, changes=changes), PrivateVideos(preferences=preferences)
    moderation = moderation_of(settings, parts, changes, preferences)
    authorization = _authorization(parts, tiers, moderation, preferences)
    quoting, health, browse = _quoting(settings, parts), _health(parts), _browse(parts, private_videos)
    confirmation = _confirmation(settings, authorization, preferences)
    create = _create(parts, confirmation, moderation.screening, private_videos, quoting=quoting, health=health)
    return UseCases(
        rules=GuildRules(guilds=stores.guilds, changes=changes),
        authorization=authorization,
        tiers=tiers,
        changes=changes,
        moderation=moderation,
        preferences=preferences,
        own_preferences=confirmation.own_preferences,
        own_keys=_own_keys(parts, authorization, changes),
        private_videos=private_videos,
        allowances=allowances_of(stores),
        budgets=_budgets(parts, changes),
        confirmation=confirmation,
        quotes=_quotes(parts, authorization, quoting, health),
        create=create,
        order_facts=_order_facts(parts),
        ask_helper=ask_helper(parts, authorization, allowances_of(stores), moderation.screening),
        browse=browse,
        library=library_of(parts, authorization, preferences),
        manage=_manage(parts),
        manage_queue=_manage_queue(parts, browse),
        approvals=_approvals(parts, authorization),
        review=_review(parts),
        finished=finished_video_use_cases(parts, authorization, private_videos, create),
        apply_presets=_presets(parts, changes, create),
        reports=reports_of(stores, parts.clock, catalogue, private_videos, authorization),
        webhooks=guild_webhooks(settings, stores, parts.webhook_deliveries, authorization, changes),
        alternatives=ModelAlternatives(queries=stores.queries, quoting=quoting, health=health),
        health=health,
        catalogue=catalogue,
    )


def _order_facts(parts: JobParts) -> OrderFacts:
    stores = parts.stores
    snapshots = SqlSnapshots(database=stores.records.database, clock=parts.clock, guilds=stores.guilds)
    return OrderFacts(snapshots=snapshots, accounts=parts.providers)


def _changes(parts: JobParts) -> SettingChanges:
    return SettingChanges(
        store=parts.stores.setting_changes, log=parts.guild_log, clock=parts.clock, label=parts.catalogue.label
    )


def _budgets(parts: JobParts, changes: SettingChanges) -> BudgetSettings:
    stores = parts.stores
    return BudgetSettings(guilds=stores.guilds, allowances=allowances_of(stores), clock=parts.clock, changes=changes)


def _quoting(settings: Settings, parts: JobParts) -> Quoting:
    shares_database = settings.database_url is not None
    return Quoting(
        parts.catalogue, parts.media, parts.stores.files, parts.remix_planner, shares_database=shares_database
    )


def _confirmation(settings: Settings, authorization: Authorization, preferences: GuildPreferences) -> PriceConfirmation:
    return PriceConfirmation(
        host=Usd.of(settings.confirm_above_usd),
        preferences=preferences,
        own_preferences=OwnPreferences(records=preferences.records),
        authorization=authorization,
    )


def _authorization(
    parts: JobParts, tiers: GuildTiers, moderation: ModerationUseCases, preferences: GuildPreferences
) -> Authorization:
    """If own keys are off, there are none to look up."""
    own_accounts = no_own_accounts if parts.own_keys.cipher is None else parts.stores.keys.usable
    return Authorization(
        guilds=parts.stores.guilds,
        tiers=tiers,
        catalogue=parts.catalogue,
        blocks=moderation.blocks,
        venues=VenueRules(preferences=preferences),
        own_accounts=own_accounts,
    )


def _own_keys(parts: JobParts, authorization: Authorization, changes: SettingChanges) -> OwnKeys:
    return OwnKeys(
        keys=parts.stores.keys,
        open_keys=parts.own_keys,
        services=parts.providers,
        authorization=authorization,
        circuit=parts.circuit,
        endpoint_history=parts.remix_planner.endpoint_history,
        queue=parts.stores.queue,
        changes=changes,
        clock=parts.clock,
    )


def _health(parts: JobParts) -> ModelHealth:
    return ModelHealth(
        render_history=parts.stores.render_history,
        accounts=parts.accounts,
        catalogue=parts.catalogue,
        providers=parts.providers,
        clock=parts.clock,
        open_methods=parts.remix_planner.open_methods,
    )


def _create(
    parts: JobParts,
    confirmation: PriceConfirmation,
    screening: Screening,
    private_videos: PrivateVideos,
    *,
    quoting: Quoting,
    health: ModelHealth,
) -> CreateVideo:
    return CreateVideo(
        queue=parts.stores.queue,
        queries=parts.stores.queries,
        authorization=confirmation.authorization,
        quoting=quoting,
        health=health,
        events=parts.events,
        clock=parts.clock,
        confirmation=confirmation,
        private_videos=private_videos,
        allowances=allowances_of(parts.stores),
        screening=screening,
        approval_time=parts.approval_time,
    )


def _presets(parts: JobParts, changes: SettingChanges, create: CreateVideo) -> ApplyPresets:
    presets = Presets(
        store=parts.stores.presets, authorization=create.authorization, changes=changes, clock=parts.clock
    )
    return ApplyPresets(presets=presets, create=create)


def _quotes(parts: JobParts, authorization: Authorization, quoting: Quoting, health: ModelHealth) -> Quotes:
    return Quotes(
        authorization=authorization,
        allowances=allowances_of(parts.stores),
        render_history=parts.stores.render_history,
        catalogue=parts.catalogue,
        cheaper=CheaperOrders(queries=parts.stores.queries, quoting=quoting, health=health),
        clock=parts.clock,
    )


def allowances_of(stores: Stores) -> MemberAllowances:
    return MemberAllowances(records=stores.records, costs=stores.costs, scopes=stores.scopes)


def _browse(parts: JobParts, private_videos: PrivateVideos) -> BrowseVideos:
    return BrowseVideos(
        queries=parts.stores.queries,
        render_history=parts.stores.render_history,
        catalogue=parts.catalogue,
        limits=parts.limits,
        clock=parts.clock,
        private_videos=private_videos,
        holds=parts.stores.holds,
        outlooks=parts.outlooks,
    )


def _manage_queue(parts: JobParts, browse: BrowseVideos) -> ManageQueue:
    return ManageQueue(
        holds=parts.stores.holds,
        queue=parts.stores.queue,
        queries=parts.stores.queries,
        browse=browse,
        events=parts.events,
        clock=parts.clock,
    )


def _approvals(parts: JobParts, authorization: Authorization) -> Approvals:
    return Approvals(
        queue=parts.stores.queue,
        queries=parts.stores.queries,
        authorization=authorization,
        allowances=allowances_of(parts.stores),
        events=parts.events,
        clock=parts.clock,
    )


def _manage(parts: JobParts) -> ManageVideos:
    return ManageVideos(
        queue=parts.stores.queue,
        queries=parts.stores.queries,
        files=parts.stores.files,
        providers=parts.providers,
        events=parts.events,
    )


def _review(parts: JobParts) -> Review:
    return Review(
        queue=parts.stores.queue,
        queries=parts.stores.queries,
        provider_orders=parts.stores.provider_orders,
        providers=parts.providers,
        catalogue=parts.catalogue,
        events=parts.events,
        clock=parts.clock,
    )
