"""A model's record in the job table, and replacing an order that still waits with one for another model."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import sqlite

from bot.domain.errors import MovedOn, OverBudget
from bot.domain.job import Job
from bot.domain.messages import plain
from bot.domain.models.health import Ending, TrackRecord
from bot.domain.money.costs import Period
from bot.domain.money.usd import Usd
from bot.domain.phases import Cancelled, Cause, Failed, Phase, Posting, Queued, Submitting, Undelivered
from bot.domain.ports.render_history import RenderKind
from storage.db import snapshot
from storage.jobs.render_history import AT_ONCE, LAST
from storage.tables import has_ended, jobs
from tests.contract.databases import (
    ANN,
    GUILD,
    NOON,
    World,
    a_job,
    a_video,
    a_world,
    claimed,
    counted_statements,
    done,
    rendering,
    sending,
)

SORA = ("openai", "sora-2")


async def ended(world: World, phase: Phase, *, after: float | None = 60.0, **changes: Any) -> Job:
    job = await world.store.add(replace(a_job(), **changes))
    lease = await claimed(world.store)
    return (await world.store.move(lease, replace(job, phase=phase, render_seconds=after))).job


def failed(cause: Cause, minutes: float = 0) -> Failed:
    return Failed(cause=cause, reason=plain("No."), charged=False, finished_at=NOON + timedelta(minutes=minutes))


async def record(world: World, model: tuple[str, str] = SORA) -> TrackRecord:
    return (await world.store.track_records([model]))[model]


# Records


async def test_a_model_without_orders_has_an_empty_record(world: World) -> None:
    assert await record(world) == TrackRecord(endings=[], seconds=[])


async def test_how_orders_ended_is_read_together_with_the_times_that_are_asked_for_next(world: World) -> None:
    store, other = world.store, ("other", "m")
    await ended(world, done("video_1"))
    kind = RenderKind.of(await ended(world, done("video_2"), after=50.5))
    alone = await store.endings([SORA]), await store.render_times([kind], GUILD), await store.render_times([kind], 99)

    async def nothing() -> dict[snapshot.Fact, object]:
        return {}

    async with snapshot.reading_from(world.clock, nothing()):
        with counted_statements() as said:
            endings = await store.endings([SORA, other], kind)
            times = await store.render_times([kind], GUILD), await store.render_times([kind], 99)
    assert len(alone[0][SORA]) == 2
    assert alone[1][kind].here == [50.5, 60.0]
    assert (endings, *times) == ({**alone[0], other: []}, *alone[1:])
    assert len(said) == 1


async def test_the_newest_orders_tell_how_they_ended(world: World) -> None:
    await ended(world, done("video_1"))
    await ended(world, failed(Cause.MODERATION, 1), after=None)
    await ended(world, failed(Cause.TIMEOUT, 2), after=None)
    found = await record(world)
    assert found.endings == [
        Ending(at=NOON + timedelta(minutes=2), cause=Cause.TIMEOUT),
        Ending(at=NOON + timedelta(minutes=1), cause=Cause.MODERATION),
        Ending(at=NOON, cause=None),
    ]


async def test_a_video_that_could_not_be_delivered_is_a_success_of_its_model(world: World) -> None:
    kept = Undelivered(video=a_video(), remote_id="video_1", reason=plain("Its channel was deleted."))
    job = await ended(world, kept, after=30.0)
    found = await record(world)
    assert found.endings == [Ending(at=job.created_at + timedelta(seconds=30), cause=None)]
    assert found.seconds == [30.0]


async def test_a_video_that_is_just_being_posted_counts(world: World) -> None:
    at = NOON + timedelta(minutes=5)
    await ended(world, Posting(video=a_video(), remote_id="video_1", since=at))
    assert (await record(world)).endings == [Ending(at=at, cause=None)]


async def test_what_waits_or_runs_or_was_cancelled_says_nothing(world: World) -> None:
    await ended(world, Cancelled(by=ANN, finished_at=NOON))
    await world.store.add(a_job())
    lease = await claimed(world.store)
    await world.store.move(lease, lease.job.moved_to(rendering()), 60.0)
    assert await record(world) == TrackRecord(endings=[], seconds=[])


async def test_times_are_those_of_videos_of_any_length_and_size_and_of_this_model_alone(world: World) -> None:
    first = a_job()
    await ended(world, done("video_1"), after=40.0)
    await ended(world, done("video_2"), after=80.0, request=replace(first.request, seconds=12))
    await ended(world, failed(Cause.PROVIDER), after=3.0)
    await ended(world, done("video_3"), after=7.0, request=replace(first.request, model="wan-2.2"))
    await ended(world, done("video_4"), after=9.0, account="gemini")
    records = await world.store.track_records([SORA, ("openai", "wan-2.2")])
    assert list(records[SORA].seconds) == [80.0, 40.0]
    assert list(records["openai", "wan-2.2"].seconds) == [7.0]


async def test_only_the_last_endings_are_read(world: World) -> None:
    for number in range(LAST + 3):
        await ended(world, done(f"video_{number}"))
    assert len((await record(world)).endings) == LAST


async def test_the_records_of_forty_models_take_two_statements(world: World) -> None:
    models = [("openai", f"model-{number}") for number in range(40)]
    for number in (3, 7):
        request = replace(a_job().request, model=f"model-{number}")
        await ended(world, done(f"video_{number}"), after=10.0 * number, request=request)
    with counted_statements() as said:
        records = await world.store.track_records(models)
    assert len(said) == 2
    assert sorted(records) == sorted(models)
    assert {model[1]: list(each.seconds) for model, each in records.items() if each.seconds} == {
        "model-3": [30.0],
        "model-7": [70.0],
    }
    assert [len(records["openai", f"model-{number}"].endings) for number in (3, 4, 7)] == [1, 0, 1]


async def test_more_models_than_one_statement_holds_have_their_records(world: World) -> None:
    models = [("openai", f"model-{number}") for number in range(2 * AT_ONCE + 1)]
    assert len(await world.store.track_records(models)) == len(models)
    assert await world.store.track_records([]) == {}


async def test_a_record_is_read_from_its_index(tmp_path: Path) -> None:
    query = select(jobs.c.id).where(has_ended, jobs.c.provider == "a", jobs.c.model == "b")
    newest = query.order_by(jobs.c.created_at.desc()).limit(LAST)
    sql = str(newest.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True}))
    async with a_world("sqlite", tmp_path) as world:
        rows = await world.database.read(lambda c: c.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", ("a", "b", 1, 0)))
        assert [row.detail for row in rows] == ["SEARCH jobs USING INDEX jobs_of_model (provider=? AND model=?)"]


# Exchanges


def cancelled(job: Job) -> Job:
    return job.moved_to(Cancelled(by=ANN, finished_at=NOON))


async def left(world: World) -> Usd | None:
    return (await world.store.costs(GUILD, None, Period.ALL)).budget_left


async def test_an_exchange_ends_the_waiting_order_and_stores_the_other(world: World) -> None:
    old = await world.store.add(a_job())
    new = await world.store.exchange(old, cancelled(old), a_job(quote=Usd.of("1.00")))
    assert await world.store.get(old.id) == cancelled(old)
    assert await world.store.get(new.id) == new
    assert await left(world) == Usd.of("24.00")
    assert await world.store.check_books() == []
    assert (await claimed(world.store)).job.id == new.id


async def test_an_exchange_needs_the_budget_once_only(world: World) -> None:
    old = await world.store.add(a_job(quote=Usd.of(20)))
    await world.store.exchange(old, cancelled(old), a_job(quote=Usd.of(25)))
    assert await left(world) == Usd.of(0)


async def test_an_exchange_that_is_too_dear_changes_nothing(world: World) -> None:
    old = await world.store.add(a_job())
    dear = a_job(quote=Usd.of(26))
    with pytest.raises(OverBudget):
        await world.store.exchange(old, cancelled(old), dear)
    assert await world.store.get(old.id) == old
    assert await world.store.get(dear.id) is None
    assert await left(world) == Usd.of("24.60")
    assert await world.store.check_books() == []


async def test_what_was_just_sent_is_not_exchanged(world: World) -> None:
    old = await world.store.add(a_job())
    lease = await claimed(world.store)
    await world.store.move(lease, old.moved_to(sending()), 60.0)
    new = a_job()
    with pytest.raises(MovedOn):
        await world.store.exchange(old, cancelled(old), new)
    assert await world.store.get(new.id) is None
    assert isinstance((await world.store.get(old.id) or new).phase, Submitting)


async def test_a_worker_that_was_about_to_send_it_sends_nothing(world: World) -> None:
    old = await world.store.add(a_job())
    lease = await claimed(world.store)
    await world.store.exchange(old, cancelled(old), a_job())
    with pytest.raises(MovedOn):
        await world.store.move(lease, old.moved_to(sending()), 60.0)


async def test_the_same_interaction_exchanges_once(world: World) -> None:
    old = await world.store.add(a_job())
    new = a_job(interaction_id=77)
    async with world.another_process() as other:
        tries = [each.exchange(old, cancelled(old), replace(new, id=a_job().id)) for each in (world.store, other)]
        outcomes = await asyncio.gather(*tries, return_exceptions=True)
    stored = [outcome for outcome in outcomes if isinstance(outcome, Job)]
    assert stored
    assert len({job.id for job in stored}) == 1
    assert all(isinstance(outcome, Job | MovedOn) for outcome in outcomes)
    assert await left(world) == Usd.of("24.60")


async def test_another_reason_to_wait_is_another_order_to_look_at(world: World) -> None:
    old = await world.store.add(a_job())
    lease = await claimed(world.store)
    await world.store.move(lease, old.moved_to(Queued(waits_for=plain("The video service is busy."))), 60.0)
    with pytest.raises(MovedOn):
        await world.store.exchange(old, cancelled(old), a_job())
