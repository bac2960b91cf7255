"""Limits within a server's month: of a member's month and day, of a role's pool, and grants beyond them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.domain.accounts import KeyOwner
from bot.domain.errors import BadRequest, MovedOn, OverBudget
from bot.domain.guild import AccessPolicy
from bot.domain.ids import JobId, shown
from bot.domain.job import Job, Lease
from bot.domain.messages import plain
from bot.domain.money.allowances import Allowances, Grant, Pool
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import AwaitingApproval, Cancelled
from bot.domain.recovery.replaced import ReplacedOrder
from storage.guilds import GuildRows
from storage.keys.store import SqlKeyStore
from storage.tables import budget, jobs
from tests.approvers import approvals_on
from tests.builders import a_member
from tests.contract.databases import (
    ANN,
    BEN,
    BUDGET,
    GUILD,
    NOON,
    PLENTY,
    StoppedClock,
    World,
    a_batch,
    a_job,
    claimed,
    counted_statements,
    done,
    failed,
    rendering,
)
from tests.extent import FULL
from tests.keys import stored
from tests.stores import JobStores

ARTISTS, FRIENDS = 71, 72  # roles
DOLLAR, CENTS = Usd.of(1), Usd.of("0.40")
IN_A_WEEK = NOON + timedelta(days=7)


def a_grant(amount: Usd, member: int = ANN, name: str = "G1", days: float = 7) -> Grant:
    return Grant(id=name, member_id=member, amount=amount, until=NOON + timedelta(days=days))


def guilds_of(world: World) -> GuildRows:
    return GuildRows(database=world.database, opening=AccessPolicy.EVERYONE, budget=BUDGET)


async def finished(world: World, job: Job, allowances: Allowances, cost: Usd) -> None:
    await world.store.add(job, allowances)
    lease = await claimed(world.store)
    await world.store.move(lease, replace(lease.job, phase=done(job.id), cost=cost))


# Ten at once

SCOPES = {
    "month": Allowances(month=DOLLAR),
    "day": Allowances(day=DOLLAR),
    "pool": Allowances(pools=(Pool(role_id=ARTISTS, monthly=DOLLAR),)),
    "grant": Allowances(day=FREE, grants=(a_grant(DOLLAR),)),
}


@pytest.mark.parametrize("scope", SCOPES)
async def test_of_ten_orders_at_once_those_that_fit_are_taken_and_the_others_told_why(world: World, scope: str) -> None:
    owners = [ANN, BEN] if scope == "pool" else [ANN]
    async with world.another_process() as other:
        orders = [
            (world.store, other)[number % 2].add(a_job(owner_id=owners[number % len(owners)]), SCOPES[scope])
            for number in range(10)
        ]
        results = await asyncio.gather(*orders, return_exceptions=True)
    refusals = [result for result in results if isinstance(result, OverBudget)]
    assert (len(results) - len(refusals), len(refusals)) == (2, 8)
    assert all("$0.20" in no.sentence and "You weren't charged." in no.sentence for no in refusals)
    assert await world.store.check_books() == []


# What counts


async def test_what_a_video_cost_counts_and_not_what_was_reserved_for_it(world: World) -> None:
    limited = Allowances(day=DOLLAR)
    await finished(world, a_job(quote=DOLLAR), limited, Usd.of("0.30"))
    await world.store.add(a_job(quote=Usd.of("0.70")), limited)
    with pytest.raises(OverBudget):
        await world.store.add(a_job(quote=Usd.of("0.01")), limited)


async def test_what_was_cancelled_counts_no_more(world: World) -> None:
    limited = Allowances(month=DOLLAR, day=DOLLAR, pools=(Pool(role_id=ARTISTS, monthly=DOLLAR),))
    job = await world.store.add(a_job(quote=DOLLAR), limited)
    await world.store.cancel(job.id, ANN)
    await world.store.add(a_job(quote=DOLLAR), limited)


async def test_a_limit_counts_what_was_used_before_there_was_one(world: World) -> None:
    await world.store.add(a_job(quote=Usd.of("0.80")))
    with pytest.raises(OverBudget, match=r"you have only \$0\.20 of your \$1\.00 for November left"):
        await world.store.add(a_job(), Allowances(month=DOLLAR))


async def test_what_is_ordered_on_another_server_uses_up_no_limit_here(world: World) -> None:
    limited = Allowances(month=CENTS, day=CENTS)
    for guild_id in (GUILD + 9, GUILD):
        await world.store.add(a_job(guild_id=guild_id), limited)
        with pytest.raises(OverBudget):
            await world.store.add(a_job(guild_id=guild_id), limited)


async def test_a_new_day_has_a_limit_of_its_own_and_the_month_goes_on(world: World) -> None:
    limited = Allowances(month=Usd.of("1.50"), day=DOLLAR)
    await world.store.add(a_job(quote=DOLLAR), limited)
    await world.clock.sleep(timedelta(days=1).total_seconds())
    with pytest.raises(OverBudget, match=r"\$0\.50 of your \$1\.50 for November"):
        await world.store.add(a_job(quote=DOLLAR), limited)
    await world.store.add(a_job(quote=Usd.of("0.50")), limited)


async def test_another_order_may_take_the_place_of_a_waiting_one_within_the_limit(world: World) -> None:
    limited = Allowances(day=DOLLAR)
    waiting = await world.store.add(a_job(quote=Usd.of("0.80")), limited)
    ended = waiting.moved_to(Cancelled(by=ANN, finished_at=NOON))
    await world.store.exchange(waiting, ended, a_job(quote=DOLLAR), limited)
    with pytest.raises(OverBudget):
        await world.store.check_room(GUILD, ANN, CENTS, limited)
    await world.store.check_room(GUILD, ANN, FREE, limited)


# Pools and grants


async def test_the_first_pool_with_room_is_used(world: World) -> None:
    pools = Allowances(pools=(Pool(role_id=ARTISTS, monthly=DOLLAR), Pool(role_id=FRIENDS, monthly=CENTS)))
    for _ in range(3):
        await world.store.add(a_job(), pools)
    assert await drawn(world) == [(ARTISTS, None), (ARTISTS, None), (FRIENDS, None)]
    with pytest.raises(OverBudget, match=r"71 has only \$0\.20 of its \$1\.00 for November left.*/settings pool"):
        await world.store.add(a_job(), pools)


async def test_the_second_video_of_an_order_that_was_sent_twice_counts_in_its_pool_too(world: World) -> None:
    pools = Allowances(pools=(Pool(role_id=ARTISTS, monthly=DOLLAR),))
    lost = ReplacedOrder(account="openai", sent_at=NOON, quote=CENTS)
    job = await world.store.add(replace(a_job(), replaced=(lost,)), pools)
    lease = await claimed(world.store)
    await world.store.move(lease, replace(lease.job, phase=rendering("video_2")))
    await world.store.add_double(replace(a_job(), doubles=job.id, created_at=NOON, phase=rendering("video_1")))
    assert await drawn(world) == [(ARTISTS, None)] * 2


async def test_a_new_month_fills_the_pools_and_no_grant(world: World) -> None:
    pool, grant = Pool(role_id=ARTISTS, monthly=CENTS), a_grant(CENTS, days=30)
    allowed = Allowances(pools=(pool,), grants=(grant,))
    for _ in range(2):
        await world.store.add(a_job(), allowed)
    await world.clock.sleep(timedelta(days=8).total_seconds())
    await world.store.add(a_job(), allowed)
    assert await drawn(world) == [(ARTISTS, None), (None, "G1"), (ARTISTS, None)]
    with pytest.raises(OverBudget, match=r"\$0\.00 of its \$0\.40 for December.*granted has \$0\.00 left"):
        await world.store.add(a_job(), allowed)


async def test_a_grant_pays_what_the_limit_has_no_room_for_and_the_limit_stays_as_it_is(world: World) -> None:
    allowed = Allowances(day=CENTS, grants=(a_grant(Usd.of("0.90")), a_grant(CENTS, name="G0", days=1)))
    for _ in range(4):
        await world.store.add(a_job(), allowed)
    # First the limit, then the grant that ends first.
    assert await drawn(world) == [(None, None), (None, "G0"), (None, "G1"), (None, "G1")]
    with pytest.raises(OverBudget, match=r"\$0\.00 of your \$0\.40 for today.*What you were granted has \$0\.10 left"):
        await world.store.add(a_job(), allowed)
    assert (await world.store.month(GUILD)).reserved == Usd.of("1.60")


async def test_a_grant_ends_at_its_moment(world: World) -> None:
    allowed = Allowances(day=FREE, grants=(a_grant(DOLLAR, days=1),))
    await world.clock.sleep(timedelta(days=1).total_seconds() - 1)
    await world.store.add(a_job(), allowed)
    await world.clock.sleep(1)
    with pytest.raises(OverBudget, match=r"for today left\. You weren't charged\..*settings grant"):
        await world.store.add(a_job(), allowed)


async def test_a_grant_is_not_overspent_by_orders_of_two_months_at_once(world: World) -> None:
    allowed = Allowances(day=FREE, grants=(a_grant(CENTS, days=30),))
    async with world.another_process() as other:
        ahead = replace(other, clock=StoppedClock(NOON + timedelta(days=8)))
        orders = [(world.store, ahead)[number % 2].add(a_job(), allowed) for number in range(10)]
        results = await asyncio.gather(*orders, return_exceptions=True)
    assert [type(result) for result in results].count(OverBudget) == 9
    assert await drawn(world) == [(None, "G1")]


async def test_a_grant_is_no_room_in_the_servers_month(world: World) -> None:
    await world.store.add(a_job(quote=BUDGET))
    with pytest.raises(OverBudget, match="this server has only"):
        await world.store.add(a_job(), Allowances(day=FREE, grants=(a_grant(DOLLAR),)))


async def test_all_kinds_of_limits_cost_an_order_four_statements_and_none_costs_none(world: World) -> None:
    everything = Allowances(
        month=DOLLAR, day=DOLLAR, pools=(Pool(role_id=ARTISTS, monthly=DOLLAR),), grants=(a_grant(DOLLAR),)
    )
    with counted_statements() as plain:
        await world.store.add(a_job())
    with counted_statements() as limited:
        await world.store.add(a_job(), everything)
    lock = [said for said in limited if "advisory" in said]
    assert len(limited) - len(lock) - len(plain) == 4


async def drawn(world: World) -> list[tuple[int | None, str | None]]:
    query = select(jobs.c.pool, jobs.c.grant_id).order_by(jobs.c.created_at)
    return [(row.pool, row.grant_id) for row in await world.database.read(lambda c: c.execute(query))]


@pytest.mark.parametrize(
    "columns",
    [
        {"period": "2026-10", "day": "2026-10-23"},
        {"day": "2026-10-31"},
        {"owner_id": BEN},
        {"pool": 1, "grant_id": "g"},
    ],
)
async def test_a_video_that_counts_elsewhere_than_the_ledger_says_is_named(
    world: World, columns: dict[str, object]
) -> None:
    job = await world.store.add(a_job())
    await world.scribble(job, **columns)
    assert [str(each) for each in await world.store.check_books()] == [
        f"Video {shown(job.id)} counts in another place than the ledger says."
    ]


# The server's time zone


async def test_days_and_months_begin_at_midnight_in_the_servers_zone(world: World) -> None:
    await guilds_of(world).set_time_zone(GUILD, "America/New_York")
    world.clock.moment = NOON.replace(month=12, day=1, hour=4, minute=59)  # 23:59 on 30 November there
    await world.store.add(a_job(quote=DOLLAR), Allowances(day=DOLLAR))
    assert (await world.store.month(GUILD)).month == "2026-11"
    await world.clock.sleep(60)
    await world.store.add(a_job(quote=DOLLAR), Allowances(day=DOLLAR, month=DOLLAR))
    month = await world.store.month(GUILD)
    assert (month.month, month.reserved) == ("2026-12", DOLLAR)


async def test_another_zone_in_the_middle_of_a_month_loses_nothing_and_counts_nothing_twice(world: World) -> None:
    guilds = guilds_of(world)
    limited = Allowances(month=Usd.of(2))
    world.clock.moment = NOON.replace(day=30, hour=20)
    await world.store.add(a_job(quote=DOLLAR), limited)
    await guilds.set_time_zone(GUILD, "Asia/Tokyo")  # December has begun there
    await world.store.add(a_job(quote=Usd.of(2)), limited)
    await guilds.set_time_zone(GUILD, "UTC")
    await world.store.add(a_job(quote=DOLLAR), limited)
    with pytest.raises(OverBudget, match="for November left"):
        await world.store.add(a_job(quote=Usd.of("0.01")), limited)
    months = await world.database.read(
        lambda c: c.execute(select(budget.c.period, budget.c.reserved).order_by(budget.c.period))
    )
    assert [tuple(row) for row in months] == [("2026-11", 2_000_000), ("2026-12", 2_000_000)]
    assert await world.store.check_books() == []


# All at once, at random

OPERATIONS = 10_000 if FULL else 72
AT_ONCE = 12
CAP = {"month": Usd.of(6), "day": Usd.of(2), "pool": Usd.of(5), "grant": DOLLAR, "key": Usd.of("0.90")}
MEMBERS = range(1, 6)
ZONES = ("UTC", "Asia/Tokyo", "America/New_York")


@dataclass
class Spree:
    """Members who order, ask and cancel, approvers, and workers who finish or fail, in two processes, over months."""

    world: World
    stores: tuple[JobStores, ...]
    rng: random.Random
    ordered: list[JobId] = field(default_factory=list)
    refused: int = 0

    async def go(self, operations: int) -> None:
        for _ in range(operations // AT_ONCE):
            kinds = self.rng.choices((self.order, self.work, self.cancel, self.decide), (7, 3, 2, 2), k=AT_ONCE)
            await asyncio.gather(*(kind() for kind in kinds))
            await self.world.passes(self.rng.uniform(0, 4 * 3600))
            if not self.rng.randrange(8):
                await guilds_of(self.world).set_time_zone(GUILD, self.rng.choice(ZONES))

    async def order(self) -> None:
        owner = self.rng.choice(MEMBERS)
        account = own_account(owner) if not self.rng.randrange(3) else "openai"
        quote = Usd.of(self.rng.choice(("0.05", "0.25", "0.40", "0.90")))
        batch = a_batch(self.rng.choice((1, 1, 2, 4)), owner_id=owner, quote=quote, account=account)
        now = self.world.clock.now()
        request = AwaitingApproval(since=now, until=now + timedelta(hours=8))
        wanted = [job.moved_to(request) for job in batch] if self._tossed() else batch
        try:
            stored = await self.store.add_all(wanted, self._allowances(owner))
        except OverBudget:
            self.refused += 1
        else:
            self.ordered += [job.id for job in stored]

    def _allowances(self, owner: int) -> Allowances:
        """Whichever limits apply now; each has the same cap whenever it applies."""
        pools = tuple(Pool(role_id=role, monthly=CAP["pool"]) for role in (ARTISTS, FRIENDS) if self._tossed())
        month = int(self.world.clock.now().timestamp() // timedelta(days=20).total_seconds())
        until = self.world.clock.now() + timedelta(days=1)
        grant = Grant(id=f"{owner} {month}", member_id=owner, amount=CAP["grant"], until=until)
        return Allowances(month=CAP["month"], day=CAP["day"], pools=pools, grants=(grant,) if self._tossed() else ())

    async def work(self) -> None:
        for lease in await self.store.claim("worker", PLENTY, 2):
            if isinstance(lease.job.phase, AwaitingApproval):
                with suppress(MovedOn):
                    await self._look_at(lease, lease.job.phase)
                continue
            share = self.rng.choice((FREE, lease.job.quote))
            ends = (replace(lease.job, phase=done(lease.job.id), cost=share), lease.job.moved_to(failed(lease.job.id)))
            with suppress(MovedOn):
                await self.store.move(lease, self.rng.choice(ends))

    async def _look_at(self, lease: Lease, request: AwaitingApproval) -> None:
        """Like the worker."""
        now = self.world.clock.now()
        ended = lease.job.moved_to(Cancelled(by=0, finished_at=now, reason=plain("Nobody decided.")))
        await self.store.move(lease, lease.job if now < request.until else ended, 3600)

    async def decide(self) -> None:
        """About the latest few, most of which are no longer waiting."""
        if self.ordered:
            job_id, approvals = self.rng.choice(self.ordered[-5:]), approvals_on(self.store)
            manager = a_member(id=BEN, guild_id=GUILD, manages=True)
            with suppress(BadRequest):
                await (approvals.approve(manager, job_id) if self._tossed() else approvals.deny(manager, job_id, "No."))

    async def cancel(self) -> None:
        if self.ordered:
            await self.store.cancel(self.rng.choice(self.ordered), BEN)

    @property
    def store(self) -> JobStores:
        return self.rng.choice(self.stores)

    def _tossed(self) -> bool:
        return self.rng.random() < 0.5


def own_account(owner: int) -> str:
    return KeyOwner(guild_id=GUILD, member_id=owner).account("openai")


async def most_on_an_own_key(world: World) -> Usd:
    """In a month, by the counters, which the books check compares with the ledger and the jobs."""
    used = select(func.max(budget.c.spent + budget.c.reserved)).where(budget.c.period.contains("@"))
    return Usd((await world.database.read(lambda c: c.execute(used))).scalar_one() or 0)


async def most_used(world: World, *scope: object) -> Usd:
    """The highest total of the jobs in any day, month, pool or grant."""
    columns: Iterable[str] = [str(name) for name in scope]
    used = func.sum(func.coalesce(jobs.c.reserved, 0) + func.coalesce(jobs.c.cost, 0))
    by = [jobs.c[name] for name in columns]
    counted = select(used).where(*(column.is_not(None) for column in by)).group_by(*by)
    if "owner_id" in columns:
        counted = counted.where(jobs.c.grant_id.is_(None))
    sums = (await world.database.read(lambda c: c.execute(counted))).scalars()
    return Usd(int(max(sums, default=0)))


@pytest.mark.timeout(1800)
async def test_nothing_is_overspent_whatever_happens_at_once(world: World) -> None:
    async with world.another_process() as other:
        spree = Spree(world=world, stores=(world.store, other), rng=random.Random(11))
        keys = SqlKeyStore(database=world.database, clock=world.clock)
        for owner in MEMBERS:
            await stored(keys, own_account(owner), limit=CAP["key"])
        await spree.go(OPERATIONS)
    assert spree.refused > 0
    assert await most_used(world, "period", "guild_id") <= BUDGET
    assert await most_used(world, "owner_id", "period") <= CAP["month"]
    assert await most_used(world, "owner_id", "day") <= CAP["day"]
    assert await most_used(world, "pool", "period") <= CAP["pool"]
    assert await most_used(world, "grant_id") <= CAP["grant"]
    assert FREE < await most_on_an_own_key(world) <= CAP["key"]
    assert await world.store.check_books() == []
