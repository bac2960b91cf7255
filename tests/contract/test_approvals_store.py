"""Orders that wait for approval, in the database: one decision, however many decide at once, and the money with it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, OverBudget
from bot.domain.job import Job
from bot.domain.messages import Message, Person
from bot.domain.money.costs import Period
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import AwaitingApproval, Cancelled, Queued
from bot.jobs.steps.approval import LONGEST_REST
from tests.approvers import approvals_on
from tests.builders import a_member
from tests.contract.databases import ANN, GUILD, NOON, PLENTY, World, a_job, a_world, claimed

DAY = timedelta(hours=24)
REQUEST = AwaitingApproval(since=NOON, until=NOON + DAY)


def a_manager(number: int) -> Member:
    return a_member(id=number, guild_id=GUILD, manages=True)


async def outcome(decision: Awaitable[Job]) -> Job | Message:
    try:
        return await decision
    except BadRequest as late:
        return late.message


async def money(world: World) -> tuple[Usd, Usd]:
    assert await world.store.check_books() == []
    costs = await world.store.costs(GUILD, None, Period.ALL)
    return costs.reserved, costs.spent


async def test_of_ten_who_decide_at_once_one_decides_and_the_others_are_told_what(world: World) -> None:
    """Some approve, some deny, in two processes."""
    job = await world.store.add(a_job(phase=REQUEST))
    async with world.another_process() as other:
        here, there = approvals_on(world.store), approvals_on(other)
        decisions: list[Any] = [
            there.deny(a_manager(number), job.id, "No.") if number % 2 else here.approve(a_manager(number), job.id)
            for number in range(1, 11)
        ]
        outcomes = await asyncio.gather(*map(outcome, decisions))
    (decided,) = [each for each in outcomes if isinstance(each, Job)]
    stored = await world.store.get(job.id)
    assert stored == decided
    by = decided.approval.by if decided.approval is not None else getattr(decided.phase, "by", 0)
    said = "approved" if decided.approval is not None else "denied"
    told = [each for each in outcomes if isinstance(each, Message)]
    assert [(each.params["member"], said in each.text) for each in told] == [(Person(by), True)] * 9
    assert await money(world) == ((job.quote if said == "approved" else FREE), FREE)


async def test_of_approving_cancelling_and_expiring_at_once_exactly_one_happens(world: World) -> None:
    async with world.another_process() as other:
        for _ in range(5):
            job = await world.store.add(a_job(phase=AwaitingApproval(since=NOON, until=NOON)))
            lease = await claimed(world.store)
            expired = job.moved_to(Cancelled(by=0, finished_at=NOON))
            results = await asyncio.gather(
                approvals_on(other).approve(a_manager(7), job.id),
                world.store.move(lease, expired),
                world.store.cancel(job.id, ANN),
                return_exceptions=True,
            )
            stored = await world.store.get(job.id)
            assert stored is not None
            assert isinstance(stored.phase, Queued | Cancelled)
            assert sum(not isinstance(each, Exception) for each in results) >= 1
            reserved, spent = await money(world)
            assert (reserved, spent) == (job.quote if isinstance(stored.phase, Queued) else FREE, FREE)
            await world.store.cancel(job.id, ANN)


async def test_a_request_reserves_its_price_as_any_order_does(world: World) -> None:
    job = await world.store.add(a_job(phase=REQUEST, quote=Usd.of(20)))
    assert await money(world) == (Usd.of(20), FREE)
    with pytest.raises(OverBudget):
        await world.store.add(a_job(quote=Usd.of(6)))
    await approvals_on(world.store).deny(a_manager(7), job.id, "No.")
    assert await money(world) == (FREE, FREE)
    await world.store.add(a_job(quote=Usd.of(6)))


async def test_it_is_looked_at_once_in_a_while_and_never_sent(world: World) -> None:
    job = await world.store.add(a_job(phase=REQUEST))
    lease = await claimed(world.store)
    assert lease.job == job
    await world.store.move(lease, job, LONGEST_REST)
    assert await world.store.claim("worker", PLENTY, 10) == []
    assert await world.store.bring_forward() == 0
    await world.passes(LONGEST_REST + 1)
    assert (await claimed(world.store)).job == job


async def test_requests_are_listed_oldest_first_and_last_in_line(world: World) -> None:
    store = world.store
    first, second = [await store.add(a_job(phase=REQUEST)) for _ in range(2)]
    waiting = await store.add(a_job())
    elsewhere = await store.add(a_job(phase=REQUEST, guild_id=GUILD + 1))
    assert await store.awaiting_approval(GUILD) == [first, second]
    assert await store.awaiting_approval(GUILD + 1) == [elsewhere]
    assert await store.under_way(GUILD) == [waiting, first, second]
    totals = await store.queue_totals(GUILD)
    assert (totals.waiting, totals.to_approve, totals.under_way) == (1, 2, 3)


async def test_requests_are_looked_up_among_what_is_under_way(tmp_path: Path) -> None:
    """Among a million finished orders, too."""
    async with a_world("sqlite", tmp_path) as world:
        await world.store.add(a_job(phase=REQUEST))
        asked: list[tuple[str, Any]] = []
        reader = world.database._engines.reader.sync_engine
        event.listen(reader, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
        assert len(await world.store.awaiting_approval(GUILD)) == 1
        ((sql, values),) = [call for call in asked if "jobs" in call[0]]
        plan = await world.database.read(lambda c: c.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values))
    assert [row.detail for row in plan] == ["SEARCH jobs USING INDEX jobs_open_of_guild (guild_id=?)"]
