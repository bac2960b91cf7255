"""The step that posts a finished video, with real SQLite and files; Discord is scripted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.domain.errors import StoreAway, Unavailable, Undeliverable
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.phases import Done, Posting, Undelivered
from bot.domain.video import RemixMethod
from bot.jobs.runner import Runner
from bot.jobs.steps.post import MOST_BARRED, SLOWEST, STORE_WAIT
from storage.files.local import LocalFiles
from storage.messages import MessageRows
from tests.builders import NOON
from tests.extent import FULL
from tests.scripted import RecordingPublisher
from tests.workbench import Bench, a_bench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


async def test_a_channel_that_refuses_leaves_the_video_kept(bench: Bench) -> None:
    bench.publisher.troubles = [Undeliverable("Its channel was deleted.")]
    job = await bench.run(await bench.order())
    assert isinstance(job.phase, Undelivered)
    assert job.video is not None


async def test_a_second_try_to_post_looks_for_the_first(bench: Bench) -> None:
    bench.publisher.troubles = [Unavailable("Discord is having trouble.")]
    job = await bench.run(await bench.order())
    assert bench.publisher.delivered == [(job.id, True)]


@dataclass
class AskedPublisher(RecordingPublisher):
    """Also records since when each job it gets has been posted."""

    since: list[datetime | None] = field(default_factory=list)

    async def deliver(self, job: Job, *, again: bool) -> PostedMessage:
        assert isinstance(job.phase, Posting)
        self.since.append(job.phase.since)
        return await super().deliver(job, again=again)


async def test_each_try_to_post_knows_when_the_first_began(bench: Bench) -> None:
    """Later tries look for the message of an earlier one from that moment on."""
    publisher = AskedPublisher(troubles=[Unavailable("Discord is having trouble.") for _ in range(2)])
    bench.runner = Runner(replace(bench.context, publisher=publisher))
    job_id = await about_to_be_posted(bench)
    began = bench.clock.now()
    await bench.run(job_id)
    assert publisher.since == [began] * 3


async def about_to_be_posted(bench: Bench) -> JobId:
    """Due now."""
    job_id = await bench.order()
    while not isinstance((await bench.job(job_id)).phase, Posting):
        await bench.step(forward=await bench.store.next_due() or 0.0)
    bench.clock.forward(await bench.store.next_due() or 0.0)
    return job_id


class AwayFiles(LocalFiles):
    """A file store that does not answer."""

    @asynccontextmanager
    async def local(self, key: str) -> AsyncIterator[Path]:
        raise StoreAway("The file store doesn't answer.")
        yield Path(key)


async def test_a_file_store_that_does_not_answer_is_waited_for_before_anything_is_posted(
    bench: Bench, tmp_path: Path
) -> None:
    job_id, answering = await about_to_be_posted(bench), bench.runner
    bench.runner = Runner(replace(bench.context, files=AwayFiles(tmp_path / "away")))
    await bench.step()
    left = (await bench.job(job_id)).phase
    assert isinstance(left, Posting)
    assert (left.since, left.tries, await bench.store.next_due()) == (None, 0, STORE_WAIT)
    bench.runner = answering
    await bench.step(forward=STORE_WAIT)
    assert bench.publisher.delivered == [(job_id, False)]


@pytest.mark.parametrize("troubles", [[], [Undeliverable("Its channel was deleted.")]], ids=["posted", "refused"])
async def test_how_a_remix_was_made_is_known_wherever_it_ends(bench: Bench, troubles: list[Exception]) -> None:
    job = await bench.job(await about_to_be_posted(bench))
    assert isinstance(job.phase, Posting)
    await bench.store.decide(job, job.moved_to(replace(job.phase, method=RemixMethod.FRAME)), 0.0)
    bench.publisher.troubles = troubles
    ended = (await bench.run(job.id)).phase
    assert isinstance(ended, Done | Undelivered)
    assert (ended.method, ended.remote_id) == (RemixMethod.FRAME, job.phase.remote_id)


async def test_where_a_video_stands_is_stored_with_its_end(bench: Bench) -> None:
    job = await bench.run(await bench.order())
    shown = await MessageRows(database=bench.store.database).shown(job.id)
    assert shown.result == PostedMessage(channel_id=job.channel_id, message_id=1)


async def test_a_post_that_a_network_blocks_is_tried_ever_slower_and_kept_after_a_day(bench: Bench) -> None:
    bench.publisher.troubles = [Unavailable("Discord is having trouble.", barred=True) for _ in range(200)]
    job = await bench.run(await bench.order(), most=300)
    assert isinstance(job.phase, Undelivered)
    assert "for a day" in str(job.phase.reason)
    assert 23 <= (bench.clock.now() - NOON).total_seconds() / 3600 <= 26


@pytest.mark.parametrize(
    ("trouble", "barred", "pause"),
    [
        (Unavailable("Discord is having trouble."), 0, 60.0),
        (Unavailable("Discord is having trouble.", 33.0), 0, 33.0),
        (Unavailable("Discord is having trouble.", barred=True), MOST_BARRED, SLOWEST),
    ],
    ids=["outage", "outage with an end", "blocked"],
)
async def test_only_posts_that_are_blocked_one_after_the_other_count_and_get_ever_slower(
    bench: Bench, trouble: Unavailable, barred: int, pause: float
) -> None:
    job = await bench.job(await about_to_be_posted(bench))
    assert isinstance(job.phase, Posting)
    many = replace(job.phase, tries=30, barred=MOST_BARRED - 1)
    await bench.store.decide(job, job.moved_to(many), 0.0)
    bench.publisher.troubles = [trouble]
    await bench.step()
    left = (await bench.job(job.id)).phase
    assert isinstance(left, Posting)
    assert (left.tries, left.barred, await bench.store.next_due()) == (31, barred, pause)


async def test_a_post_that_a_network_blocks_for_minutes_is_told_on_its_card(bench: Bench) -> None:
    bench.publisher.troubles = [Unavailable("Discord is having trouble.", barred=True) for _ in range(8)]
    told: list[Job] = []
    bench.context.events.listen(told.append)
    await bench.run(await bench.order())
    assert [job.phase.is_stuck for job in told if isinstance(job.phase, Posting)] == [False, True]


async def test_an_outage_of_discord_is_waited_out_however_long(bench: Bench) -> None:
    bench.publisher.troubles = [Unavailable("Discord is having trouble.") for _ in range(300 if FULL else 100)]
    assert isinstance((await bench.run(await bench.order(), most=400)).phase, Done)
