"""/stats: the results of the server's orders."""

from __future__ import annotations

import asyncio

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.domain.errors import BadRequest
from bot.domain.media import ChartPainter
from bot.domain.money.costs import Period
from bot.interaction_registry import Interaction, InteractionRegistry
from bot.jobs.use_cases.stats import StatsReport
from bot.ui.interactions.members import member_of
from bot.ui.interactions.responses import acknowledge, reply, think, update
from bot.ui.interactions.selects import chosen_among
from bot.ui.screens.reports.files import ChartScreen, uploads
from bot.ui.screens.reports.stats import StatsChartButton, StatsList, StatsPeriodSelect, charts_of
from bot.ui.text.phrases.reports import stats as phrases
from cogs.costs import PERIODS


class Stats(commands.Cog):
    def __init__(self, registry: InteractionRegistry, *, report: StatsReport, painter: ChartPainter) -> None:
        self._report = report
        self._painter = painter
        registry.add_button(StatsPeriodSelect, self.period_chosen)
        registry.add_button(StatsChartButton, self.chart_clicked)

    @app_commands.command(description=locale_str("How this server's videos did: times, failures, busy hours, prices"))
    @app_commands.describe(period=locale_str("Period (default: 30 days)"))
    @app_commands.choices(period=[app_commands.Choice(name=name, value=each.value) for each, name in PERIODS.items()])
    async def stats(self, interaction: Interaction, period: str = Period.DAYS_30.value) -> None:
        asked = Period(period)
        stats = await self._report.stats(await member_of(interaction), asked)
        await reply(interaction, view=StatsList(stats, asked, self._report.catalogue.label))

    async def period_chosen(self, interaction: Interaction, _: StatsPeriodSelect) -> None:
        asked, asker = Period(chosen_among(interaction, PERIODS)), await member_of(interaction)
        await acknowledge(interaction)
        stats = await self._report.stats(asker, asked)
        await update(interaction, view=StatsList(stats, asked, self._report.catalogue.label))

    async def chart_clicked(self, interaction: Interaction, button: StatsChartButton) -> None:
        asker = await member_of(interaction)
        await think(interaction, ephemeral=True)  # drawing takes about a second
        stats = await self._report.stats(asker, button.period)
        if not stats.models:
            raise BadRequest(phrases.NOTHING)
        charts = charts_of(stats, button.period)
        pictures = await asyncio.gather(*(self._painter.chart(chart, asker.id) for chart in charts))
        await reply(interaction, view=ChartScreen(charts), files=uploads(pictures))
