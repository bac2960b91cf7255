"""/settings pool, grant and timezone: how a server's money is divided, for members with Manage Server."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.domain.access.everyone import named_role
from bot.domain.errors import BadRequest
from bot.domain.money.amounts import entered_usd
from bot.domain.money.calendar import zones
from bot.domain.money.usd import FREE
from bot.jobs.use_cases.budgets import BudgetSettings
from bot.ui.dialogs.confirmations import Note
from bot.ui.interactions.members import check_is_no_bot, check_no_bots_role, member_of
from bot.ui.interactions.responses import reply
from bot.ui.interactions.suggestions import near_days
from bot.ui.screens.budgets import BudgetsScreen
from bot.ui.text.limits import MOST_OPTIONS
from bot.ui.text.phrases import budgets


class BudgetCommands(commands.Cog):
    """A part of /settings."""

    _budgets: BudgetSettings

    @app_commands.command(description=locale_str("What a role can spend together each month; without options, a list"))
    @app_commands.describe(
        role=locale_str("Role whose members share the pool"),
        dollars=locale_str("US dollars a month, such as 10; 0 removes the pool"),
    )
    async def pool(
        self, interaction: discord.Interaction[Any], role: discord.Role | None = None, dollars: str | None = None
    ) -> None:
        member = await member_of(interaction)
        if role is None and dollars is None:
            await reply(interaction, view=BudgetsScreen(await self._budgets.overview(member)))
            return
        if role is None or dollars is None:
            raise BadRequest(budgets.ROLE_AND_DOLLARS)
        amount = entered_usd(dollars)
        if amount != FREE:
            check_no_bots_role(interaction, [role.id])
        await self._budgets.set_pool(member, role.id, amount)
        said = budgets.pool_set(named_role(role.id, member.guild_id), amount)
        await reply(interaction, view=BudgetsScreen(await self._budgets.overview(member), said))

    @app_commands.command(description=locale_str("Money for one member beyond their limits; without options, a list"))
    @app_commands.describe(
        member=locale_str("Who gets it"),
        dollars=locale_str("US dollars, such as 2; 0 takes back what they have"),
        until=locale_str("Last day, such as Sunday or 2026-12-24 (default: end of this month)"),
    )
    async def grant(
        self,
        interaction: discord.Interaction[Any],
        member: discord.User | None = None,
        dollars: str | None = None,
        until: str | None = None,
    ) -> None:
        manager = await member_of(interaction)
        if member is None and dollars is None and until is None:
            await reply(interaction, view=BudgetsScreen(await self._budgets.overview(manager)))
            return
        if member is None or dollars is None:
            raise BadRequest(budgets.MEMBER_AND_DOLLARS)
        check_is_no_bot(interaction, member.id)
        amount = entered_usd(dollars)
        if amount == FREE:
            said = budgets.taken_back(member.id, await self._budgets.take_back(manager, member.id))
        else:
            said = budgets.granted(await self._budgets.grant(manager, member.id, amount, until))
        await reply(interaction, view=BudgetsScreen(await self._budgets.overview(manager), said))

    @grant.autocomplete("until")
    async def _days(self, _interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        return near_days(typed)

    @app_commands.command(description=locale_str("When days and months begin here, for budgets and limits"))
    @app_commands.describe(zone=locale_str("Time zone, such as Europe/Berlin; without it, shows the current one"))
    async def timezone(self, interaction: discord.Interaction[Any], zone: str | None = None) -> None:
        member = await member_of(interaction)
        if zone is None:
            settings = (await self._budgets.overview(member)).settings
        else:
            settings = await self._budgets.set_time_zone(member, zone)
        await reply(interaction, view=Note(budgets.time_zone(settings, interaction.created_at)))

    @timezone.autocomplete("zone")
    async def _zones(self, _interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        wanted = typed.strip().replace(" ", "_").casefold()
        found = [name for name in await asyncio.to_thread(zones) if wanted in name.casefold()]
        return [app_commands.Choice(name=name, value=name) for name in found[:MOST_OPTIONS]]
