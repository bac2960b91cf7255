"""Cards are redrawn with the latest state, urgent ones first, and once for a burst of changes."""

from __future__ import annotations

import asyncio

from bot.domain.ids import JobId
from bot.ui.publish.card_updates import CardUpdater, Haste
from tests.waiting import PATIENCE

A, B = JobId("AAAAAA"), JobId("BBBBBB")


class Canvas:
    """Records what is drawn; drawings wait for `free`."""

    def __init__(self) -> None:
        self.drawn: list[str] = []
        self.changed = asyncio.Condition()
        self.free = asyncio.Event()
        self.free.set()

    async def draw(self, job_id: JobId) -> bool:
        await self.free.wait()
        async with self.changed:
            self.drawn.append(job_id)
            self.changed.notify_all()
        return True

    async def count(self, most: int) -> list[str]:
        async with asyncio.timeout(PATIENCE), self.changed:
            await self.changed.wait_for(lambda: len(self.drawn) >= most)
        return self.drawn


async def test_a_burst_of_changes_is_one_drawing() -> None:
    canvas = Canvas()
    editor = CardUpdater(canvas.draw, least_gap=0.0)
    for _ in range(5):
        editor.want(1, A, Haste.NEWS)
    editor.want(1, B, Haste.NEWS)
    assert sorted(await canvas.count(2)) == [A, B]
    await editor.close()


async def test_an_urgent_card_goes_before_one_that_waits_for_its_gap() -> None:
    canvas = Canvas()
    editor = CardUpdater(canvas.draw, least_gap=3600.0)
    editor.want(1, A, Haste.AT_ONCE)
    await canvas.count(1)
    editor.want(1, A, Haste.NEWS)  # waits an hour for its gap
    editor.want(1, B, Haste.AT_ONCE)
    assert await canvas.count(2) == [A, B]
    await editor.close()


async def test_a_card_that_waits_for_its_gap_is_drawn_once_its_job_has_come_further() -> None:
    canvas = Canvas()
    editor = CardUpdater(canvas.draw, least_gap=3600.0)
    editor.want(1, A, Haste.AT_ONCE)
    await canvas.count(1)
    editor.want(1, A, Haste.NEWS)
    await asyncio.sleep(0)  # lets the editor wait for the gap
    editor.want(1, A, Haste.PHASE)
    assert await canvas.count(2) == [A, A]
    await editor.close()


async def test_a_change_during_a_drawing_is_drawn_after_it() -> None:
    canvas = Canvas()
    canvas.free.clear()
    editor = CardUpdater(canvas.draw, least_gap=0.0)
    editor.want(1, A, Haste.AT_ONCE)
    await asyncio.sleep(0)  # lets the editor begin
    await asyncio.sleep(0)
    editor.want(1, A, Haste.AT_ONCE)
    canvas.free.set()
    assert await canvas.count(2) == [A, A]
    await editor.close()


async def test_one_card_that_cannot_be_drawn_stops_no_other() -> None:
    canvas = Canvas()

    async def draw(job_id: JobId) -> bool:
        if job_id == A:
            raise RuntimeError("no such card")
        return await canvas.draw(job_id)

    editor = CardUpdater(draw, least_gap=0.0)
    editor.want(1, A, Haste.AT_ONCE)
    editor.want(1, B, Haste.NEWS)
    assert await canvas.count(1) == [B]
    await editor.close()
