"""Animated posters: stored and removed with their video, and shown in lists if available."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.phases import Done
from bot.jobs.use_cases.manage import files_of
from bot.ui.cards.posters import moving_poster
from tests.workbench import Bench, a_bench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


async def test_it_is_kept_with_its_video_shown_in_lists_and_removed_with_it(bench: Bench) -> None:
    job = await bench.run(await bench.order())
    assert isinstance(job.phase, Done)
    assert job.phase.video.moving_poster in files_of(job)
    assert await moving_poster(bench.context.files, job) == b"moving"
    await bench.context.files.remove(files_of(job))
    assert await moving_poster(bench.context.files, job) is None


async def test_a_video_without_one_is_kept_and_shows_its_poster(bench: Bench) -> None:
    bench.media.moves = False
    job = await bench.run(await bench.order())
    assert isinstance(job.phase, Done)
    assert await moving_poster(bench.context.files, job) == b"poster"
