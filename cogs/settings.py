"""/settings: a server's own rules, for members with Manage Server."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, Literal

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.domain.errors import BadRequest
from bot.domain.guild import AccessPolicy
from bot.domain.money.usd import Usd
from bot.jobs.use_cases.guild import GuildRules
from bot.ui.interactions.members import member_of
from bot.ui.interactions.responses import reply
from bot.ui.screens.lists import GuildSettingsScreen
from bot.ui.text.phrases import errors

LARGEST_BUDGET = Decimal(1_000_000)  # dollars; more is a slip of the finger


@app_commands.default_permissions(manage_guild=True)
class SettingsCog(
    commands.GroupCog, group_name="settings", group_description=locale_str("This server's rules for making videos")
):
    def __init__(self, *, rules: GuildRules) -> None:
        self._rules = rules

    @app_commands.command(description=locale_str("Who may make videos here; without options it shows the rules"))
    @app_commands.describe(
        open_to=locale_str("Everyone, or only granted roles and members with Manage Server"),
        grant=locale_str("A role that may make videos"),
        revoke=locale_str("A role that may no longer make videos"),
    )
    async def access(
        self,
        interaction: discord.Interaction[Any],
        open_to: Literal["granted", "everyone"] | None = None,
        grant: discord.Role | None = None,
        revoke: discord.Role | None = None,
    ) -> None:
        guild_settings = await self._rules.set_access(
            await member_of(interaction),
            opening=AccessPolicy(open_to) if open_to else None,
            grant=grant.id if grant else None,
            revoke=revoke.id if revoke else None,
        )
        await reply(interaction, view=GuildSettingsScreen(guild_settings))

    @app_commands.command(description=locale_str("How much this server may spend on videos each month"))
    @app_commands.describe(dollars=locale_str("US dollars a month, such as 25 or 12.50; 0 stops all spending"))
    async def budget(self, interaction: discord.Interaction[Any], dollars: str) -> None:
        guild_settings = await self._rules.set_budget(await member_of(interaction), _amount(dollars))
        await reply(interaction, view=GuildSettingsScreen(guild_settings))


def _amount(text: str) -> Usd:
    try:
        dollars = Decimal(text.strip().removeprefix("$").replace(",", ""))
        if not 0 <= dollars <= LARGEST_BUDGET:
            raise BadRequest(errors.budget_between(Usd.of(LARGEST_BUDGET)))
        return Usd.of(dollars)
    except (InvalidOperation, ValueError):
        raise BadRequest(errors.no_amount(text[:30])) from None
