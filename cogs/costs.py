"""/costs: what was spent, by whom, on what."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, Unavailable
from bot.domain.media import ChartPainter
from bot.domain.money.costs import Costs, DateRange, Grouping, Period
from bot.interaction_registry import Interaction, InteractionRegistry
from bot.jobs.use_cases.costs import CostReport, CostsAsked, CostsScope
from bot.ui.interactions.members import has_role, member_of, members_among
from bot.ui.interactions.responses import acknowledge, reply, think, update
from bot.ui.interactions.selects import chosen_among
from bot.ui.screens.reports.costs import (
    CostsChartButton,
    CostsFileButton,
    CostsList,
    GroupingSelect,
    PeriodSelect,
)
from bot.ui.screens.reports.costs_chart import Name, chart_of
from bot.ui.screens.reports.files import ChartScreen, FileScreen, upload_of, uploads
from bot.ui.text.phrases.reports import costs as phrases

Choice = app_commands.Choice
PERIODS = {
    Period.TODAY: locale_str("today"),
    Period.WEEK: locale_str("7 days"),
    Period.DAYS_30: locale_str("30 days"),
    Period.MONTH: locale_str("this month"),
    Period.LAST_MONTH: locale_str("last month"),
    Period.ALL: locale_str("all"),
}
SCOPES = {CostsScope.MINE: locale_str("mine"), CostsScope.SERVER: locale_str("server")}
GROUPINGS = {
    Grouping.MODEL: locale_str("model"),
    Grouping.MEMBER: locale_str("member"),
    Grouping.MODE: locale_str("create, remix and extend"),
    Grouping.DAY: locale_str("day"),
}


class CostsCog(commands.Cog, name="Costs"):
    def __init__(self, registry: InteractionRegistry, *, report: CostReport, painter: ChartPainter) -> None:
        self._report = report
        self._painter = painter
        registry.add_button(PeriodSelect, self.period_chosen)
        registry.add_button(GroupingSelect, self.grouping_chosen)
        registry.add_button(CostsChartButton, self.chart_clicked)
        registry.add_button(CostsFileButton, self.file_clicked)

    @app_commands.command(description=locale_str("What videos cost: yours, or the server's for those who may see them"))
    @app_commands.describe(
        period=locale_str("Period (default: this month)"),
        scope=locale_str("Yours, or the whole server's"),
        role=locale_str("Of the members with this role"),
        member=locale_str("Of this member"),
        since=locale_str("First day, such as 3 Nov, 2026-11-03 or yesterday"),
        until=locale_str("Last day (default: today)"),
        by=locale_str("How to list them (default: by model)"),
    )
    @app_commands.rename(since="from", until="to")
    @app_commands.choices(
        period=[Choice(name=name, value=each.value) for each, name in PERIODS.items()],
        scope=[Choice(name=name, value=each.value) for each, name in SCOPES.items()],
        by=[Choice(name=name, value=each.value) for each, name in GROUPINGS.items()],
    )
    async def costs(
        self,
        interaction: Interaction,
        *,
        period: str | None = None,
        scope: str | None = None,
        role: discord.Role | None = None,
        member: discord.User | None = None,
        since: str = "",
        until: str = "",
        by: str | None = None,
    ) -> None:
        asker = await member_of(interaction)
        days: Period | DateRange = Period.MONTH if period is None else Period(period)
        if since or until:
            if period is not None:
                raise BadRequest(phrases.BOTH_DAYS)
            days = await self._report.read_days(asker, since, until)
        await self._show(interaction, asker, replace(_whose(scope, role, member, by), days=days))

    async def period_chosen(self, interaction: Interaction, select: PeriodSelect) -> None:
        asked = replace(select.asked, days=Period(chosen_among(interaction, PERIODS)))
        await self._change(interaction, asked)

    async def grouping_chosen(self, interaction: Interaction, select: GroupingSelect) -> None:
        by = Grouping(chosen_among(interaction, GROUPINGS))
        await self._change(interaction, replace(select.asked, by=by))

    async def chart_clicked(self, interaction: Interaction, button: CostsChartButton) -> None:
        asker, asked = await member_of(interaction), button.asked
        await think(interaction, ephemeral=True)  # drawing takes about a second
        costs = await self._costs(interaction, asker, asked)
        if not costs.rows:
            raise BadRequest(phrases.NO_COSTS)
        chart = chart_of(costs, asked, await self._names(interaction, costs, asked), _name_of(interaction, asked))
        picture = await self._painter.chart(chart, asker.id)
        await reply(interaction, view=ChartScreen([chart]), files=uploads([picture]))

    async def file_clicked(self, interaction: Interaction, button: CostsFileButton) -> None:
        asker = await member_of(interaction)
        await think(interaction, ephemeral=True)
        found = await self._report.file(asker, button.asked, await self._owners(interaction, asker, button.asked))
        if not found.lines:
            raise BadRequest(phrases.NO_LINES)
        await reply(interaction, view=FileScreen(phrases.file(found)), files=[upload_of(found.data)])

    async def _show(self, interaction: Interaction, asker: Member, asked: CostsAsked) -> None:
        await reply(interaction, view=await self._list(interaction, asker, asked))

    async def _change(self, interaction: Interaction, asked: CostsAsked) -> None:
        asker = await member_of(interaction)
        await acknowledge(interaction)
        await update(interaction, view=await self._list(interaction, asker, asked))

    async def _list(self, interaction: Interaction, asker: Member, asked: CostsAsked) -> CostsList:
        costs = await self._costs(interaction, asker, asked)
        return CostsList(costs, asked, self._report.catalogue.label, guild_id=asker.guild_id)

    async def _costs(self, interaction: Interaction, asker: Member, asked: CostsAsked) -> Costs:
        return await self._report.costs(asker, asked, await self._owners(interaction, asker, asked))

    async def _owners(self, interaction: Interaction, asker: Member, asked: CostsAsked) -> Collection[int]:
        """The biggest spenders, as far as they have the role now."""
        if asked.scope is not CostsScope.ROLE or asked.whom is None:
            return ()
        spenders = await self._report.spenders(asker, asked)
        try:
            there = await members_among(interaction.guild, spenders)
        except Unavailable as error:
            raise Unavailable(phrases.ROLE_NOT_ASKED) from error
        return frozenset(id_ for id_, each in there.items() if has_role(each, asked.whom))

    async def _names(self, interaction: Interaction, costs: Costs, asked: CostsAsked) -> Mapping[str, Name]:
        """Names of models or members for a chart. Members who have left are shown as a number."""
        if asked.by is not Grouping.MEMBER:
            return {row.key: Name(shown=self._report.catalogue.label(row.key), plain=row.key) for row in costs.rows}
        try:
            there = await members_among(interaction.guild, [int(row.key) for row in costs.rows])
        except Unavailable:
            return {}
        return {str(id_): Name(shown=each.display_name, plain=each.name) for id_, each in there.items()}


def _whose(scope: str | None, role: discord.Role | None, member: discord.User | None, by: str | None) -> CostsAsked:
    """Whose costs were requested. Raises BadRequest for more than one choice."""
    given = [
        *([] if scope is None else [(CostsScope(scope), None)]),
        *([] if role is None else [(CostsScope.ROLE, role.id)]),
        *([] if member is None else [(CostsScope.MEMBER, member.id)]),
    ]
    if len(given) > 1:
        raise BadRequest(phrases.ONE_SCOPE)
    whose, whom = given[0] if given else (CostsScope.MINE, None)
    usual = Grouping.MEMBER if whose is CostsScope.ROLE else Grouping.MODEL
    return CostsAsked(scope=whose, whom=whom, by=usual if by is None else Grouping(by))


def _name_of(interaction: Interaction, asked: CostsAsked) -> Name:
    """The name of a role or a member, for a title."""
    if asked.whom is None or interaction.guild is None:
        return Name()
    role = interaction.guild.get_role(asked.whom) if asked.scope is CostsScope.ROLE else None
    return Name(shown=str(asked.whom) if role is None else role.name, plain=str(asked.whom))
