"""The cogs behind /settings."""

from __future__ import annotations

from collections.abc import Sequence

from discord.ext.commands import Cog

from bot.client import InteractionRegistry
from bot.ui.screens.tiers import TierPages
from bot.wiring.use_cases import UseCases
from cogs.settings.settings import SettingsCog
from cogs.settings.tiers import TiersCog


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
        ),
        TiersCog(registry, authorization=authorization, tiers=uses.tiers, catalogue=uses.catalogue, pages=pages),
    ]
