"""Dollars per GPU hour: an order costs the time that ComfyUI measured, and never more than its quote."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from bot.domain.ids import JobId
from bot.domain.models.prices import GpuTime
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import Cancelled, Done, Failed, Rendering
from bot.sandbox.video.comfyui.service import NEWER, OLDER
from tests.contract.comfyui_services import RENDERS_FOR, SMALL, ComfyUIScene, a_card, a_comfyui_scene
from tests.extent import only_in_full

TIME = GpuTime(dollars=Decimal("3.60"), unit=3600, most_seconds=300)  # a tenth of a cent a second
QUOTE = Usd.of("0.30")
MEASURED = Usd.of("0.03")
IN_FULL = only_in_full("a render that ends is enough for the short run")


CARD = replace(a_card(), per_second={SMALL: FREE}, per_video={SMALL: TIME.bound}, gpu=TIME)


@pytest.fixture
async def scene(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[ComfyUIScene]:
    async with a_comfyui_scene(tmp_path, CARD, getattr(request, "param", NEWER)) as scene:
        yield scene


async def cancel(scene: ComfyUIScene, job_id: JobId) -> None:
    await scene.store.cancel(job_id, (await scene.job(job_id)).owner_id)


@pytest.mark.parametrize("scene", [NEWER, pytest.param(OLDER, marks=IN_FULL)], indirect=True)
async def test_what_was_measured_is_booked(scene: ComfyUIScene) -> None:
    job_id = await scene.order()
    rendering = await scene.until(job_id, Rendering)
    assert await scene.spent(rendering) == (FREE, QUOTE)
    job = await scene.until(job_id, Done)
    assert job.cost == MEASURED
    assert await scene.spent(job) == (MEASURED, FREE)


@IN_FULL
async def test_time_in_its_line_is_not_charged(scene: ComfyUIScene) -> None:
    first, second = await scene.order(), await scene.order("at night")
    await scene.until(first, Done)
    assert (await scene.until(second, Done)).cost == MEASURED


@IN_FULL
async def test_without_a_measure_the_quote_is_booked(scene: ComfyUIScene) -> None:
    job_id = await scene.order()
    await scene.until(job_id, Rendering)
    scene.clock.forward(RENDERS_FOR + 1)
    scene.host.restart()
    assert (await scene.until(job_id, Done)).cost == QUOTE


@IN_FULL
async def test_what_broke_costs_nothing(scene: ComfyUIScene) -> None:
    job = await scene.until(await scene.order("a fox [breaks]"), Failed)
    assert await scene.spent(job) == (FREE, FREE)


@IN_FULL
async def test_a_render_that_is_stopped_costs_the_time_that_it_ran(scene: ComfyUIScene) -> None:
    job_id = await scene.order()
    await scene.until(job_id, Rendering)
    scene.clock.forward(10.0)
    await cancel(scene, job_id)
    job = await scene.until(job_id, Cancelled)
    assert isinstance(job.phase, Cancelled)
    assert job.phase.charged
    assert job.cost is not None
    assert Usd.of("0.01") <= job.cost < MEASURED
    assert await scene.spent(job) == (job.cost, FREE)


@IN_FULL
async def test_a_render_that_never_began_costs_nothing(scene: ComfyUIScene) -> None:
    first, second = await scene.order(), await scene.order("at night")
    await scene.until(first, Rendering)
    await scene.until(second, Rendering)
    await cancel(scene, second)
    job = await scene.until(second, Cancelled)
    assert isinstance(job.phase, Cancelled)
    assert not job.phase.charged
    assert job.cost is None
    assert len(scene.host.created) == 2
