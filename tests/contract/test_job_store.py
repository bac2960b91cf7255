"""A job in the database: ordered, advanced step by step, cancelled, looked up."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.domain.errors import MovedOn, NotFound, TwinInFlight
from bot.domain.ids import JobId
from bot.domain.job import Job, QueuePosition
from bot.domain.messages import plain
from bot.domain.phases import Cancelled, NeedsReview, Phase, Posting, Queued, Saving, Undelivered, Unknown
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.domain.ports.render_history import PastRenders, RenderKind
from bot.domain.video import Aim, Picture, RemixMethod, Size
from storage.tables import jobs, ledger
from tests.contract.databases import (
    ANN,
    BEN,
    GUILD,
    NOON,
    PLENTY,
    World,
    a_job,
    a_video,
    claimed,
    counted_statements,
    done,
    failed,
    rendering,
    sending,
    started,
)

PHASES: list[Phase] = [
    Queued(waits_for=plain("The video service is busy.")),
    sending(),
    Unknown(sent_at=NOON, fingerprint="print", method=RemixMethod.EDIT, looks=2, absent=1),
    replace(rendering(), progress=40, cancel_refused=True, missing=1, method=RemixMethod.NATIVE),
    Saving(remote_id="video_1", started_at=NOON, tries=3),
    Posting(video=a_video(), remote_id="video_1", since=NOON, tries=1),
    done(),
    Undelivered(video=a_video(), remote_id="video_1", reason=plain("The channel is gone.")),
    failed("video_1"),
    Cancelled(by=BEN, finished_at=NOON, charged=True),
    NeedsReview(was="unknown", reason=plain("Nobody knows."), remote_id=None),
]


# Ordering


async def test_a_job_comes_back_as_it_was_ordered(world: World) -> None:
    picture = Picture(key="pictures/1.png", preview="pictures/1.jpg", sha256="ab" * 32, note="cropped 12 %")
    job = a_job('naïve 猫 🐈 "quoted" 100 %', private=True, priority=3, interaction_id=2**62, upload_limit=2**33)
    job = replace(job, request=replace(job.request, picture=picture, source=JobId("K7Q4FD")))
    assert await world.store.add(job) == job
    assert await world.store.get(job.id) == job


@pytest.mark.parametrize("aim", Aim)
async def test_what_a_remix_is_after_comes_back(world: World, aim: Aim) -> None:
    job = a_job()
    job = await world.store.add(replace(job, request=replace(job.request, source=JobId("K7Q4FD"), aim=aim)))
    async with world.another_process() as other:
        read = await other.get(job.id)
    assert read is not None
    assert read.request.aim is aim
    assert (await claimed(world.store)).job.request.aim is aim


async def test_an_aim_of_a_later_version_is_left_alone(world: World) -> None:
    job = await world.store.add(a_job())
    await world.scribble(job, aim="shorten")
    assert await world.store.get(job.id) is None
    assert await world.store.claim("worker", PLENTY, 10) == []


@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: type(phase).__name__)
async def test_every_phase_comes_back_as_it_was_written(world: World, phase: Phase) -> None:
    await world.store.add(a_job())
    lease = await claimed(world.store)
    moved = await world.store.move(lease, replace(lease.job, phase=phase, render_seconds=61.25, upload_limit=1))
    assert moved.job == replace(lease.job, phase=phase, render_seconds=61.25, upload_limit=1)
    assert await world.store.get(lease.job.id) == moved.job


async def test_there_is_no_job_that_was_never_ordered(world: World) -> None:
    assert await world.store.get(JobId("K7Q4FD")) is None


async def test_the_same_interaction_never_makes_two_jobs(world: World) -> None:
    orders = [a_job(interaction_id=99) for _ in range(5)]
    async with world.another_process() as other:
        stored = await asyncio.gather(*(store.add(job) for job in orders for store in (world.store, other)))
    assert len(set(stored)) == 1
    assert await world.store.latest(GUILD, None, 10) == [stored[0]]
    assert await world.store.check_books() == []


async def test_a_taken_id_is_drawn_again(world: World) -> None:
    first = await world.store.add(a_job())
    second = await world.store.add(a_job("another", id=first.id))
    assert second.id != first.id
    assert await world.store.get(first.id) == first
    assert await world.store.get(second.id) == second


async def test_an_order_repeated_after_a_lost_answer_is_one_job(world: World) -> None:
    job = a_job()
    assert await world.store.add(job) == await world.store.add(job)
    assert await world.store.latest(GUILD, None, 10) == [job]


# Steps


async def test_a_job_goes_its_way_from_the_queue_to_a_posted_video(world: World) -> None:
    store = world.store
    job = await store.add(a_job())
    lease = await claimed(store)
    assert lease.job == job
    lease = await store.move(lease, job.moved_to(sending()), keep=True)
    await store.move(lease, lease.job.moved_to(rendering()), 3.0)
    assert await store.claim("worker", PLENTY, 10) == []
    assert await store.next_due() == pytest.approx(3, abs=0.5)
    await world.passes(3)
    lease = await claimed(store)
    await store.move(lease, replace(lease.job, phase=Saving(remote_id="video_1", started_at=NOON), cost=job.quote), 0)
    lease = await claimed(store)
    await store.move(lease, lease.job.moved_to(Posting(video=a_video(), remote_id="video_1")), 0)
    lease = await claimed(store)
    await store.move(lease, lease.job.moved_to(done()))
    assert await store.get(job.id) == replace(job, phase=done(), cost=job.quote)
    assert await store.next_due() is None


async def test_a_step_for_a_lease_that_was_taken_over_changes_nothing(world: World) -> None:
    await world.store.add(a_job())
    stale = await claimed(world.store, "slow")
    await world.passes(61)
    fresh = await claimed(world.store, "quick")
    assert (fresh.epoch, fresh.crashes) == (stale.epoch + 1, 1)
    with pytest.raises(MovedOn):
        await world.store.move(stale, replace(stale.job, phase=done(), cost=stale.job.quote))
    assert await world.store.get(stale.job.id) == stale.job
    assert await kinds(world) == ["reserve"]
    await world.store.move(fresh, fresh.job.moved_to(done()))


async def test_a_lease_that_was_handed_back_writes_nothing(world: World) -> None:
    await world.store.add(a_job())
    lease = await claimed(world.store)
    await world.store.hand_back([lease])
    with pytest.raises(MovedOn):
        await world.store.move(lease, lease.job.moved_to(rendering()), 0)
    assert (await claimed(world.store)).job == lease.job


async def test_a_moved_job_cannot_be_moved_again_with_the_same_lease(world: World) -> None:
    await world.store.add(a_job())
    lease = await claimed(world.store)
    await world.store.move(lease, lease.job.moved_to(rendering()), 0)
    with pytest.raises(MovedOn):
        await world.store.move(lease, lease.job.moved_to(failed()))


async def test_an_expired_lease_nobody_took_over_still_counts(world: World) -> None:
    await world.store.add(a_job())
    lease = await claimed(world.store)
    await world.passes(3600)
    moved = await world.store.move(lease, lease.job.moved_to(rendering()), 0)
    assert moved.job.phase == rendering()


async def test_a_step_that_was_stored_forgets_the_crashes_before_it(world: World) -> None:
    await world.store.add(a_job())
    for crashes in (0, 1, 2):
        lease = await claimed(world.store)
        assert lease.crashes == crashes
        await world.passes(61)
    lease = await claimed(world.store)
    moved = await world.store.move(lease, lease.job.moved_to(rendering()), 0)
    assert (lease.crashes, moved.crashes, (await claimed(world.store)).crashes) == (3, 0, 0)


async def test_a_kept_lease_is_found_again_should_its_holder_die(world: World) -> None:
    await world.store.add(a_job())
    lease = await claimed(world.store)
    await world.store.move(lease, lease.job.moved_to(sending()), keep=True)
    assert await world.store.claim("other", PLENTY, 10) == []
    assert await world.store.next_due() == pytest.approx(60, abs=1)
    await world.passes(61)
    found = await claimed(world.store, "other")
    assert (found.job.phase, found.crashes) == (sending(), 1)


async def test_a_job_that_is_due_never_by_itself_stays_where_it_is(world: World) -> None:
    await world.store.add(a_job())
    lease = await claimed(world.store)
    await world.store.move(lease, lease.job.moved_to(NeedsReview(was="queued", reason=plain("Odd."))), 5)
    await world.passes(3600)
    assert await world.store.claim("worker", PLENTY, 10) == []
    assert await world.store.next_due() is None


async def test_two_identical_orders_are_not_sent_at_once(world: World) -> None:
    store = world.store
    await store.add(a_job())
    await store.add(a_job())
    first, second = await store.claim("worker", PLENTY, 10)
    first = await store.move(first, first.job.moved_to(sending()), keep=True)
    with pytest.raises(TwinInFlight):
        await store.move(second, second.job.moved_to(sending()), keep=True)
    assert await store.get(second.job.id) == second.job
    await store.move(first, first.job.moved_to(rendering()), 0)
    sent = await store.move(second, second.job.moved_to(sending()), keep=True)
    assert sent.job.phase == sending()


# Cancelling


async def test_a_queued_job_is_cancelled_at_once(world: World) -> None:
    job = await world.store.add(a_job())
    cancelled = await world.store.cancel(job.id, BEN)
    assert cancelled == replace(job, phase=Cancelled(by=BEN, finished_at=world.clock.now()))
    assert await world.store.get(job.id) == cancelled
    assert await world.store.claim("worker", PLENTY, 10) == []
    assert await kinds(world) == ["reserve", "release"]


async def test_a_job_cancelled_while_it_is_about_to_be_sent_is_not_sent(world: World) -> None:
    job = await world.store.add(a_job())
    lease = await claimed(world.store)
    assert isinstance((await world.store.cancel(job.id, ANN)).phase, Cancelled)
    with pytest.raises(MovedOn):
        await world.store.move(lease, lease.job.moved_to(sending()), keep=True)
    assert await kinds(world) == ["reserve", "release"]


async def test_of_cancelling_and_sending_at_once_exactly_one_happens(world: World) -> None:
    async with world.another_process() as other:
        for number in range(10):
            job = await world.store.add(a_job())
            [lease] = await world.store.claim("worker", PLENTY, 10)
            intent = world.store.move(lease, job.moved_to(sending(f"print {number}")), keep=True)
            sent, asked = await asyncio.gather(intent, other.cancel(job.id, ANN), return_exceptions=True)
            assert isinstance(asked, Job)
            assert isinstance(asked.phase, Cancelled) == isinstance(sent, MovedOn)
            stored = await world.store.get(job.id)
            assert stored is not None
            assert isinstance(stored.phase, Cancelled) or stored.cancel_asked_by == ANN
    assert await world.store.check_books() == []


async def test_a_wish_to_cancel_makes_a_job_under_way_due(world: World) -> None:
    await world.store.add(a_job())
    lease = await claimed(world.store)
    await world.store.move(lease, lease.job.moved_to(rendering()), 3600)
    asked = await world.store.cancel(lease.job.id, BEN)
    assert (asked.phase, asked.cancel_asked_by) == (rendering(), BEN)
    assert (await claimed(world.store)).job == asked


async def test_a_wish_about_unsent_jobs_alone_leaves_one_that_was_sent_meanwhile(world: World) -> None:
    waiting, sent = await world.store.add(a_job()), await world.store.add(a_job())
    [lease] = await world.store.claim("worker", ConcurrencyLimits(total=1), 1)
    rendered, other = (sent, waiting) if lease.job.id == sent.id else (waiting, sent)
    await world.store.move(lease, lease.job.moved_to(rendering()), 3600)
    kept = await world.store.cancel(rendered.id, BEN, unsent_only=True)
    assert (kept.phase, kept.cancel_asked_by) == (rendering(), None)
    assert await world.store.get(rendered.id) == kept
    assert isinstance((await world.store.cancel(other.id, BEN, unsent_only=True)).phase, Cancelled)


async def test_a_wish_to_cancel_during_a_step_is_not_lost(world: World) -> None:
    await world.store.add(a_job())
    lease = await claimed(world.store)
    lease = await world.store.move(lease, lease.job.moved_to(sending()), keep=True)
    await world.store.cancel(lease.job.id, BEN)
    moved = await world.store.move(lease, lease.job.moved_to(rendering()), 3600)
    assert moved.job.cancel_asked_by == BEN
    again = await claimed(world.store)
    assert again.job == moved.job
    # Acknowledged once: from here on the step decides when to check again.
    await world.store.move(again, again.job.moved_to(replace(rendering(), cancel_refused=True)), 3600)
    assert await world.store.claim("worker", PLENTY, 10) == []


async def test_a_job_called_off_on_its_way_back_to_the_queue_needs_no_place(world: World) -> None:
    await world.store.add(a_job())
    lease = await claimed(world.store)
    lease = await world.store.move(lease, lease.job.moved_to(sending()), keep=True)
    await world.store.cancel(lease.job.id, BEN)
    await world.store.move(lease, lease.job.moved_to(Queued(waits_for=plain("The video service is busy."))), 600)
    [called_off] = await world.store.claim("worker", ConcurrencyLimits(total=0), 10)
    assert called_off.job.cancel_asked_by == BEN


async def test_a_nudged_render_is_due_at_once_and_nothing_else_is(world: World) -> None:
    await world.store.add(a_job())
    lease = await claimed(world.store)
    await world.store.nudge(lease.job.id)  # held, and not rendering: this has no effect
    waiting = await world.store.move(lease, lease.job.moved_to(rendering()), 3600)
    assert await world.store.claim("worker", PLENTY, 10) == []
    await world.store.nudge(waiting.job.id)
    again = await claimed(world.store)
    assert again.job == waiting.job
    await world.store.move(
        again, again.job.moved_to(NeedsReview(was="rendering", reason=plain("x"), remote_id="video_1"))
    )
    await world.store.nudge(again.job.id)
    assert await world.store.claim("worker", PLENTY, 10) == []


async def test_a_finished_job_stays_finished_whoever_cancels_it(world: World) -> None:
    await world.store.add(a_job())
    lease = await claimed(world.store)
    finished = (await world.store.move(lease, lease.job.moved_to(done()))).job
    assert await world.store.cancel(finished.id, BEN) == finished
    assert await world.store.get(finished.id) == finished


async def test_the_first_who_asked_is_remembered(world: World) -> None:
    job = await started(world.store, a_job())
    await world.store.cancel(job.id, BEN)
    assert (await world.store.cancel(job.id, ANN)).cancel_asked_by == BEN


async def test_a_job_that_does_not_exist_cannot_be_cancelled(world: World) -> None:
    with pytest.raises(NotFound):
        await world.store.cancel(JobId("K7Q4FD"), ANN)


# Rows from a newer version


async def test_a_job_in_an_unknown_phase_is_left_alone(world: World, caplog: pytest.LogCaptureFixture) -> None:
    job = await world.store.add(a_job())
    await world.scribble(job, state="upscaling")
    assert await world.store.claim("worker", PLENTY, 10) == []
    assert await world.store.next_due() is None
    assert await world.store.get(job.id) is None
    assert await world.store.latest(GUILD, None, 10) == []
    assert f"job {job.id} (upscaling) is left alone" in caplog.text
    with pytest.raises(NotFound):
        await world.store.cancel(job.id, ANN)
    await world.scribble(job, state="queued")
    assert await world.store.get(job.id) == job


async def test_a_phase_with_an_unknown_field_is_left_alone(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    store = world.store
    job = await started(store, a_job())
    detail = {"remote_id": "video_1", "started_at": NOON.isoformat(), "upscaled": True}
    await world.scribble(job, detail=detail)
    waiting = await store.add(a_job())
    assert [lease.job for lease in await store.claim("worker", PLENTY, 1)] == [waiting]
    assert await store.claim("worker", PLENTY, 1) == []
    assert await store.next_due() == pytest.approx(60, abs=1)  # the other job's lease
    row = (await world.database.read(lambda c: c.execute(select(jobs).where(jobs.c.id == job.id)))).one()
    assert (row.detail, row.lease_owner, row.lease_epoch) == (detail, None, 1)


# Questions


async def test_the_latest_come_newest_first(world: World) -> None:
    mine = [await world.store.add(a_job()) for _ in range(3)]
    theirs = await world.store.add(a_job(owner_id=BEN))
    await world.store.add(a_job(guild_id=5))
    assert await world.store.latest(GUILD, ANN, 10) == mine[::-1]
    assert await world.store.latest(GUILD, None, 2) == [theirs, mine[2]]


async def test_videos_to_remix_are_found_by_words_and_by_id(world: World) -> None:
    store = world.store
    found: dict[str, Job] = {}
    for prompt in ("A Cat_1 in the rain", "a dog", "a deleted cat", "a cat that failed"):
        await store.add(a_job(prompt))
        lease = await claimed(store)
        phase = failed() if "failed" in prompt else done(prompt)
        found[prompt] = (await store.move(lease, lease.job.moved_to(phase))).job
    await store.mark_deleted(found["a deleted cat"].id)
    await store.add(a_job("a cat in the queue"))
    cat, dog = found["A Cat_1 in the rain"], found["a dog"]
    assert await store.finished(GUILD, ANN, "", 10) == [dog, cat]
    assert await store.finished(GUILD, ANN, "", 1) == [dog]
    assert await store.finished(GUILD, ANN, "cat_", 10) == [cat]
    assert await store.finished(GUILD, ANN, "%", 10) == []
    assert await store.finished(GUILD, ANN, f"#{dog.id[:3].lower()}-{dog.id[3:5]}", 10) == [dog]
    assert await store.finished(GUILD, BEN, "", 10) == []


async def test_a_deleted_video_is_gone_and_its_job_stays(world: World) -> None:
    await world.store.add(a_job())
    lease = await claimed(world.store)
    job = (await world.store.move(lease, lease.job.moved_to(done()))).job
    assert job.video == a_video()
    await world.store.mark_deleted(job.id)
    stored = await world.store.get(job.id)
    assert stored == replace(job, deleted=True)
    assert stored.video is None


async def test_render_times_are_of_renders_of_the_same_kind_that_ended_newest_first(world: World) -> None:
    store = world.store
    for seconds in (50.5, 60.0):
        await store.add(a_job())
        lease = await claimed(store)
        await store.move(lease, replace(lease.job, phase=done(str(seconds)), render_seconds=seconds))
    await store.add(a_job())
    lease = await claimed(store)
    ended = Cancelled(by=ANN, finished_at=NOON)
    await store.move(lease, replace(lease.job, phase=ended, render_seconds=3.0))
    await store.add(a_job())
    lease = await claimed(store)
    await store.move(lease, replace(lease.job, phase=failed(), render_seconds=2.0))
    longer = a_job()
    await store.add(replace(longer, request=replace(longer.request, seconds=8)))
    kind, unlike = RenderKind.of(longer), RenderKind.of(replace(longer, request=replace(longer.request, seconds=8)))
    tall = replace(kind, size=Size(720, 1280))
    with counted_statements() as said:
        times = await store.render_times([kind, unlike, tall, kind], GUILD)
    assert len(said) == 1
    assert times[kind] == PastRenders(anywhere=[60.0, 50.5], here=[60.0, 50.5])
    assert times[unlike] == times[tall] == PastRenders(anywhere=[], here=[])
    assert await store.render_times([kind], 99) == {kind: PastRenders(anywhere=[60.0, 50.5], here=[])}
    assert await store.render_times([], GUILD) == {}


async def test_an_id_at_the_service_stays_known_after_the_job_is_over(world: World) -> None:
    job = await started(world.store, a_job())
    remote = f"remote of {job.id}"
    lease = await claimed(world.store)
    await world.store.move(lease, job.moved_to(Cancelled(by=ANN, finished_at=NOON)))
    assert await world.store.known("openai", [remote, "video_2"]) == {remote}
    assert await world.store.known("gemini", [remote]) == frozenset()
    assert await world.store.known("openai", []) == frozenset()


async def test_what_is_under_way_is_shown_as_it_will_be_served(world: World) -> None:
    store = world.store
    running = await started(store, a_job())
    second, other = await store.add(a_job()), await store.add(a_job(owner_id=BEN))
    urgent = await store.add(a_job(priority=1))
    later = await store.add(a_job(owner_id=BEN, created_at=NOON - timedelta(hours=1)))
    await world.scribble(later, next_at=world.clock.now() + timedelta(days=400))
    await store.add(a_job(guild_id=5))
    over = await store.add(a_job())
    await store.cancel(over.id, ANN)
    # Ben has nothing running, so he comes first; Ann's urgent one goes before her older one.
    assert await store.under_way(GUILD) == [running, other, urgent, second, later]
    with counted_statements() as said:
        places = await store.lines(GUILD, PLENTY)
    assert len(said) <= 3  # PostgreSQL is asked for the time
    assert {job_id: places[job_id].ahead for job_id in places} == {
        each.id: (await store.line(each, PLENTY)).ahead for each in (other, urgent, second)
    }
    assert {place.running for place in places.values()} == {1}
    assert await store.waiting(GUILD) == [(job.id, job.channel_id) for job in (other, urgent, second, later)]


async def test_the_line_says_who_goes_first_and_how_many_run(world: World) -> None:
    store, places = world.store, ConcurrencyLimits(total=3)
    running = await started(store, a_job())
    second, other = await store.add(a_job()), await store.add(a_job(owner_id=BEN))
    waits = await store.add(a_job(owner_id=BEN))
    await world.scribble(waits, next_at=world.clock.now() + timedelta(days=400))
    assert await store.line(other, places) == QueuePosition(ahead=0, running=1, places=3)
    assert await store.line(second, places) == QueuePosition(ahead=1, running=1, places=3)
    assert await store.line(waits, places) == QueuePosition(ahead=2, running=1, places=3)
    assert await store.line(running, places) == QueuePosition(ahead=0, running=1, places=3)


async def test_a_waiting_job_wakes_nobody_more_than_once_a_second(world: World) -> None:
    await world.store.add(a_job())
    assert await world.store.claim("worker", ConcurrencyLimits(total=0), 10) == []
    assert await world.store.next_due() == 1.0


async def kinds(world: World) -> list[str]:
    """The kinds of ledger entries, oldest first."""
    rows = await world.database.read(lambda c: c.execute(select(ledger.c.kind).order_by(ledger.c.id)))
    return list(rows.scalars())
