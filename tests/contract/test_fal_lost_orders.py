"""An order at fal whose answer was lost: found by its seed once it has ended, and never given up before that.

The adapter, the steps, the database and the files are real, and so is the HTTP between them and a simulated fal.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from bot.domain.ids import JobId
from bot.domain.money.usd import Usd
from bot.domain.phases import Done, Failed, NeedsReview, Unknown
from bot.jobs.reconcile.sweep import Reconciler
from bot.jobs.runner import Runner
from bot.jobs.steps.recover import ENDED_WITHIN, NOT_LISTED
from bot.providers.fal.adapter import FalVideos
from bot.sandbox.video.fal.service import FalHost
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Fault, Operation, Reset, Say
from storage.records import SqlRecords
from tests.builders import a_catalogue, a_job, a_request, an_account
from tests.contract.fal_services import LTX, VEO, WIDE, an_order
from tests.contract.job_scene import JobScene, a_stored_context
from tests.contract.video_services import StockFootage, closed_in_the_end, serving
from tests.extent import only_in_full
from tests.scripted import SteppingClock

RENDER_SECONDS = 10.0
PRICE, NOTHING = Usd.of("3.20"), Usd(0)
CREATE, LIST = Operation.CREATE, Operation.LIST


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene(JobScene[FalHost]):
    most: ClassVar[int] = 400

    provider: FalVideos
    sweep: Reconciler

    async def order(self, prompt: str = "a fox in the snow") -> JobId:
        request = a_request(prompt=prompt, model=VEO.id, seconds=8, size=WIDE)
        return (await self.store.add(a_job(request=request, account="fal", quote=PRICE))).id


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    clock = SteppingClock()
    host = FalHost(render_seconds=RENDER_SECONDS, clock=lambda: clock.now().timestamp())
    host._lab = StockFootage(frame_rate=1, sound=False)
    async with serving({"/video/fal": host.application()}) as url:
        provider = FalVideos(an_account("fal", key=SANDBOX_KEY, base_url=f"{url}/video/fal"))
        stored = a_stored_context(tmp_path, clock, provider, catalogue=a_catalogue(VEO, LTX))
        async with stored as (store, context), closed_in_the_end(provider):
            sweep = Reconciler(context=context, records=SqlRecords(database=store.database, clock=clock))
            yield Scene(host=host, provider=provider, clock=clock, store=store, runner=Runner(context), sweep=sweep)


# Each of them takes half a second, and they differ little.
IN_FULL = only_in_full("one lost answer is tried always, and what is not listed with a scripted list")
LOST = [
    pytest.param(Reset(after=True), id="reset"),
    pytest.param(Say(status=500, after=True), id="500", marks=IN_FULL),
    pytest.param(Say(status=504, after=True), id="504", marks=IN_FULL),
    pytest.param(Say(body="<html>", after=True), id="HTML with 200", marks=IN_FULL),
    pytest.param(Say(body={"status": "IN_QUEUE"}, after=True), id="no id", marks=IN_FULL),
]


@pytest.mark.parametrize("fault", LOST)
async def test_a_lost_order_is_adopted_without_a_person_and_paid_once(scene: Scene, fault: Fault) -> None:
    scene.host.trouble.next(CREATE, fault)
    job = await scene.ended(await scene.order())
    assert isinstance(job.phase, Done)
    assert (scene.host.asked[CREATE], len(scene.host.created)) == (1, 1)
    assert job.phase.remote_id == f"fal-ai/veo3.1/requests/{scene.host.created[0].id}"
    assert await scene.spent(job) == (PRICE, NOTHING)


@IN_FULL
async def test_a_render_that_takes_half_an_hour_is_waited_for(scene: Scene) -> None:
    scene.host.render_seconds = 1800.0
    scene.host.trouble.next(CREATE, Reset(after=True))
    job = await scene.ended(await scene.order())
    assert isinstance(job.phase, Done)
    assert await scene.spent(job) == (PRICE, NOTHING)


@IN_FULL
async def test_a_list_that_says_when_it_left_the_queue_tells_all_the_same(scene: Scene) -> None:
    scene.host.queued_seconds = 1200.0
    scene.host.trouble.next(CREATE, Reset(after=True))
    assert isinstance((await scene.ended(await scene.order())).phase, Done)


@IN_FULL
async def test_a_list_that_is_away_for_a_while_loses_nothing(scene: Scene) -> None:
    scene.host.trouble.next(CREATE, Reset(after=True))
    scene.host.trouble.next(LIST, Say(status=503), Reset(), Say(status=429))
    assert isinstance((await scene.ended(await scene.order())).phase, Done)
    assert len(scene.host.created) == 1


@IN_FULL
async def test_a_lost_order_that_failed_there_ends_for_free(scene: Scene) -> None:
    scene.host.trouble.next(CREATE, Reset(after=True))
    job = await scene.ended(await scene.order("a fox [breaks]"))
    assert isinstance(job.phase, Failed)
    assert not job.phase.charged
    assert await scene.spent(job) == (NOTHING, NOTHING)


@IN_FULL
async def test_what_is_not_listed_is_never_called_absent(scene: Scene) -> None:
    """It may still wait in fal's queue: a person decides after an hour, with the money reserved."""
    scene.host.trouble.next(CREATE, Reset())
    job_id = await scene.order()
    lost = await scene.until(job_id, Unknown)
    began = scene.clock.now()
    job = await scene.ended(job_id)
    assert isinstance(job.phase, NeedsReview)
    assert job.phase.reason == NOT_LISTED
    assert scene.clock.now() - began >= ENDED_WITHIN - timedelta(minutes=1)
    assert scene.host.asked[CREATE] == 1
    assert lost.id == job.id
    assert await scene.spent(job) == (NOTHING, PRICE)


@IN_FULL
async def test_what_ends_after_a_person_was_asked_is_adopted_by_the_sweep(scene: Scene) -> None:
    scene.host.render_seconds = 7200.0
    scene.host.trouble.next(CREATE, Reset(after=True))
    job_id = await scene.order()
    assert isinstance((await scene.ended(job_id)).phase, NeedsReview)
    scene.clock.forward(7200.0)
    await scene.sweep.sweep(scene.provider, starting=False)
    job = await scene.until(job_id, Done)
    assert scene.host.asked[CREATE] == 1
    assert await scene.spent(job) == (PRICE, NOTHING)


@IN_FULL
async def test_the_same_words_with_another_seed_are_somebody_elses(scene: Scene) -> None:
    scene.host.trouble.next(CREATE, Reset())
    job_id = await scene.order()
    await scene.until(job_id, Unknown)
    await scene.provider.submit(an_order("a fox in the snow"))
    job = await scene.ended(job_id)
    assert isinstance(job.phase, NeedsReview)
    assert job.phase.remote_id is None


@IN_FULL
async def test_two_lost_orders_of_the_same_words_each_get_their_own(scene: Scene) -> None:
    scene.host.trouble.next(CREATE, Reset(after=True), Reset(after=True))
    jobs = [await scene.order(), await scene.order()]
    phases = [(await scene.ended(job_id)).phase for job_id in jobs]
    assert all(isinstance(phase, Done) for phase in phases)
    assert {phase.remote_id for phase in phases if isinstance(phase, Done)} == {
        f"fal-ai/veo3.1/requests/{made.id}" for made in scene.host.created
    }
    assert scene.host.asked[CREATE] == 2


@IN_FULL
async def test_a_restored_backup_does_not_pay_for_what_was_paid(scene: Scene) -> None:
    job_id = await scene.order()
    await scene.provider.submit(an_order("a fox in the snow"))
    scene.clock.forward(RENDER_SECONDS)
    await scene.sweep.sweep(scene.provider, starting=True)
    job = await scene.until(job_id, Done)
    assert scene.host.asked[CREATE] == 1
    assert await scene.spent(job) == (PRICE, NOTHING)


# What an end without a video costs


@IN_FULL
@pytest.mark.parametrize(
    ("prompt", "spent"),
    [("a fox [moderated]", PRICE), ("a fox [refused]", NOTHING), ("a fox [breaks]", NOTHING)],
    ids=["refused after work", "refused at once", "their own error"],
)
async def test_a_refusal_is_booked_where_a_machine_worked_on_it(scene: Scene, prompt: str, spent: Usd) -> None:
    job = await scene.ended(await scene.order(prompt))
    assert isinstance(job.phase, Failed)
    assert job.phase.charged == (spent > NOTHING)
    assert await scene.spent(job) == (spent, NOTHING)


@IN_FULL
@pytest.mark.parametrize("status", [401, 402, 403, 429])
async def test_an_account_in_trouble_fails_no_order_and_pays_once(scene: Scene, status: int) -> None:
    said = {"detail": "User is locked. Reason: Exhausted balance." if status == 403 else "no"}
    scene.host.trouble.next(CREATE, Say(status=status, body=said))
    job = await scene.ended(await scene.order())
    assert isinstance(job.phase, Done)
    assert len(scene.host.created) == 1
    assert await scene.spent(job) == (PRICE, NOTHING)
