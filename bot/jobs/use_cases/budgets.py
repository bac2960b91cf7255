"""How much may be spent on a server, and when its days and months begin: changed by members with Manage Server."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.access.rules import check_manages
from bot.domain.audit.rules import allowance_changes, rule_changes
from bot.domain.errors import BadRequest
from bot.domain.guild import GuildSettings
from bot.domain.messages import Count, Money, Term, msg, quoted
from bot.domain.money.allowances import Allowances, Grant, GuildAllowances, Pool, Used, open_grants
from bot.domain.money.calendar import DEFAULT_ZONE, zones
from bot.domain.money.costs import MonthSpending
from bot.domain.money.usd import FREE, Usd
from bot.domain.ports.clock import Clock
from bot.domain.ports.guilds import GuildStore
from bot.domain.ports.records import Updated
from bot.domain.queue.ages import end_of_day
from bot.domain.texts.times.day_words import plain_words
from bot.jobs.use_cases.allowances import ALLOWANCES, MemberAllowances
from bot.jobs.use_cases.audit.changes import SettingChanges
from bot.jobs.use_cases.guild import RulesChange

MOST_POOLS = 25
UTC_NAMES = frozenset(("gmt", "z", "etc/utc", "etc/gmt"))
MOST_GRANTS = 100  # that are still valid, on one server


@value_object
class BudgetOverview:
    """A server's pools and grants, and how much of them is used."""

    settings: GuildSettings
    month: MonthSpending
    pools: Mapping[int, MonthSpending]  # by role, in the order in which they are used
    grants: tuple[Grant, ...]  # that are still valid
    used: Used  # of the grants


@wired
class BudgetSettings:
    """All raise NotAllowed, and BadRequest with nothing changed."""

    guilds: GuildStore
    allowances: MemberAllowances
    clock: Clock
    changes: SettingChanges

    async def overview(self, member: Member) -> BudgetOverview:
        check_manages(member)
        chosen = await self.allowances.chosen(member.guild_id)
        grants = tuple(open_grants(chosen.grants, self.clock.now()))
        return BudgetOverview(
            settings=await self.guilds.guild_settings(member.guild_id),
            month=await self.allowances.costs.month(member.guild_id),
            pools=await self.allowances.pool_months(member.guild_id),
            grants=grants,
            used=await self.allowances.scopes.used(member.guild_id, member.id, Allowances(grants=grants)),
        )

    async def set_budget(self, member: Member, budget: Usd) -> RulesChange:
        """The server's, per month. 0 stops all orders, so it is never too little."""
        check_manages(member)
        if budget.micros < 0:
            raise BadRequest(msg("A budget can't be negative. Nothing was changed."))
        if budget != FREE:
            _check_covers(budget, (await self.allowances.costs.month(member.guild_id)).reserved)
        before = await self.guilds.guild_settings(member.guild_id)
        after = await self.guilds.set_budget(member.guild_id, budget)
        await self.changes.note(*rule_changes(member, before, after))
        return RulesChange(before=before, after=after)

    async def set_pool(self, member: Member, role_id: int, monthly: Usd) -> None:
        """0 removes it."""
        check_manages(member)
        month = (await self.allowances.pool_months(member.guild_id)).get(role_id)
        if monthly != FREE and month is not None:
            _check_covers(monthly, month.reserved)

        def change(known: GuildAllowances | None) -> GuildAllowances:
            chosen = known or GuildAllowances()
            pools = {pool.role_id: pool for pool in chosen.pools}
            pools[role_id] = Pool(role_id=role_id, monthly=monthly)
            kept = [pool for pool in pools.values() if pool.monthly != FREE]
            if len(kept) > MOST_POOLS:
                raise BadRequest(
                    msg(
                        "A server can have {most} pools. Remove one first. Nothing was changed.", most=Count(MOST_POOLS)
                    )
                )
            # @everyone's comes last: the others are meant for fewer.
            return replace(chosen, pools=tuple(sorted(kept, key=lambda pool: pool.role_id == member.guild_id)))

        await self._update(member, change)

    async def remove_pools(self, member: Member, roles: Collection[int]) -> None:
        """Of deleted roles: nobody is left to share them. What was ordered with them continues."""
        check_manages(member)

        def without(known: GuildAllowances | None) -> GuildAllowances | None:
            kept = [pool for pool in known.pools if pool.role_id not in roles] if known is not None else []
            return None if known is None else replace(known, pools=tuple(kept))

        await self._update(member, without)

    async def grant(self, member: Member, to: int, amount: Usd, until: str | None) -> Grant:
        """Give a member so much until the end of a day; of this month if none is given."""
        check_manages(member)
        settings, now = await self.guilds.guild_settings(member.guild_id), self.clock.now()
        calendar = settings.calendar
        ends = calendar.next_month(now) if until is None else end_of_day(until, now, calendar)
        grant = Grant(id=secrets.token_hex(6), member_id=to, amount=amount, until=ends)

        def add(known: GuildAllowances | None) -> GuildAllowances:
            chosen = known or GuildAllowances()
            held = open_grants(chosen.grants, now)
            if len(held) >= MOST_GRANTS:
                raise BadRequest(
                    msg(
                        "A server can have {most} grants at once. Take one back first. Nothing was changed.",
                        most=Count(MOST_GRANTS),
                    )
                )
            return replace(chosen, grants=(*held, grant))

        await self._update(member, add)
        return grant

    async def take_back(self, member: Member, whose: int) -> int:
        """End a member's grants. Returns how many there were. What was ordered with them continues."""
        check_manages(member)
        now = self.clock.now()

        def without(known: GuildAllowances | None) -> GuildAllowances | None:
            return None if known is None else replace(known, grants=tuple(_of_others(known, whose)))

        updated = await self._update(member, without)
        before = updated.before.grants if updated.before is not None else ()
        return len([grant for grant in open_grants(before, now) if grant.member_id == whose])

    async def set_time_zone(self, member: Member, typed: str) -> GuildSettings:
        check_manages(member)
        zone = _zone_meant(typed, await asyncio.to_thread(zones))
        if zone is None:
            raise BadRequest(
                msg(
                    "{typed} isn't a time zone. Write a large city in yours, like {city}, or its name, like {example}. "
                    "Nothing was changed.",
                    typed=quoted(typed[:40]),
                    city=Term("São Paulo"),
                    example=Term("Europe/Berlin"),
                )
            )
        before = await self.guilds.guild_settings(member.guild_id)
        after = await self.guilds.set_time_zone(member.guild_id, zone)
        await self.changes.note(*rule_changes(member, before, after))
        return after

    async def _update(
        self, member: Member, change: Callable[[GuildAllowances | None], GuildAllowances | None]
    ) -> Updated[GuildAllowances]:
        updated = await self.allowances.records.update(ALLOWANCES, str(member.guild_id), change)
        before, after = updated.before or GuildAllowances(), updated.after or GuildAllowances()
        calendar = (await self.guilds.guild_settings(member.guild_id)).calendar
        await self.changes.note(*allowance_changes(member, before, after, calendar, self.clock.now()))
        return updated


def _zone_meant(typed: str, known: Iterable[str]) -> str | None:
    """By its name, or by its city if that is unique: `São Paulo` is `America/Sao_Paulo`."""
    meant = _letters(typed)
    if meant in UTC_NAMES:
        return DEFAULT_ZONE
    names = {_letters(name): name for name in known}
    cities = [name for name in names.values() if _letters(name.rpartition("/")[2]) == meant]
    return names.get(meant) or (cities[0] if len(cities) == 1 else None)


def _letters(name: str) -> str:
    return plain_words(name.replace("_", " ").replace("-", " "))


def _of_others(chosen: GuildAllowances, whose: int) -> list[Grant]:
    return [grant for grant in chosen.grants if grant.member_id != whose]


def _check_covers(budget: Usd, reserved: Usd) -> None:
    """What is reserved stays reserved, so no limit can be less than that."""
    if budget < reserved:
        raise BadRequest(
            msg(
                "{reserved} is reserved for videos in progress, so it can't be less than that until they finish. "
                "Nothing was changed.",
                reserved=Money(reserved),
            )
        )
