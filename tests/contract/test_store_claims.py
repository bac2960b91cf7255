"""Who may advance which job: leases, places, fairness, and several workers at once."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, insert

from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import plain
from bot.domain.phases import Phase, Posting, Queued, Saving, Unknown, name_of
from bot.domain.ports.jobs import SUSPECTED_AT, ConcurrencyLimits, StepKind, StepRoom, kind_of
from bot.domain.queue.state import FRONT
from storage.jobs.claim import AT_ONCE
from storage.jobs.mapping import row_of
from storage.tables import jobs
from tests.contract.databases import (
    ANN,
    BEN,
    NOON,
    PLENTY,
    World,
    a_job,
    a_video,
    a_world,
    claimed,
    done,
    rendering,
    sending,
    started,
)
from tests.extent import examples

# Leases


async def test_a_leased_job_is_not_leased_again(world: World) -> None:
    await world.store.add(a_job())
    lease = await claimed(world.store)
    assert (lease.epoch, lease.crashes) == (1, 0)
    assert await world.store.claim("other", PLENTY, 10) == []
    assert await world.store.next_due() == pytest.approx(60, abs=1)


async def test_a_lease_that_ran_out_is_given_to_the_next_and_counts_as_a_crash(world: World) -> None:
    job = await started(world.store, a_job())
    await claimed(world.store)
    await world.passes(59)
    assert await world.store.claim("other", PLENTY, 10) == []
    await world.passes(2)
    lease = await claimed(world.store, "other")
    assert (lease.job, lease.epoch, lease.crashes) == (job, 3, 1)


async def test_a_prolonged_lease_does_not_run_out(world: World) -> None:
    await world.store.add(a_job())
    lease = await claimed(world.store, "busy")
    for _ in range(3):
        await world.passes(40)
        assert await world.store.extend([(lease.job.id, lease.epoch)]) == [(lease.job.id, lease.epoch)]
    assert await world.store.claim("other", PLENTY, 10) == []


async def test_a_lost_lease_does_not_come_back_from_prolonging(world: World) -> None:
    await world.store.add(a_job())
    await claimed(world.store, "slow")
    await world.passes(61)
    lease = await claimed(world.store, "quick")
    assert await world.store.extend([(lease.job.id, lease.epoch - 1)]) == []
    assert await world.store.extend([(lease.job.id, lease.epoch)]) == [(lease.job.id, lease.epoch)]


async def test_a_lease_that_was_released_does_not_come_back_from_prolonging(world: World) -> None:
    await started(world.store, a_job())
    lease = await claimed(world.store)
    await world.store.move(lease, lease.job, 0)
    assert await world.store.extend([(lease.job.id, lease.epoch)]) == []
    assert (await claimed(world.store)).crashes == 0


async def test_handing_back_a_lost_lease_leaves_its_successors_alone(world: World) -> None:
    await started(world.store, a_job())
    lost = await claimed(world.store, "slow")
    await world.passes(61)
    held = await claimed(world.store, "quick")
    await world.store.hand_back([lost])
    assert await world.store.claim("third", PLENTY, 10) == []
    assert await world.store.extend([(held.job.id, held.epoch)]) == [(held.job.id, held.epoch)]


async def test_a_lease_handed_back_is_due_at_once_and_no_crash(world: World) -> None:
    job = await started(world.store, a_job())
    lease = await claimed(world.store)
    await world.store.hand_back([lease])
    assert await world.store.next_due() == 0.0
    again = await claimed(world.store, "other")
    assert (again.job, again.crashes) == (job, 0)


async def test_no_more_is_leased_than_asked_for(world: World) -> None:
    for number in range(2):
        await world.store.add(a_job())
        lease = await claimed(world.store)
        await world.store.move(lease, lease.job.moved_to(rendering(f"video_{number}")), 5)
    waiting = [await world.store.add(a_job()) for _ in range(3)]
    await world.passes(6)
    first = await world.store.claim("worker", PLENTY, 3)
    assert [type(lease.job.phase).__name__ for lease in first] == ["Rendering", "Rendering", "Queued"]
    assert [lease.job for lease in await world.store.claim("worker", PLENTY, 1)] == [waiting[1]]


async def test_what_was_held_in_three_deaths_is_taken_alone(world: World) -> None:
    each = dict.fromkeys(StepKind, 8)
    company, alone = StepRoom(steps=each, slow_orders=8), StepRoom(steps=each, slow_orders=8, for_suspect=True)
    for _ in range(2):
        await world.store.add(a_job())
    for lease in await world.store.claim("worker", PLENTY, 10):
        await world.store.move(lease, lease.job.moved_to(rendering(f"remote of {lease.job.id}")), 0)
    for _ in range(SUSPECTED_AT):
        assert not await world.store.has_suspect()
        assert len(await world.store.claim("dies", PLENTY, 10, company)) == 2
        await world.passes(61)
    assert await world.store.has_suspect()
    assert await world.store.claim("worker", PLENTY, 10, company) == []
    assert await world.store.next_due(company.kinds) is None
    first = await world.store.claim("worker", PLENTY, 10, alone)
    second = await world.store.claim("other", PLENTY, 10, alone)
    assert [lease.crashes for lease in [*first, *second]] == [SUSPECTED_AT, SUSPECTED_AT]
    assert await world.store.claim("third", PLENTY, 10, alone) == []


async def test_a_failed_step_gives_its_lease_back_and_only_counts(world: World) -> None:
    await started(world.store, a_job())
    await world.store.count_crash(await claimed(world.store))
    assert await world.store.claim("worker", PLENTY, 10) == []
    await world.passes(61)
    lease = await claimed(world.store)
    assert lease.crashes == 1
    await world.store.hand_back([lease])
    await world.store.count_crash(lease)  # its lease has expired
    assert (await claimed(world.store)).crashes == 1


# Places


async def test_no_more_jobs_run_than_there_are_places(world: World) -> None:
    for _ in range(4):
        await world.store.add(a_job())
    leases = await world.store.claim("worker", ConcurrencyLimits(total=2), 10)
    assert len(leases) == 2
    assert await world.store.claim("other", ConcurrencyLimits(total=2), 10) == []
    for number, lease in enumerate(leases):
        await world.store.move(lease, lease.job.moved_to(rendering(f"video_{number}")), 3600)
    assert await world.store.claim("other", ConcurrencyLimits(total=2), 10) == []
    assert len(await world.store.claim("other", ConcurrencyLimits(total=3), 10)) == 1


async def test_a_render_that_ended_frees_its_place(world: World) -> None:
    await started(world.store, a_job())
    waiting = await world.store.add(a_job())
    [lease] = await world.store.claim("worker", ConcurrencyLimits(total=1), 10)
    saving = Saving(remote_id="video_1", started_at=NOON)
    await world.store.move(lease, lease.job.moved_to(saving), 3600)
    [lease] = await world.store.claim("worker", ConcurrencyLimits(total=1), 10)
    assert lease.job == waiting


async def test_steps_past_the_queue_need_no_place(world: World) -> None:
    job = await started(world.store, a_job())
    [lease] = await world.store.claim("worker", ConcurrencyLimits(total=0), 10)
    assert lease.job == job


async def test_who_died_before_sending_holds_no_place(world: World) -> None:
    await world.store.add(a_job())
    await claimed(world.store)
    await world.passes(61)
    assert len(await world.store.claim("other", ConcurrencyLimits(total=1), 10)) == 1


async def test_a_server_and_a_member_have_places_of_their_own(world: World) -> None:
    anns = [await world.store.add(a_job()) for _ in range(3)]
    bens = [await world.store.add(a_job(owner_id=BEN)) for _ in range(3)]
    elsewhere = await world.store.add(a_job(owner_id=5, guild_id=6))
    places = ConcurrencyLimits(total=10, per_guild=3, per_member=2)
    leases = await world.store.claim("worker", places, 10)
    assert [lease.job for lease in leases] == [anns[0], bens[0], elsewhere, anns[1]]
    assert await world.store.claim("worker", places, 10) == []


async def test_a_job_that_waits_for_its_time_takes_nobodys_turn(world: World) -> None:
    await world.store.add(a_job())
    lease = await claimed(world.store)
    await world.store.move(lease, lease.job.moved_to(Queued(waits_for=plain("The video service is busy."))), 30)
    other = await world.store.add(a_job(created_at=NOON + timedelta(days=1)))
    assert [lease.job for lease in await world.store.claim("worker", ConcurrencyLimits(total=1), 10)] == [other]
    await world.passes(31)
    assert [lease.job.id for lease in await world.store.claim("worker", ConcurrencyLimits(total=2), 10)] == [
        lease.job.id
    ]


async def test_who_is_held_back_on_one_server_is_served_on_another(world: World) -> None:
    await started(world.store, a_job(guild_id=1))
    await world.store.claim("other", PLENTY, 1)
    await world.store.add(a_job(guild_id=1))
    elsewhere = await world.store.add(a_job(guild_id=2))
    leases = await world.store.claim("worker", ConcurrencyLimits(total=2, per_guild=1, per_member=2), 1)
    assert [lease.job for lease in leases] == [elsewhere]


async def test_who_was_moved_to_the_front_takes_the_turn_of_the_oldest_order_of_its_server(world: World) -> None:
    """It makes no difference that the oldest is the same member's, and that one place is free."""
    await world.store.add(a_job(guild_id=2))
    await world.store.add(a_job(guild_id=1))
    front = await world.store.add(a_job(guild_id=2, priority=FRONT))
    assert [lease.job for lease in await world.store.claim("worker", ConcurrencyLimits(total=1), 1)] == [front]


# Fairness


@dataclass(frozen=True)
class Order:
    owner: int
    guild: int
    priority: int
    running: bool

    def job(self, at_once: int | None) -> Job:
        return a_job(owner_id=self.owner, guild_id=self.guild, priority=self.priority, at_once=at_once)


orders = st.lists(
    st.builds(Order, st.integers(1, 3), st.integers(1, 2), st.sampled_from([0, 1, FRONT, FRONT + 1]), st.booleans()),
    min_size=1,
    max_size=9,
)
limits = st.none() | st.integers(1, 3)


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    orders,
    st.builds(ConcurrencyLimits, total=st.integers(1, 9), per_guild=limits, per_member=limits),
    st.integers(1, 9),
    st.fixed_dictionaries(dict.fromkeys((1, 2, 3), limits)),
)
async def test_places_are_given_one_by_one_to_whom_has_fewest(
    world: World, wished: Sequence[Order], places: ConcurrencyLimits, most: int, at_once: Mapping[int, int | None]
) -> None:
    """`at_once`: what the members' tiers allow."""
    await world.wipe()
    made = [(order, order.job(at_once[order.owner])) for order in wished]
    running = [job for order, job in made if order.running]
    waiting = [job for order, job in made if not order.running]
    await put_down(world, running, waiting)
    leases = await world.store.claim("worker", places, most)
    assert [lease.job.id for lease in leases] == expected(waiting, running, places, most)


async def test_while_many_rows_are_read_for_a_claim_other_work_goes_on(world: World) -> None:
    """Each unreadable row is logged, which shows the progress."""
    rounds, rows_read = 0, Counter[int]()

    class Rounds(logging.Handler):
        def emit(self, _: logging.LogRecord) -> None:
            rows_read[rounds] += 1

    detail = {"remote_id": "video_1", "started_at": NOON.isoformat(), "upscaled": True}  # as a newer version has it
    due = {"detail": detail, "remote_id": None, "next_at": NOON - timedelta(days=400)}
    beside = {"period": "2026-11", "lease_epoch": 0, "crashes": 0}
    job = a_job().moved_to(rendering("video_1"))
    rows = [row_of(replace(job, id=JobId(f"{n:06}"))) | beside | due for n in range(2 * AT_ONCE + 5)]
    await world.database.write(lambda c: c.execute(insert(jobs), rows))
    logging.getLogger("storage.jobs.mapping").addHandler(noting := Rounds())
    claiming = asyncio.create_task(world.store.claim("worker", PLENTY, len(rows)))
    while not claiming.done():
        rounds += 1
        await asyncio.sleep(0)
    logging.getLogger("storage.jobs.mapping").removeHandler(noting)
    assert await claiming == []
    assert list(rows_read.values()) == [AT_ONCE, AT_ONCE, 5]


async def put_down(world: World, running: Sequence[Job], waiting: Sequence[Job]) -> None:
    beside = {"period": "2026-11", "lease_epoch": 0, "crashes": 0, "remote_id": None}
    long_ago = NOON - timedelta(days=400)
    rows = [beside | row_of(job.moved_to(rendering(job.id))) | {"next_at": None} for job in running]
    rows += [beside | row_of(job) | {"next_at": long_ago} for job in waiting]
    await world.database.write(lambda c: c.execute(insert(jobs), rows))


def expected(waiting: Sequence[Job], running: Sequence[Job], places: ConcurrencyLimits, most: int) -> list[JobId]:
    """The rule in its plain form: repeatedly, the next place goes to the first member who may have it."""
    members = Counter(job.owner_id for job in running)
    guilds = Counter(job.guild_id for job in running)
    members_there = Counter((job.owner_id, job.guild_id) for job in running)
    left, started = list(waiting), list[JobId]()
    while left and len(running) + len(started) < places.total and len(started) < most:
        allowed = [
            job
            for job in left
            if (places.per_member is None or members[job.owner_id] < places.per_member)
            and (places.per_guild is None or guilds[job.guild_id] < places.per_guild)
            and (job.at_once is None or members_there[job.owner_id, job.guild_id] < job.at_once)
        ]
        if not allowed:
            break
        job = min(allowed, key=partial(rank, members=members))
        ahead = [each for each in allowed if each.guild_id == job.guild_id and each.priority >= FRONT]
        job = min(ahead, key=lambda each: (-each.priority, rank(each, members)), default=job)
        left.remove(job)
        started.append(job.id)
        members[job.owner_id] += 1
        guilds[job.guild_id] += 1
        members_there[job.owner_id, job.guild_id] += 1
    return started


def rank(job: Job, members: Counter[int]) -> tuple[int, int, datetime, JobId]:
    return members[job.owner_id], 0 if job.priority >= FRONT else -job.priority, job.created_at, job.id


# Several workers


async def test_workers_of_two_processes_never_get_the_same_lease(world: World) -> None:
    for number in range(30):
        await world.store.add(a_job(owner_id=number % 7))
    taken: list[tuple[JobId, int]] = []

    async with world.another_process() as other:

        async def work(name: str) -> None:
            store = world.store if name < "c" else other
            while leases := await store.claim(name, PLENTY, 2):
                taken.extend((lease.job.id, lease.epoch) for lease in leases)

        await asyncio.gather(*(work(name) for name in "abcd"))
    assert len(taken) == len(set(taken)) == 30
    assert {epoch for _, epoch in taken} == {1}


async def test_workers_of_two_processes_share_the_places_and_finish_everything(world: World) -> None:
    places = ConcurrencyLimits(total=3, per_member=2)
    ordered = [await world.store.add(a_job(owner_id=number % 3)) for number in range(12)]
    most_running = 0

    async with world.another_process() as other:

        async def work(name: str) -> None:
            nonlocal most_running
            store = world.store if name < "c" else other
            while await store.under_way(ordered[0].guild_id):
                for lease in await store.claim(name, places, 2):
                    job = lease.job
                    if isinstance(job.phase, Queued):
                        moved = await store.move(lease, job.moved_to(rendering(job.id)), 0)
                        line = await store.line(moved.job, places)
                        most_running = max(most_running, line.running)
                    else:
                        await store.move(lease, job.moved_to(done(job.id)))

        await asyncio.gather(*(work(name) for name in "abcd"))
    assert 1 <= most_running <= places.total
    finished = await world.store.latest(ordered[0].guild_id, None, 100)
    assert [job.phase for job in finished] == [done(job.id) for job in finished]
    assert len(finished) == 12


async def test_a_claim_never_reads_the_finished_jobs(tmp_path: Path) -> None:
    async with a_world("sqlite", tmp_path) as world:
        await started(world.store, a_job(owner_id=ANN))
        await world.store.add(a_job())
        asked: list[tuple[str, Any]] = []
        writer = world.database._engines.writer.sync_engine
        event.listen(writer, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
        assert len(await world.store.claim("worker", ConcurrencyLimits(total=9, per_guild=9, per_member=9), 9)) == 2
        plans = [await plan_of(world, sql, values) for sql, values in list(asked) if "jobs" in sql]
        assert len(plans) >= 5
        assert [step for plan in plans for step in plan if step.startswith("SCAN jobs")] == []


async def plan_of(world: World, sql: str, values: Any) -> list[str]:
    rows = await world.database.write(lambda c: c.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values))
    return [row.detail for row in rows]


# Capacity for each kind of step


def room_for(slow_orders: int = 0, slow: frozenset[str] = frozenset(), **steps: int) -> StepRoom:
    by_kind = {StepKind[kind.upper()]: number for kind, number in steps.items()}
    return StepRoom(steps=by_kind, slow_orders=slow_orders, slow_accounts=slow)


async def some_of_each_kind(world: World, number: int) -> None:
    """So many polls, downloads and queued orders, all due."""
    for _ in range(2 * number):
        await world.store.add(a_job())
    for n, lease in enumerate(await world.store.claim("worker", PLENTY, 2 * number)):
        phase = rendering(f"video_{n}") if n % 2 else Saving(remote_id=f"video_{n}", started_at=NOON)
        await world.store.move(lease, lease.job.moved_to(phase), 0)
    for _ in range(number):
        await world.store.add(a_job())


async def test_a_claim_takes_no_more_of_a_kind_than_there_is_room_for(world: World) -> None:
    await some_of_each_kind(world, 3)
    room = room_for(look=1, order=2, download=3)
    leases = await world.store.claim("worker", PLENTY, 99, room)
    assert Counter(kind_of(lease.job) for lease in leases) == {
        StepKind.LOOK: 1,
        StepKind.ORDER: 2,
        StepKind.DOWNLOAD: 3,
    }


async def test_what_there_is_no_room_for_is_not_waited_for(world: World) -> None:
    await some_of_each_kind(world, 1)
    assert await world.store.claim("worker", PLENTY, 99, room_for(post=5)) == []
    assert await world.store.next_due([StepKind.POST]) is None
    assert await world.store.next_due([]) is None
    assert await world.store.next_due([StepKind.DOWNLOAD]) == 0
    assert await world.store.next_due([StepKind.ORDER]) == 1


async def test_a_slow_account_that_is_full_takes_no_turn_from_its_member(world: World) -> None:
    await world.store.add(a_job(owner_id=ANN, account="slow"))
    later = await world.store.add(a_job(owner_id=ANN, account="quick"))
    other = await world.store.add(a_job(owner_id=BEN, account="quick"))
    room = room_for(order=2, slow=frozenset({"slow"}))
    assert [lease.job for lease in await world.store.claim("worker", PLENTY, 9, room)] == [later, other]


OPEN_PHASES: Sequence[Phase] = (
    Queued(),
    sending(),
    Unknown(sent_at=NOON, fingerprint="print"),
    rendering(),
    Saving(remote_id="video_1", started_at=NOON),
    Posting(video=a_video(), remote_id="video_1"),
)


@pytest.mark.parametrize("phase", OPEN_PHASES, ids=name_of)
@pytest.mark.parametrize("called_off_by", [None, ANN])
async def test_a_claim_and_a_worker_mean_the_same_by_a_kind(
    world: World, phase: Phase, called_off_by: int | None
) -> None:
    job = a_job().moved_to(phase)
    await world.store.add(job.moved_to(Queued()))
    await world.scribble(job, **row_of(job) | {"cancel_asked_by": called_off_by})
    own = kind_of(replace(job, cancel_asked_by=called_off_by))
    others = StepRoom(steps=dict.fromkeys(set(StepKind) - {own}, 1), slow_orders=0)
    assert await world.store.claim("worker", PLENTY, 9, others) == []
    assert len(await world.store.claim("worker", PLENTY, 9, StepRoom(steps={own: 1}, slow_orders=0))) == 1
