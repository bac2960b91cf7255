"""Jobs at ComfyUI from order to books: the steps, the database, the adapter and the HTTP are real."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.money.usd import Usd
from bot.domain.phases import Cause, Done, Failed, NeedsReview, Rendering, Unknown
from bot.domain.recovery.first_try import LOOKS
from bot.domain.video import RemixMethod
from bot.jobs.steps.recover import NAMED_WITHIN, NOT_BY_NAME
from bot.providers.common.timeouts import Timeouts
from bot.sandbox.video.comfyui.service import NEWER, OLDER
from bot.sandbox.video.trouble import Fault, Hang, Operation, Reset, Say
from tests.contract.comfyui_services import RENDERS_FOR, SMALL, ComfyUIScene, a_card, a_comfyui_scene
from tests.contract.video_services import a_picture
from tests.extent import only_in_full

PRICE = Usd.of("0.01")  # per second, which an operator may charge
QUOTE = PRICE * 4  # the media processor of these tests reports every video as 4 s long
NOTHING = Usd(0)
IMPATIENT = Timeouts(submit=1.5, look=1.5)

pytestmark = only_in_full(
    "lost orders that are found by name are tried with scripted answers, and ComfyUI's by themselves"
)


CARD = replace(a_card(), per_second={SMALL: PRICE})


@pytest.fixture(params=[NEWER, OLDER])
async def scene(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ComfyUIScene]:
    async with a_comfyui_scene(tmp_path, CARD, request.param, IMPATIENT) as scene:
        yield scene


async def test_a_video_and_a_remix_from_its_frame_are_made_and_booked(scene: ComfyUIScene) -> None:
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
async def test_an_order_whose_answer_was_lost_is_adopted_without_a_person(scene: ComfyUIScene, lost: Fault) -> None:
    scene.host.trouble.next(Operation.CREATE, lost)
    job = await scene.until(await scene.order(), Done)
    assert len(scene.host.created) == 1
    assert scene.host.asked[Operation.CREATE] == 1
    assert await scene.spent(job) == (QUOTE, NOTHING)


async def test_a_lost_order_is_found_by_its_file_after_the_server_was_restarted(scene: ComfyUIScene) -> None:
    scene.host.trouble.next(Operation.CREATE, Reset(after=True))
    job_id = await scene.order()
    await scene.until(job_id, Unknown)
    scene.clock.forward(RENDERS_FOR + 1)
    scene.host.restart()
    job = await scene.until(job_id, Done)
    assert scene.host.asked[Operation.CREATE] == 1
    assert await scene.spent(job) == (QUOTE, NOTHING)


BROKEN = Say(status=500, body="500 Internal Server Error\n\nServer got itself in trouble")


async def test_what_it_failed_to_take_is_ordered_once_more_and_paid_once(scene: ComfyUIScene) -> None:
    scene.host.trouble.next(Operation.CREATE, BROKEN)
    began = scene.clock.now()
    job = await scene.until(await scene.order(), Done)
    assert (scene.clock.now() - began).total_seconds() >= LOOKS[-1]
    assert scene.host.asked[Operation.CREATE] == 2
    assert len(scene.host.created) == 1
    assert await scene.spent(job) == (QUOTE, NOTHING)


async def test_what_it_failed_to_take_twice_goes_before_a_person(scene: ComfyUIScene) -> None:
    scene.host.trouble.next(Operation.CREATE, BROKEN, BROKEN)
    job = await scene.until(await scene.order(), NeedsReview)
    assert scene.host.asked[Operation.CREATE] == 2
    assert len(scene.host.created) == 0
    assert await scene.spent(job) == (NOTHING, QUOTE)


async def test_what_it_took_although_it_says_it_failed_is_not_ordered_again(scene: ComfyUIScene) -> None:
    scene.host.trouble.next(Operation.CREATE, replace(BROKEN, after=True))
    await scene.until(await scene.order(), Done)
    assert scene.host.asked[Operation.CREATE] == 1


async def test_a_restart_ends_what_it_had_taken_so_that_is_ordered_once_more(scene: ComfyUIScene) -> None:
    scene.host.trouble.next(Operation.CREATE, replace(BROKEN, after=True))
    job_id = await scene.order()
    await scene.until(job_id, Unknown)
    scene.host.restart()
    job = await scene.until(job_id, Done)
    assert scene.host.asked[Operation.CREATE] == 2
    assert await scene.spent(job) == (QUOTE, NOTHING)


async def test_a_file_that_was_done_before_a_restart_is_the_orders_own(scene: ComfyUIScene) -> None:
    scene.host.trouble.next(Operation.CREATE, replace(BROKEN, after=True))
    job_id = await scene.order()
    await scene.until(job_id, Unknown)
    scene.clock.forward(RENDERS_FOR + 1)
    scene.host.restart()
    await scene.until(job_id, Done)
    assert scene.host.asked[Operation.CREATE] == 1


@pytest.mark.parametrize("lost", [Reset(), Say(status=503, body="<html>")])
async def test_an_order_that_cannot_be_found_goes_before_a_person_and_is_never_sent_again(
    scene: ComfyUIScene, lost: Fault
) -> None:
    scene.host.trouble.next(Operation.CREATE, lost)
    began = scene.clock.now()
    job = await scene.until(await scene.order(), NeedsReview)
    assert isinstance(job.phase, NeedsReview)
    assert job.phase.reason == NOT_BY_NAME
    assert scene.clock.now() - began >= NAMED_WITHIN
    assert scene.host.asked[Operation.CREATE] == 1
    assert await scene.spent(job) == (NOTHING, QUOTE)


async def test_somebody_elses_render_is_never_taken_for_ours(scene: ComfyUIScene) -> None:
    await scene.until(await scene.order("an earlier one"), Done)
    scene.host.somebody_else_orders("0b5f1c9e-0000-4000-8000-000000000000")
    scene.host.trouble.next(Operation.CREATE, Reset())
    await scene.until(await scene.order("an earlier one"), NeedsReview)


async def test_too_little_memory_fails_the_order_and_costs_nothing(scene: ComfyUIScene) -> None:
    job = await scene.until(await scene.order("a fox [breaks]"), Failed)
    assert isinstance(job.phase, Failed)
    assert (job.phase.cause, job.phase.charged) == (Cause.PROVIDER, False)
    assert "too little memory" in str(job.phase.reason)
    assert await scene.spent(job) == (NOTHING, NOTHING)


async def test_a_render_that_a_restart_ended_goes_before_a_person(scene: ComfyUIScene) -> None:
    job_id = await scene.order()
    await scene.until(job_id, Rendering)
    scene.host.restart()
    job = await scene.until(job_id, NeedsReview)
    assert scene.host.asked[Operation.CREATE] == 1
    assert await scene.spent(job) == (NOTHING, QUOTE)
