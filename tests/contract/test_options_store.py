"""Options besides prompt, length and size, as stored in rows, on both databases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.messages import plain
from bot.domain.phases import Undelivered
from bot.domain.video import Lora, Picture, VideoOptions
from storage.tables import jobs
from tests.contract.databases import PLENTY, World, a_job, a_video, claimed


async def test_the_options_of_an_order_come_back_in_every_phase(world: World) -> None:
    picture = Picture(key="inputs/1.png", preview="inputs/1.jpg", sha256="ab" * 32, note="")
    options = VideoOptions(
        sound=False,
        seed=7,
        negative_prompt='"猫"',
        lora=Lora(name="Film grain"),
        end=picture,
        references=(picture, picture),
    )
    job = a_job()
    job = await world.store.add(replace(job, request=replace(job.request, options=options)))
    assert await world.store.get(job.id) == job
    lease = await claimed(world.store)
    moved = await world.store.move(
        lease, replace(lease.job, phase=Undelivered(video=a_video(), remote_id="video_1", reason=plain("Gone.")))
    )
    assert moved.job.request.options == options
    assert (await world.store.delivered(job.id)).request.options == options
    async with world.another_process() as other:
        assert await other.get(job.id) == await world.store.get(job.id)


@pytest.mark.parametrize("ends", [False, True], ids=["waiting", "cancelled"])
async def test_versions_that_know_no_options_leave_such_an_order_alone(world: World, ends: bool) -> None:
    """They read a phase without unknown fields, and would send or erase the order without its options."""
    job = a_job()
    job = await world.store.add(replace(job, request=replace(job.request, options=VideoOptions(seed=7))))
    if ends:
        await world.store.cancel(job.id, job.owner_id)
    query = select(jobs.c.detail, jobs.c.options).where(jobs.c.id == job.id)

    async def read(connection: AsyncConnection) -> tuple[Any, Any]:
        detail, options = (await connection.execute(query)).one()
        return detail["has_options"], options

    assert await world.database.read(read) == (True, {"seed": 7})


async def test_an_option_of_a_later_version_is_left_alone(world: World) -> None:
    job = await world.store.add(a_job())
    await world.scribble(job, options={"seed": 7, "lens": "wide"})
    assert await world.store.get(job.id) is None
    assert await world.store.claim("worker", PLENTY, 10) == []
