"""An order whose answer was lost, at a service that lists videos only after their end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import OutcomeUnknown
from bot.domain.money.costs import Period
from bot.domain.phases import NeedsReview, Unknown
from bot.jobs.steps.recover import AMBIGUOUS, ENDED_WITHIN, NOT_LISTED
from tests.workbench import Bench, a_bench, a_listed

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        bench.provider.lists_late = True
        yield bench


async def test_what_is_not_listed_is_never_called_absent(bench: Bench) -> None:
    """It may still be rendering: after an hour a person decides, and the money stays reserved."""
    bench.provider.submits = [OutcomeUnknown("no answer")]
    bench.provider.lists = [[] for _ in range(9)]
    job_id = await bench.order()
    await bench.step()
    await bench.step(forward=(ENDED_WITHIN - MINUTE).total_seconds())
    assert isinstance((await bench.job(job_id)).phase, Unknown)
    await bench.step(forward=2 * MINUTE.total_seconds())
    job = await bench.job(job_id)
    assert isinstance(job.phase, NeedsReview)
    assert job.phase.reason == NOT_LISTED
    assert len(bench.provider.orders) == 1
    assert (await bench.store.costs(job.guild_id, None, Period.MONTH)).reserved == job.quote
    assert await bench.store.check_books() == []


async def test_a_lone_video_without_a_prompt_is_a_persons_matter_as_others_may_still_be_made(bench: Bench) -> None:
    bench.provider.submits = [OutcomeUnknown("no answer")]
    bench.provider.lists = [[a_listed("video_9", prompt=None)] for _ in range(2)]
    job_id = await bench.order()
    await bench.step()
    await bench.step(forward=(ENDED_WITHIN - MINUTE).total_seconds())
    assert isinstance((await bench.job(job_id)).phase, Unknown)
    await bench.step(forward=2 * MINUTE.total_seconds())
    aside = (await bench.job(job_id)).phase
    assert isinstance(aside, NeedsReview)
    assert aside.reason == AMBIGUOUS
