"""Money: reserved, settled, released, and never more than the budget."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.domain.errors import BadRequest, MovedOn, NotFound, OverBudget
from bot.domain.guild import AccessPolicy
from bot.domain.ids import JobId, shown
from bot.domain.job import Job, Lease
from bot.domain.messages import plain
from bot.domain.money.costs import Charge, Costs, Period, Spend
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import AwaitingApproval, Cancelled, NeedsReview, Phase
from storage.guilds import GuildRows
from storage.tables import budget, ledger
from tests.approvers import approvals_on
from tests.builders import a_member
from tests.contract.databases import (
    ANN,
    BEN,
    BUDGET,
    GUILD,
    NOON,
    PLENTY,
    World,
    a_batch,
    a_job,
    claimed,
    done,
    failed,
    rendering,
)
from tests.extent import examples

REVIEW = NeedsReview(was="unknown", reason=plain("Nobody knows."))


async def finished(world: World, job: Job, phase: Phase, cost: Usd | None = None) -> Job:
    """Order a job and end it in one step."""
    await world.store.add(job)
    [lease] = await world.store.claim("worker", PLENTY, 1)
    assert lease.job == job
    return (await world.store.move(lease, replace(job, phase=phase, cost=cost))).job


async def server_costs(world: World, period: Period = Period.MONTH) -> Costs:
    return await world.store.costs(GUILD, None, period)


# The money of one job


async def test_an_order_reserves_its_quote(world: World) -> None:
    await world.store.add(a_job())
    costs = await server_costs(world)
    assert (costs.spent, costs.reserved, costs.budget_left) == (FREE, Usd.of("0.40"), Usd.of("24.60"))


async def test_a_finished_video_settles_what_it_cost_not_what_was_quoted(world: World) -> None:
    await finished(world, a_job(), done(), Usd.of("0.37"))
    costs = await server_costs(world)
    assert (costs.spent, costs.reserved, costs.budget_left) == (Usd.of("0.37"), FREE, Usd.of("24.63"))


@pytest.mark.parametrize("phase", [failed(), Cancelled(by=ANN, finished_at=NOON)], ids=["failed", "cancelled"])
async def test_a_job_that_ends_without_a_cost_gives_its_money_back(world: World, phase: Phase) -> None:
    await finished(world, a_job(), phase)
    costs = await server_costs(world)
    assert (costs.spent, costs.reserved, costs.budget_left, costs.videos) == (FREE, FREE, BUDGET, 0)


async def test_a_failure_that_was_charged_is_paid(world: World) -> None:
    await finished(world, a_job(), replace(failed(), charged=True), Usd.of("0.40"))
    assert (await server_costs(world)).spent == Usd.of("0.40")


@pytest.mark.parametrize(
    "phase",
    [replace(failed(), charged=True), Cancelled(by=ANN, finished_at=NOON, charged=True), REVIEW],
    ids=["failed", "cancelled", "in review"],
)
@pytest.mark.parametrize("cost", [FREE, Usd.of("0.40")])
async def test_what_came_to_nothing_is_no_video_whatever_it_cost(world: World, phase: Phase, cost: Usd) -> None:
    await finished(world, a_job(), done(), Usd.of("0.10"))
    await finished(world, a_job(), phase, cost)
    costs = await server_costs(world)
    assert (costs.videos, costs.rows) == (
        1,
        (Spend(key="sora-2", videos=1, spent=Usd.of("0.10") + cost),),
    )
    assert [charge.spent for charge in costs.latest] == [cost, Usd.of("0.10")][cost == FREE :]


async def test_money_nobody_knows_about_stays_reserved(world: World) -> None:
    await finished(world, a_job(), REVIEW)
    costs = await server_costs(world)
    assert (costs.spent, costs.reserved) == (FREE, Usd.of("0.40"))
    assert await world.store.check_books() == []


async def test_a_cost_known_before_the_end_is_settled_once(world: World) -> None:
    await world.store.add(a_job())
    lease = await claimed(world.store)
    lease = await world.store.move(lease, replace(lease.job, phase=rendering(), cost=Usd.of("0.40")), keep=True)
    lease = await world.store.move(lease, lease.job, keep=True)
    forgetful = replace(lease.job, phase=done(), cost=None)
    assert (await world.store.move(lease, forgetful)).job.cost == Usd.of("0.40")
    costs = await server_costs(world)
    assert (costs.spent, costs.reserved, costs.videos) == (Usd.of("0.40"), FREE, 1)


async def test_a_corrected_cost_is_adjusted(world: World) -> None:
    await world.store.add(a_job())
    lease = await claimed(world.store)
    for cost in ("0.40", "0.50", "0.10"):
        lease = await world.store.move(lease, replace(lease.job, phase=rendering(), cost=Usd.of(cost)), keep=True)
    costs = await server_costs(world)
    assert (costs.spent, costs.videos, costs.latest[0].spent) == (Usd.of("0.10"), 1, Usd.of("0.10"))
    kinds = await world.database.read(lambda c: c.execute(select(ledger.c.kind, ledger.c.spent).order_by(ledger.c.id)))
    assert [tuple(row) for row in kinds] == [
        ("reserve", 0),
        ("settle", 400_000),
        ("adjust", 100_000),
        ("adjust", -400_000),
    ]
    assert await world.store.check_books() == []


async def test_a_refused_step_moves_no_money(world: World) -> None:
    await world.store.add(a_job())
    stale = await claimed(world.store)
    await world.store.cancel(stale.job.id, ANN)
    with pytest.raises(MovedOn):
        await world.store.move(stale, replace(stale.job, phase=done(), cost=Usd.of("0.40")))
    assert (await server_costs(world)).spent == FREE
    assert await world.store.check_books() == []


# Budgets


async def test_an_order_over_the_budget_is_refused_in_words_and_leaves_nothing(world: World) -> None:
    await world.store.add(a_job(quote=Usd.of("24.90")))
    with pytest.raises(OverBudget) as refusal:
        await world.store.add(a_job(interaction_id=9))
    assert refusal.value.sentence == (
        "This video costs $0.40, but this server has only $0.10 of its $25.00 budget for November left. "
        "You weren't charged. A server manager can raise the budget with `/settings budget`."
    )
    assert len(await world.store.latest(GUILD, None, 10)) == 1
    assert await world.store.check_books() == []


async def test_the_first_order_of_a_month_is_refused_as_well_if_it_is_over_the_budget(world: World) -> None:
    with pytest.raises(OverBudget, match=r"only \$25\.00 of its \$25\.00 budget"):
        await world.store.add(a_job(quote=BUDGET + Usd(1)))
    assert await world.store.check_books() == []
    await world.store.add(a_job(quote=BUDGET))
    assert (await server_costs(world)).reserved == BUDGET


async def test_the_last_cent_can_be_spent(world: World) -> None:
    await world.store.add(a_job(quote=Usd.of("24.60")))
    await world.store.check_room(GUILD, ANN, Usd.of("0.40"))
    await world.store.add(a_job())
    assert (await server_costs(world)).budget_left == FREE


async def test_what_was_spent_leaves_no_room_for_another_order(world: World) -> None:
    await finished(world, a_job(quote=BUDGET), done(), Usd.of("24.80"))
    with pytest.raises(OverBudget, match=r"only \$0\.20 of its \$25\.00 budget"):
        await world.store.add(a_job(quote=Usd.of("0.21")))
    await world.store.add(a_job(quote=Usd.of("0.20")))
    assert (await server_costs(world)).budget_left == FREE


async def test_a_free_video_needs_no_room(world: World) -> None:
    await world.store.add(a_job(quote=BUDGET))
    await finished(world, a_job(quote=FREE, priority=1), done(), FREE)
    costs = await server_costs(world)
    assert (costs.videos, costs.spent) == (1, FREE)


async def test_a_hundred_orders_at_once_get_exactly_what_the_budget_holds(world: World) -> None:
    async with world.another_process() as other:
        orders = [(world.store, other)[number % 2].add(a_job(quote=Usd.of(1))) for number in range(100)]
        results = await asyncio.gather(*orders, return_exceptions=True)
    assert [type(result) for result in results].count(Job) == 25
    assert [type(result) for result in results].count(OverBudget) == 75
    assert (await server_costs(world)).reserved == BUDGET
    assert await world.store.check_books() == []


async def test_a_servers_own_budget_counts_at_once_and_for_it_alone(world: World) -> None:
    guilds = GuildRows(database=world.database, opening=AccessPolicy.GRANTED, budget=BUDGET)
    await world.store.add(a_job())
    await guilds.set_budget(GUILD, Usd.of("0.50"))
    with pytest.raises(OverBudget, match=r"\$0\.10 of its \$0\.50"):
        await world.store.add(a_job())
    await world.store.add(a_job(guild_id=5))
    await guilds.set_budget(GUILD, Usd.of(1))
    await world.store.add(a_job())
    costs = await server_costs(world)
    assert (costs.budget, costs.budget_left) == (Usd.of(1), Usd.of("0.20"))


async def test_a_budget_lowered_below_what_is_spent_has_nothing_left(world: World) -> None:
    await world.store.add(a_job())
    await GuildRows(database=world.database, opening=AccessPolicy.GRANTED, budget=BUDGET).set_budget(GUILD, FREE)
    assert (await server_costs(world)).budget_left == FREE
    with pytest.raises(OverBudget):
        await world.store.add(a_job(quote=Usd(1)))
    assert (await world.store.add(a_job(quote=FREE))).quote == FREE


async def test_a_new_month_has_a_new_budget_and_old_promises_stay_in_the_old_one(world: World) -> None:
    job = await world.store.add(a_job(quote=BUDGET))
    lease = await claimed(world.store)
    await world.clock.sleep(timedelta(days=10).total_seconds())
    assert (await server_costs(world)).budget_left == BUDGET
    await world.store.move(lease, replace(job, phase=done(), cost=Usd.of(20)))
    costs = await server_costs(world)
    # Paid in December, out of November's budget.
    assert (costs.spent, costs.budget_left) == (Usd.of(20), BUDGET)
    months = await world.database.read(lambda c: c.execute(select(budget).order_by(budget.c.period)))
    assert [tuple(row) for row in months] == [(GUILD, "2026-11", 0, 20_000_000)]
    assert await world.store.check_books() == []


# Queries


async def test_costs_tell_what_was_made_by_whom_and_when(world: World) -> None:
    cheap = await finished(world, a_job("a mouse"), done("1"), Usd.of("0.10"))
    await world.clock.sleep(timedelta(days=1).total_seconds())
    remix = a_job("a cat, but blue", owner_id=BEN)
    remix = replace(remix, request=replace(remix.request, model="veo", source=cheap.id))
    dear = await finished(world, remix, done("2"), Usd.of("3.20"))
    await world.clock.sleep(60)
    last = await finished(world, a_job("a dog"), done("3"), Usd.of("0.40"))
    await world.store.add(a_job(owner_id=BEN))
    await finished(world, a_job(guild_id=5, owner_id=5, priority=9), done("4"), Usd.of(9))
    now = world.clock.now()

    assert await server_costs(world) == Costs(
        spent=Usd.of("3.70"),
        reserved=Usd.of("0.40"),
        videos=3,
        rows=(
            Spend(key="veo", videos=1, spent=Usd.of("3.20")),
            Spend(key="sora-2", videos=2, spent=Usd.of("0.50")),
        ),
        latest=(
            charge(last, now),
            charge(dear, now - timedelta(minutes=1)),
            charge(cheap, now - timedelta(days=1, minutes=1)),
        ),
        on_videos=Usd.of("3.70"),
        quoted=Usd.of("1.20"),
        budget=BUDGET,
        budget_left=Usd.of("20.90"),
    )
    mine = await world.store.costs(GUILD, ANN, Period.TODAY)
    assert mine == Costs(
        spent=Usd.of("0.40"),
        reserved=FREE,
        videos=1,
        on_videos=Usd.of("0.40"),
        quoted=Usd.of("0.40"),
        rows=(Spend(key="sora-2", videos=1, spent=Usd.of("0.40")),),
        latest=(charge(last, now),),
    )
    assert (await world.store.costs(GUILD, BEN, Period.ALL)).reserved == Usd.of("0.40")
    await world.clock.sleep(timedelta(days=40).total_seconds())
    assert (await server_costs(world)).videos == 0
    assert (await server_costs(world, Period.ALL)).videos == 3


def charge(job: Job, at: datetime) -> Charge:
    assert job.cost is not None
    request = job.request
    return Charge(
        job_id=job.id,
        prompt=request.prompt,
        model=request.model,
        mode=request.mode,
        owner_id=job.owner_id,
        channel_id=job.channel_id,
        spent=job.cost,
        at=at,
        ordered_at=job.created_at,
    )


async def test_only_the_last_ten_charges_are_listed(world: World) -> None:
    for number in range(12):
        await finished(world, a_job(f"number {number}"), done(str(number)), Usd.of("0.10"))
    costs = await server_costs(world)
    assert [charge.prompt for charge in costs.latest] == [f"number {number}" for number in range(11, 1, -1)]
    assert (costs.videos, costs.spent) == (12, Usd.of("1.20"))


# The books


@dataclass
class GuildSettings:
    """A few members who order and cancel, and a worker who sometimes dies or is too late."""

    world: World
    leases: list[Lease] = field(default_factory=list)
    ordered: list[JobId] = field(default_factory=list)

    async def order(self, dollars: int) -> None:
        with suppress(OverBudget):
            job = a_job(quote=Usd.of(dollars), guild_id=GUILD + dollars % 2, owner_id=ANN + dollars % 3)
            self.ordered.append((await self.world.store.add(job)).id)

    async def order_several(self, dollars: int) -> None:
        with suppress(OverBudget):
            batch = a_batch(1 + dollars % 4, quote=Usd.of(dollars), guild_id=GUILD, owner_id=ANN + dollars % 3)
            self.ordered += [job.id for job in await self.world.store.add_all(batch)]

    async def ask(self, dollars: int) -> None:
        request = AwaitingApproval(since=NOON, until=NOON)
        with suppress(OverBudget):
            job = a_job(phase=request, quote=Usd.of(dollars), guild_id=GUILD, owner_id=ANN + dollars % 3)
            self.ordered.append((await self.world.store.add(job)).id)

    async def decide(self, number: int) -> None:
        if self.ordered:
            job_id, approvals = self.ordered[number % len(self.ordered)], approvals_on(self.world.store)
            manager = a_member(guild_id=GUILD, id=BEN, manages=True)
            with suppress(BadRequest, NotFound):
                await (approvals.approve(manager, job_id) if number % 2 else approvals.deny(manager, job_id, "No."))

    async def cancel(self, number: int) -> None:
        if self.ordered:
            await self.world.store.cancel(self.ordered[number % len(self.ordered)], BEN)

    async def claim(self, most: int) -> None:
        self.leases += await self.world.store.claim("worker", PLENTY, most)

    async def crash(self, number: int) -> None:
        await self.world.passes(61 * number)

    async def send(self, number: int) -> None:
        await self._move(number, lambda job: job.moved_to(rendering(job.id)))

    async def finish(self, number: int) -> None:
        cost = Usd.of(number % 4)
        await self._move(number, lambda job: replace(job, phase=done(job.id), cost=cost))

    async def fail(self, number: int) -> None:
        await self._move(number, lambda job: job.moved_to(failed(job.id)))

    async def set_aside(self, number: int) -> None:
        await self._move(number, lambda job: job.moved_to(REVIEW))

    async def _move(self, number: int, change: Callable[[Job], Job]) -> None:
        """With any lease there ever was: most are stale."""
        if self.leases:
            lease = self.leases[number % len(self.leases)]
            with suppress(MovedOn):
                await self.world.store.move(lease, change(lease.job), 0)


ORDERS = ("order", "order", "order_several", "ask", "decide", "cancel")
acts = st.sampled_from((*ORDERS, "claim", "claim", "crash", "send", "finish", "fail", "set_aside"))


@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(acts, st.integers(1, 12)), min_size=5, max_size=30))
async def test_the_books_add_up_whatever_happens(world: World, play: Sequence[tuple[str, int]]) -> None:
    await world.wipe()
    guild_settings = GuildSettings(world)
    for act, number in play:
        await getattr(guild_settings, act)(number)
    assert await world.store.check_books() == []
    made = [job for job_id in guild_settings.ordered if (job := await world.store.get(job_id))]
    spent = sum((job.cost for job in made if job.cost), FREE)
    promised = sum((job.quote for job in made if job.cost is None and not is_over(job)), FREE)
    counters = select(func.coalesce(func.sum(budget.c.spent), 0), func.coalesce(func.sum(budget.c.reserved), 0))
    counted = (await world.database.read(lambda c: c.execute(counters))).one()
    assert (Usd(int(counted[0])), Usd(int(counted[1]))) == (spent, promised)


def is_over(job: Job) -> bool:
    return job.is_at_rest and not isinstance(job.phase, NeedsReview)


async def test_books_that_do_not_add_up_are_named(world: World) -> None:
    job = await finished(world, a_job(), done(), Usd.of("0.40"))
    waiting = await world.store.add(a_job())
    await world.database.write(lambda c: c.execute(update(budget).values(spent=1)))
    await world.scribble(job, cost=500_000)
    await world.scribble(waiting, state="failed")
    both, paid = "$0.40 on hold and $0.40 spent", "$0.00 on hold and $0.40 spent"
    assert [str(each) for each in await world.store.check_books()] == [
        f"Server {GUILD}, 2026-11: the ledger says {both}, the counters say $0.40 on hold and $0.000001 spent.",
        f"Video {shown(job.id)}: the ledger says {paid}, the video says $0.00 on hold and $0.50 spent.",
        f"Video {shown(waiting.id)} is over, but $0.40 is still on hold for it.",
        f"Server {GUILD}: the sums of /costs do not agree with its videos.",
    ]


async def test_money_is_promised_to_a_job_only_once(world: World) -> None:
    job = await world.store.add(a_job())
    again = {"job_id": job.id, "guild_id": GUILD, "owner_id": ANN, "period": "2026-11", "at": NOON}
    entry = insert(ledger).values(**again, kind="reserve", reserved=1, spent=0)
    with pytest.raises(IntegrityError):
        await world.database.write(lambda c: c.execute(entry))
