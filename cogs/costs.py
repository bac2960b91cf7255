"""/costs: what was spent, by whom, on what."""

from __future__ import annotations

from typing import Any, Literal

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.domain.money.costs import Period
from bot.jobs.use_cases.costs import CostReport
from bot.ui.interactions.members import member_of
from bot.ui.interactions.responses import reply
from bot.ui.screens.lists import CostsList


class CostsCog(commands.Cog, name="Costs"):
    def __init__(self, *, report: CostReport) -> None:
        self._report = report

    @app_commands.command(description=locale_str("What your videos cost; managers can see the whole server's"))
    @app_commands.describe(
        period=locale_str("Period (default: this month)"), scope=locale_str("Yours, or the whole server's")
    )
    async def costs(
        self,
        interaction: discord.Interaction[Any],
        period: Literal["today", "month", "all"] = "month",
        scope: Literal["mine", "server"] = "mine",
    ) -> None:
        since, whole = Period(period), scope == "server"
        costs = await self._report.costs(await member_of(interaction), since, whole_server=whole)
        await reply(interaction, view=CostsList(costs, since, self._report.catalogue.label, whole_server=whole))
