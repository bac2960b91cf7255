"""The cogs behind /settings."""

from __future__ import annotations

from collections.abc import Sequence

from discord.ext.commands import Cog

from bot.client import InteractionRegistry
from bot.jobs.use_cases.moderation.appeals import Appeals
from bot.ui.screens.moderation import ModerationPages
from bot.ui.screens.tiers import TierPages
from bot.wiring.use_cases import UseCases
from cogs.settings.moderation import ModerationCog
from cogs.settings.settings import SettingsCog
from cogs.settings.tiers import TiersCog


def screening_cog(registry: InteractionRegistry, uses: UseCases, appeals: Appeals) -> Cog:
    return ModerationCog(
        registry,
        authorization=uses.authorization,
        rules=uses.moderation.rules,
        block_members=uses.moderation.block_members,
        appeals=appeals,
        pages=_moderation_pages(uses),
    )


def _moderation_pages(uses: UseCases) -> ModerationPages:
    return ModerationPages(rules=uses.moderation.rules, preferences=uses.preferences, blocks=uses.moderation.blocks)


def settings_cogs(registry: InteractionRegistry, uses: UseCases) -> Sequence[Cog]:
    pages = TierPages(tiers=uses.tiers, guilds=uses.authorization.guilds, catalogue=uses.catalogue)
    authorization = uses.authorization
    return [
        SettingsCog(
            rules=uses.rules,
            preferences=uses.preferences,
            budgets=uses.budgets,
            confirmation=uses.confirmation,
            authorization=authorization,
            tier_pages=pages,
            moderation_pages=_moderation_pages(uses),
        ),
        TiersCog(registry, authorization=authorization, tiers=uses.tiers, catalogue=uses.catalogue, pages=pages),
    ]
