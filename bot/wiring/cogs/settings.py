"""The cogs behind /settings."""

from __future__ import annotations

from collections.abc import Sequence

from discord.ext.commands import Cog

from bot.interaction_registry import InteractionRegistry
from bot.jobs.use_cases.defaults import OrderDefaults
from bot.jobs.use_cases.moderation.appeals import Appeals
from bot.ui.cards.languages import ServerLanguages
from bot.ui.screens.settings.access import AccessPage
from bot.ui.screens.settings.budgets import BudgetsPage
from bot.ui.screens.settings.channels import ChannelsPage
from bot.ui.screens.settings.defaults import DefaultsPage
from bot.ui.screens.settings.history import ChangesHistoryPage
from bot.ui.screens.settings.hub import SettingsHub
from bot.ui.screens.settings.moderation import ModerationPage
from bot.ui.screens.settings.notifications import NotificationsPage
from bot.ui.screens.settings.pages import HubPage
from bot.ui.screens.settings.storage.page import StoragePage
from bot.ui.screens.settings.time_zone import TimeZonePage
from bot.ui.screens.settings.videos import VideosPage
from bot.ui.screens.showcase.settings import ShowcasePage
from bot.ui.screens.tiers import TierPages
from bot.ui.screens.webhooks.page import WebhooksPage
from bot.wiring.use_cases import UseCases
from cogs.settings.forms import SettingsFormsCog
from cogs.settings.hub import SettingsHubCog
from cogs.settings.language import LanguageCog
from cogs.settings.moderation import ModerationCog
from cogs.settings.pages import SettingsPagesCog
from cogs.settings.settings import SettingsCog
from cogs.settings.tiers import TiersCog
from cogs.settings.webhooks import WebhooksCog


def settings_pages(uses: UseCases) -> Sequence[HubPage]:
    """The pages of /settings, in the order of its menu: a row each. History is always the last."""
    guilds, preferences = uses.authorization.guilds, uses.preferences
    return [
        AccessPage(guilds=guilds, tiers=uses.tiers),
        BudgetsPage(budgets=uses.budgets, tiers=uses.tiers, confirmation=uses.confirmation),
        ChannelsPage(preferences=preferences),
        DefaultsPage(preferences=preferences, catalogue=uses.catalogue),
        NotificationsPage(preferences=preferences),
        ModerationPage(rules=uses.moderation.rules, preferences=preferences, blocks=uses.moderation.blocks),
        VideosPage(preferences=preferences),
        StoragePage(storage=uses.finished.storage),
        ShowcasePage(preferences=preferences),
        TimeZonePage(guilds=guilds, preferences=preferences, clock=uses.budgets.clock),
        WebhooksPage(webhooks=uses.webhooks),
        ChangesHistoryPage(changes=uses.changes),
    ]


def settings_cogs(registry: InteractionRegistry, uses: UseCases, languages: ServerLanguages) -> Sequence[Cog]:
    hub, authorization = SettingsHub(pages=settings_pages(uses)), uses.authorization
    tier_pages = TierPages(
        tiers=uses.tiers, guilds=authorization.guilds, preferences=uses.preferences, catalogue=uses.catalogue
    )
    return [
        SettingsCog(
            rules=uses.rules,
            preferences=uses.preferences,
            budgets=uses.budgets,
            confirmation=uses.confirmation,
            authorization=authorization,
            tier_pages=tier_pages,
            hub=hub,
        ),
        TiersCog(registry, authorization=authorization, tiers=uses.tiers, catalogue=uses.catalogue, pages=tier_pages),
        *_page_cogs(registry, uses, hub),
        LanguageCog(registry, authorization=authorization, hub=hub, preferences=uses.preferences, languages=languages),
    ]


def _page_cogs(registry: InteractionRegistry, uses: UseCases, hub: SettingsHub) -> Sequence[Cog]:
    authorization, history = uses.authorization, ChangesHistoryPage(changes=uses.changes)
    return [
        SettingsHubCog(registry, authorization=authorization, hub=hub, history=history),
        SettingsPagesCog(
            registry,
            authorization=authorization,
            hub=hub,
            rules=uses.rules,
            preferences=uses.preferences,
            budgets=uses.budgets,
        ),
        WebhooksCog(registry, authorization=authorization, hub=hub, webhooks=uses.webhooks),
        SettingsFormsCog(
            registry,
            authorization=authorization,
            hub=hub,
            budgets=uses.budgets,
            confirmation=uses.confirmation,
            defaults=OrderDefaults(preferences=uses.preferences, catalogue=uses.catalogue),
            storage=uses.finished.storage,
        ),
    ]


def screening_cog(registry: InteractionRegistry, uses: UseCases, appeals: Appeals, languages: ServerLanguages) -> Cog:
    return ModerationCog(
        registry,
        authorization=uses.authorization,
        rules=uses.moderation.rules,
        block_members=uses.moderation.block_members,
        appeals=appeals,
        hub=SettingsHub(pages=settings_pages(uses)),
        languages=languages,
    )
