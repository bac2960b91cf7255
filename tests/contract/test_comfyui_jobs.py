"""ComfyUI's ways from an order to the books: the steps, the database, the adapter and the HTTP are real."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.ids import JobId
from bot.domain.money.usd import Usd
from bot.domain.phases import Cause, Done, Failed, NeedsReview, Rendering, Unknown
from bot.domain.video import RemixMethod
from bot.jobs.steps.recover import NAMED_WITHIN, NOT_BY_NAME
from bot.providers.comfyui.adapter import ComfyUI
from bot.providers.common.timeouts import Timeouts
from bot.sandbox.video.comfyui.service import NEWER, OLDER, ComfyUIHost
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Fault, Hang, Operation, Reset, Say
from tests.builders import a_job, a_request, an_account
from tests.contract.comfyui_services import SMALL, a_card
from tests.contract.job_scene import JobScene, a_job_scene
from tests.contract.video_services import a_picture, serving
from tests.extent import only_in_full
from tests.scripted import SteppingClock

PRICE = Usd.of("0.01")  # a second, which an operator may ask for
QUOTE = PRICE * 4  # the media processor of these tests finds every video 4 s long
NOTHING = Usd(0)
IMPATIENT = Timeouts(submit=1.5, look=1.5)
RENDER_SECONDS = 30.0

pytestmark = only_in_full(
    "lost orders that are found by name are tried with scripted answers, and ComfyUI's by themselves"
)


class Scene(JobScene[ComfyUIHost]):
    async def order(self, prompt: str = "a red fox in the snow", source: JobId | None = None) -> JobId:
        request = a_request(prompt=prompt, model="wan-2.2-5b", seconds=4, size=SMALL, source=source)
        return (await self.store.add(a_job(request=request, account="comfyui", quote=QUOTE))).id


@pytest.fixture(params=[NEWER, OLDER])
async def scene(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Scene]:
    clock = SteppingClock()
    host = ComfyUIHost(
        render_seconds=RENDER_SECONDS,
        clock=lambda: clock.now().timestamp(),
        frame_rate=4,
        sound=False,
        version=request.param,
    )
    async with serving({"/video/comfyui": host.application()}) as url:
        account = an_account("comfyui", key=SANDBOX_KEY, base_url=f"{url}/video/comfyui")
        provider = ComfyUI(account, IMPATIENT)
        card = replace(a_card(), seconds=(4,), sizes=(SMALL,), per_second={SMALL: PRICE})
        async with a_job_scene(Scene, tmp_path, clock, host, provider, card=card, picture=a_picture(SMALL)) as scene:
            yield scene


async def test_a_video_and_a_remix_from_its_frame_are_made_and_booked(scene: Scene) -> None:
    first = await scene.order()
    await scene.until(first, Done)
    job = await scene.until(await scene.order("at night", first), Done)
    assert isinstance(job.phase, Done)
    assert job.phase.method is RemixMethod.FRAME
    assert scene.host.created[1].ordered.picture == a_picture(SMALL)
    assert await scene.spent(job) == (QUOTE + QUOTE, NOTHING)


@pytest.mark.parametrize(
    "lost", [Reset(after=True), Hang(after=True), Say(status=502, after=True), Say(body="<html>", after=True)]
)
async def test_an_order_whose_answer_was_lost_is_adopted_without_a_person(scene: Scene, lost: Fault) -> None:
    scene.host.trouble.next(Operation.CREATE, lost)
    job = await scene.until(await scene.order(), Done)
    assert len(scene.host.created) == 1
    assert scene.host.asked[Operation.CREATE] == 1
    assert await scene.spent(job) == (QUOTE, NOTHING)


async def test_a_lost_order_is_found_by_its_file_after_the_server_was_restarted(scene: Scene) -> None:
    scene.host.trouble.next(Operation.CREATE, Reset(after=True))
    job_id = await scene.order()
    await scene.until(job_id, Unknown)
    scene.clock.forward(RENDER_SECONDS + 1)
    scene.host.restart()
    job = await scene.until(job_id, Done)
    assert scene.host.asked[Operation.CREATE] == 1
    assert await scene.spent(job) == (QUOTE, NOTHING)


@pytest.mark.parametrize("lost", [Reset(), Say(status=503)])
async def test_an_order_that_cannot_be_found_goes_before_a_person_and_is_never_sent_again(
    scene: Scene, lost: Fault
) -> None:
    scene.host.trouble.next(Operation.CREATE, lost)
    began = scene.clock.now()
    job = await scene.until(await scene.order(), NeedsReview)
    assert isinstance(job.phase, NeedsReview)
    assert job.phase.reason == NOT_BY_NAME
    assert scene.clock.now() - began >= NAMED_WITHIN
    assert scene.host.asked[Operation.CREATE] == 1
    assert await scene.spent(job) == (NOTHING, QUOTE)


async def test_somebody_elses_render_is_never_taken_for_ours(scene: Scene) -> None:
    await scene.until(await scene.order("an earlier one"), Done)
    scene.host.somebody_else_orders("0b5f1c9e-0000-4000-8000-000000000000")
    scene.host.trouble.next(Operation.CREATE, Reset())
    await scene.until(await scene.order("an earlier one"), NeedsReview)


async def test_too_little_memory_fails_the_order_and_costs_nothing(scene: Scene) -> None:
    job = await scene.until(await scene.order("a fox [breaks]"), Failed)
    assert isinstance(job.phase, Failed)
    assert (job.phase.cause, job.phase.charged) == (Cause.PROVIDER, False)
    assert "too little memory" in str(job.phase.reason)
    assert await scene.spent(job) == (NOTHING, NOTHING)


async def test_a_render_that_a_restart_ended_goes_before_a_person(scene: Scene) -> None:
    job_id = await scene.order()
    await scene.until(job_id, Rendering)
    scene.host.restart()
    job = await scene.until(job_id, NeedsReview)
    assert scene.host.asked[Operation.CREATE] == 1
    assert await scene.spent(job) == (NOTHING, QUOTE)
