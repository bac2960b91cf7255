"""An answer that comes after its sender was taken for dead counts as long as nobody knows what became of the order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import MovedOn
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import msg
from bot.domain.phases import Cause, Failed, NeedsReview, Phase, Rendering, Submitting, Unknown
from bot.domain.ports.provider import Order
from tests.builders import NOON, a_job
from tests.workbench import Bench, a_bench

JOB_ID = JobId("AAAAAA")
ANSWERED_AT = NOON + timedelta(seconds=120)
LOST = Unknown(sent_at=NOON, fingerprint="f")
ASIDE = NeedsReview(was="unknown", reason=msg("No answer."), sent_at=NOON)
FAILED = Failed(cause=Cause.PROVIDER, reason=msg("It never came."), charged=False, finished_at=ANSWERED_AT)
ANOTHER_REQUEST = Submitting(sent_at=NOON + timedelta(seconds=60), fingerprint="g")


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as opened:
        yield opened


async def answered_after(bench: Bench, phase: Phase, monkeypatch: pytest.MonkeyPatch) -> Job:
    """An order whose job was moved to `phase` by another process before its answer came. Raises MovedOn."""
    job_id = await bench.order(a_job(id=JOB_ID))
    lease = await bench.lease()
    submitting = bench.provider.submit

    async def slowly(order: Order) -> str:
        bench.clock.forward(120)
        successor = await bench.lease()
        await bench.store.move(successor, replace(successor.job, phase=phase), 60.0)
        return await submitting(order)

    monkeypatch.setattr(bench.provider, "submit", slowly)
    await bench.runner.advance(lease)
    return await bench.job(job_id)


@pytest.mark.parametrize("phase", [LOST, ASIDE])
async def test_a_late_answer_ends_the_search_for_its_video(
    bench: Bench, phase: Phase, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await answered_after(bench, phase, monkeypatch)
    assert job.phase == Rendering(remote_id="video_1", started_at=ANSWERED_AT)
    assert await bench.store.next_due() == bench.context.poll_schedule.first()


@pytest.mark.parametrize("phase", [FAILED, ANOTHER_REQUEST])
async def test_a_late_answer_changes_nothing_where_its_order_is_over(
    bench: Bench, phase: Phase, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MovedOn):
        await answered_after(bench, phase, monkeypatch)
    assert (await bench.job(JOB_ID)).phase == phase
