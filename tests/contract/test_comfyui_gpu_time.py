"""Dollars for an hour of a graphics card: an order costs the time that ComfyUI measured, and never above its quote."""

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
from bot.providers.comfyui.adapter import ComfyUI
from bot.sandbox.video.comfyui.service import NEWER, OLDER, ComfyUIHost
from bot.sandbox.video.service import SANDBOX_KEY
from tests.builders import a_job, a_request, an_account
from tests.contract.comfyui_services import SMALL, a_card
from tests.contract.job_scene import JobScene, a_job_scene
from tests.contract.video_services import a_picture, serving
from tests.extent import only_in_full
from tests.scripted import SteppingClock

RENDER_SECONDS = 30.0
TIME = GpuTime(dollars=Decimal("3.60"), unit=3600, most_seconds=300)  # a tenth of a cent a second
QUOTE = Usd.of("0.30")
MEASURED = Usd.of("0.03")
IN_FULL = only_in_full("a render that ends is enough for the short run")


class Scene(JobScene[ComfyUIHost]):
    async def order(self, prompt: str = "a red fox in the snow") -> JobId:
        request = a_request(prompt=prompt, model="wan-2.2-5b", seconds=4, size=SMALL)
        return (await self.store.add(a_job(request=request, account="comfyui", quote=QUOTE))).id

    async def cancel(self, job_id: JobId) -> None:
        await self.store.cancel(job_id, (await self.job(job_id)).owner_id)


@pytest.fixture
async def scene(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Scene]:
    clock = SteppingClock()
    host = ComfyUIHost(
        render_seconds=RENDER_SECONDS,
        clock=lambda: clock.now().timestamp(),
        frame_rate=4,
        sound=False,
        version=getattr(request, "param", NEWER),
    )
    async with serving({"/video/comfyui": host.application()}) as url:
        provider = ComfyUI(an_account("comfyui", key=SANDBOX_KEY, base_url=f"{url}/video/comfyui"))
        free = {SMALL: FREE}
        card = replace(a_card(), seconds=(4,), sizes=(SMALL,), per_second=free, per_video={SMALL: TIME.bound}, gpu=TIME)
        async with a_job_scene(Scene, tmp_path, clock, host, provider, card=card, picture=a_picture(SMALL)) as scene:
            yield scene


@pytest.mark.parametrize("scene", [NEWER, pytest.param(OLDER, marks=IN_FULL)], indirect=True)
async def test_what_was_measured_is_booked(scene: Scene) -> None:
    job_id = await scene.order()
    rendering = await scene.until(job_id, Rendering)
    assert await scene.spent(rendering) == (FREE, QUOTE)
    job = await scene.until(job_id, Done)
    assert job.cost == MEASURED
    assert await scene.spent(job) == (MEASURED, FREE)


@IN_FULL
async def test_time_in_its_line_is_not_charged(scene: Scene) -> None:
    first, second = await scene.order(), await scene.order("at night")
    await scene.until(first, Done)
    assert (await scene.until(second, Done)).cost == MEASURED


@IN_FULL
async def test_without_a_measure_the_quote_is_booked(scene: Scene) -> None:
    job_id = await scene.order()
    await scene.until(job_id, Rendering)
    scene.clock.forward(RENDER_SECONDS + 1)
    scene.host.restart()
    assert (await scene.until(job_id, Done)).cost == QUOTE


@IN_FULL
async def test_what_broke_costs_nothing(scene: Scene) -> None:
    job = await scene.until(await scene.order("a fox [breaks]"), Failed)
    assert await scene.spent(job) == (FREE, FREE)


@IN_FULL
async def test_a_render_that_is_stopped_costs_the_time_that_it_ran(scene: Scene) -> None:
    job_id = await scene.order()
    await scene.until(job_id, Rendering)
    scene.clock.forward(10.0)
    await scene.cancel(job_id)
    job = await scene.until(job_id, Cancelled)
    assert isinstance(job.phase, Cancelled)
    assert job.phase.charged
    assert job.cost is not None
    assert Usd.of("0.01") <= job.cost < MEASURED
    assert await scene.spent(job) == (job.cost, FREE)


@IN_FULL
async def test_a_render_that_never_began_costs_nothing(scene: Scene) -> None:
    first, second = await scene.order(), await scene.order("at night")
    await scene.until(first, Rendering)
    await scene.until(second, Rendering)
    await scene.cancel(second)
    job = await scene.until(second, Cancelled)
    assert isinstance(job.phase, Cancelled)
    assert not job.phase.charged
    assert job.cost is None
    assert len(scene.host.created) == 2
