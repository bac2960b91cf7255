"""How far back a service's list is read for videos that no order here knows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.messages import msg
from bot.domain.phases import NeedsReview, Rendering
from bot.jobs.reconcile.matching import SKEW
from bot.jobs.reconcile.sweep import BACK
from bot.jobs.reconcile.unattributed import FURTHEST
from tests.builders import NOON, a_job
from tests.workbench import Bench, a_bench, a_listed

MINUTE = timedelta(minutes=1)
LOST = NeedsReview(was="unknown", reason=msg("Nobody knows."), sent_at=NOON)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


async def searched(bench: Bench, after: timedelta, prompt: str, made_at: datetime) -> None:
    """One video is in the service's list, so long after NOON."""
    bench.clock.forward(after.total_seconds())
    bench.provider.lists = [[a_listed("video_9", prompt=prompt, at=made_at)]]
    await bench.sweep.sweep(bench.provider, starting=False)


@pytest.mark.parametrize(("after", "said"), [(BACK - MINUTE, 1), (BACK + MINUTE, 0)])
async def test_a_day_of_spending_is_searched_whether_or_not_an_order_is_open(
    bench: Bench, after: timedelta, said: int
) -> None:
    await searched(bench, after, "a stranger's cat", NOON)
    assert bench.context.counters.unattributed_videos == said


async def test_it_is_searched_from_a_little_before_the_oldest_open_order(bench: Bench) -> None:
    job_id = await bench.order(a_job(LOST))
    await searched(bench, 2 * BACK, "a fox in the snow", NOON - SKEW)
    assert isinstance((await bench.job(job_id)).phase, Rendering)


async def test_it_is_searched_no_further_than_a_week_whatever_is_open(bench: Bench) -> None:
    await bench.order(a_job(LOST))
    await searched(bench, FURTHEST + MINUTE, "a stranger's cat", NOON)
    assert bench.context.counters.unattributed_videos == 0
