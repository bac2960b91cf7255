"""The step that posts a finished video, with real SQLite and files; Discord is scripted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.errors import Unavailable, Undeliverable
from bot.domain.job import Job, PostedMessage
from bot.domain.phases import Done, Posting, Undelivered
from storage.messages import MessageRows
from tests.builders import NOON
from tests.extent import FULL
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


async def test_a_post_that_a_network_blocks_for_minutes_is_told_on_its_card(bench: Bench) -> None:
    bench.publisher.troubles = [Unavailable("Discord is having trouble.", barred=True) for _ in range(8)]
    told: list[Job] = []
    bench.context.events.listen(told.append)
    await bench.run(await bench.order())
    assert [job.phase.is_stuck for job in told if isinstance(job.phase, Posting)] == [False, True]


async def test_an_outage_of_discord_is_waited_out_however_long(bench: Bench) -> None:
    bench.publisher.troubles = [Unavailable("Discord is having trouble.") for _ in range(300 if FULL else 100)]
    assert isinstance((await bench.run(await bench.order(), most=400)).phase, Done)
