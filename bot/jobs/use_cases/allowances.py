"""The limits that members' orders count towards within their server's month: tiers, pools of roles, grants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.data_classes import wired
from bot.domain.access.limits import OrderLimits
from bot.domain.access.members import Member
from bot.domain.accounts import is_own, owner_of
from bot.domain.job import Job
from bot.domain.keys.own_key import no_room
from bot.domain.money.allowances import (
    NO_MEMBER_LIMITS,
    Allowances,
    Drawn,
    GuildAllowances,
    Remainder,
    Scope,
)
from bot.domain.money.costs import MonthSpending
from bot.domain.money.usd import FREE, Usd
from bot.domain.ports.costs import CostReports, ScopeReports
from bot.domain.ports.records import Record, Records

ALLOWANCES = Record("allowances", GuildAllowances)  # by the server's id


@wired
class MemberAllowances:
    records: Records
    costs: CostReports
    scopes: ScopeReports

    async def chosen(self, guild_id: int) -> GuildAllowances:
        """The pools and grants of a server."""
        return await self.records.read(ALLOWANCES, str(guild_id)) or GuildAllowances()

    async def of(self, member: Member, limits: OrderLimits) -> Allowances:
        """What a member's order may count towards.

        Members who could change any limit are bound only by the server's month.
        """
        if member.manages:
            return NO_MEMBER_LIMITS
        chosen = await self.chosen(member.guild_id)
        return Allowances(
            month=limits.rights.month_limit,
            day=limits.rights.day_limit,
            pools=tuple(pool for pool in chosen.pools if pool.role_id in member.all_roles),
            grants=tuple(grant for grant in chosen.grants if grant.member_id == member.id),
            guild_id=member.guild_id,
        )

    async def pool_months(self, guild_id: int) -> Mapping[int, MonthSpending]:
        """The state of a server's pools, by role."""
        return await self.scopes.pool_months(guild_id, (await self.chosen(guild_id)).pools)

    async def after(self, member: Member, limits: OrderLimits, price: Usd, now: datetime) -> Remainder:
        """What would be left of the tightest limit if an order counted towards it. Raises OverBudget."""
        allowances, month = await self.of(member, limits), await self.costs.month(member.guild_id)
        servers = Remainder(scope=Scope.SERVER, left=month.left, cap=month.budget)
        if not allowances.has_limits:
            return _without(servers, price)
        used = await self.scopes.used(member.guild_id, member.id, allowances)
        source = allowances.source(price, used, await self.costs.calendar(member.guild_id), now)
        own = allowances.drawn(source)
        left = own.grants_left(used) if source.grant is not None else own.limits_left(used)
        return _without(min((*left, servers), key=lambda each: each.left), price)

    async def after_on_key(self, account: str, price: Usd, now: datetime) -> Remainder | None:
        """Likewise for an own key; None if it has no limit."""
        key = await self.scopes.of_own_key(account)
        if key is None:
            return None
        if price > key.left:
            owner = owner_of(account)
            calendar = await self.costs.calendar(0 if owner is None else owner.guild_id)
            raise no_room(account, price, key, calendar.local(now))
        return Remainder(scope=Scope.KEY, left=key.left - price, cap=key.budget)

    async def remainder(self, job: Job) -> Remainder | None:
        """What is left of the tightest limit that a job counts towards; None if there is none."""
        if is_own(job.account):
            key = await self.scopes.of_own_key(job.account)
            return None if key is None else Remainder(scope=Scope.KEY, left=key.left, cap=key.budget)
        month = await self.costs.month(job.guild_id)
        servers = Remainder(scope=Scope.SERVER, left=month.left, cap=month.budget)
        drawn = await self.scopes.drawn(job.id)
        if drawn == Drawn():
            return servers
        chosen = await self.chosen(job.guild_id)
        ordered = Allowances(
            month=drawn.month, day=drawn.day, pools=chosen.pools, grants=chosen.grants, guild_id=job.guild_id
        )
        allowances = ordered.drawn(drawn.source)
        used = await self.scopes.used(job.guild_id, job.owner_id, allowances)
        own = allowances.grants_left(used) if drawn.source.grant is not None else allowances.limits_left(used)
        return min((*own, servers), key=lambda each: each.left)


def _without(remainder: Remainder, price: Usd) -> Remainder:
    return replace(remainder, left=max(FREE, remainder.left - price))
