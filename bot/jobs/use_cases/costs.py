"""What was spent, by whom, on what."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum

from bot.data_classes import value_object, wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.access.own_data import ERASED_MEMBER
from bot.domain.accounts import owner_of
from bot.domain.errors import BadRequest
from bot.domain.ids import shown
from bot.domain.messages import Person, msg
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.calendar import Calendar
from bot.domain.money.costs import Charge, CostQuestion, Costs, DateRange, ExportedCharge, Grouping, Period
from bot.domain.ports.clock import Clock
from bot.domain.ports.costs import CostReports
from bot.domain.texts.cells import cell
from bot.domain.texts.times.dates import read_range
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.private_videos import CONCEALED

MOST_SPENDERS = 300  # for whom Discord is asked whether they have a role
LINES_AT_ONCE = 500  # of the file
MOST_LINES = 20_000  # about 2 MB
COLUMNS = (
    *("day", "charged_at_utc", "video", "member_id", "model", "mode", "seconds", "size"),
    *("outcome", "estimated_usd", "charged_usd", "paid_with"),
)


class CostsScope(StrEnum):
    """Whose costs."""

    MINE = "mine"
    SERVER = "server"
    ROLE = "role"
    MEMBER = "member"


@value_object
class CostsAsked:
    """What somebody wants to know. `whom` is the id of the role or the member."""

    scope: CostsScope = CostsScope.MINE
    whom: int | None = None
    days: Period | DateRange = Period.MONTH
    by: Grouping = Grouping.MODEL


@value_object
class CostsFile:
    """A CSV file with exact amounts. `is_complete`: no line was left out because there are too many."""

    data: bytes
    lines: int
    is_complete: bool


@wired
class CostReport:
    reports: CostReports
    authorization: Authorization
    catalogue: Catalogue
    preferences: GuildPreferences
    clock: Clock

    async def read_days(self, member: Member, first: str, last: str) -> DateRange:
        """Days as they were typed; empty for an open end. Raises BadRequest."""
        return read_range(first or None, last or None, await self._today(member.guild_id))

    async def spenders(self, member: Member, asked: CostsAsked) -> Sequence[int]:
        """Members who ordered something in these days, biggest spenders first. Raises NotAllowed."""
        await self.authorization.authorize(member, Act.SEE_SERVER_COSTS)
        question = await self._question(member, asked, None)
        return await self.reports.spenders(question, MOST_SPENDERS)

    async def costs(self, member: Member, asked: CostsAsked, owners: Collection[int] = ()) -> Costs:
        """`owners` are those who have the role, if that was asked. Raises NotAllowed and BadRequest."""
        question = await self._checked(member, asked, owners)
        costs = await self.reports.report(question)
        return await self._without_hidden(member, costs)

    async def file(self, member: Member, asked: CostsAsked, owners: Collection[int] = ()) -> CostsFile:
        """Likewise, a line for each charge."""
        question = await self._checked(member, asked, owners)
        calendar = await self.reports.calendar(member.guild_id)
        written, lines, after = io.StringIO(), 0, None
        csv.writer(written).writerow(COLUMNS)
        while lines < MOST_LINES:
            charges = await self.reports.charges(question, after, LINES_AT_ONCE)
            csv.writer(written).writerows(_line(charge, calendar) for charge in charges)
            lines += len(charges)
            if len(charges) < LINES_AT_ONCE:
                break
            after = charges[-1]
        left_out = await self.reports.charges(question, after, 1) if lines == MOST_LINES else ()
        return CostsFile(data=written.getvalue().encode(), lines=lines, is_complete=not left_out)

    async def _checked(self, member: Member, asked: CostsAsked, owners: Collection[int]) -> CostQuestion:
        if asked.scope is CostsScope.MINE or (asked.scope is CostsScope.MEMBER and asked.whom == member.id):
            return await self._question(member, asked, {member.id})
        await self.authorization.authorize(member, Act.SEE_SERVER_COSTS)
        if asked.scope is CostsScope.SERVER:
            return await self._question(member, asked, None)
        if asked.scope is CostsScope.ROLE or asked.whom is None:
            return await self._question(member, asked, owners)
        ever = CostQuestion(guild_id=member.guild_id, owners={asked.whom}, days=DateRange())
        if not await self.reports.spenders(ever, 1):
            raise BadRequest(msg("{member} hasn't ordered a video here yet.", member=Person(asked.whom)))
        return await self._question(member, asked, {asked.whom})

    async def _question(self, member: Member, asked: CostsAsked, owners: Collection[int] | None) -> CostQuestion:
        days = asked.days
        if isinstance(days, Period):
            days = days.days(await self._today(member.guild_id))
        return CostQuestion(guild_id=member.guild_id, owners=owners, days=days, by=asked.by)

    async def _today(self, guild_id: int) -> date:
        return (await self.reports.calendar(guild_id)).local(self.clock.now()).date()

    async def _without_hidden(self, member: Member, costs: Costs) -> Costs:
        """Without the prompts of private videos that they may not watch, and of channels that they can't see."""
        if not any(_is_hidden(charge, member) for charge in costs.latest):
            return costs
        options = await self.preferences.of(member.guild_id)
        latest = [
            replace(charge, prompt=CONCEALED)
            if _is_hidden(charge, member) and not (member.manages and options.shows_private_of(charge.ordered_at))
            else charge
            for charge in costs.latest
        ]
        return replace(costs, latest=tuple(latest))


def _is_hidden(charge: Charge, member: Member) -> bool:
    if charge.owner_id == member.id:
        return False
    return charge.private or not (member.manages or member.channels.sees(charge.channel_id))


def _line(charge: ExportedCharge, calendar: Calendar) -> tuple[object, ...]:
    return (
        calendar.day_of(charge.at),
        f"{charge.at:%Y-%m-%dT%H:%M:%SZ}",
        shown(charge.job_id),
        "" if charge.owner_id == ERASED_MEMBER else charge.owner_id,
        cell(charge.model),
        charge.mode.value,
        charge.seconds,
        charge.size,
        charge.outcome,
        charge.quoted.exact,
        charge.spent.exact,
        _paid_with(charge.account),
    )


def _paid_with(account: str) -> str:
    owner = owner_of(account)
    if owner is None:
        return "bot's key"
    return "server's key" if owner.member_id is None else "member's key"
