"""Who may manage a server's queue, and the errors when there is nothing to do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.phases import Cancelled, Queued, Rendering
from bot.domain.queue.state import HoldKind
from bot.jobs.use_cases.queue.manage import ManageQueue
from bot.ui.screens.queue import QueueScreen
from tests.builders import ANN, GUILD, MAX, SAM, a_job, a_member, a_request
from tests.workbench import Bench, a_bench

MANAGER, OTHER_MANAGER = a_member(id=MAX, manages=True), a_member(id=SAM, manages=True)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


def managing(bench: Bench) -> ManageQueue:
    return ManageQueue(
        holds=bench.store,
        queue=bench.store,
        queries=bench.store,
        browse=bench.browse,
        events=bench.context.events,
        clock=bench.clock,
    )


async def test_only_managers_steer_the_queue(bench: Bench) -> None:
    manage, job, ann = managing(bench), a_job(), a_member()
    await bench.order(job)
    for refused in (
        manage.overview(ann, 0, 6),
        manage.hold(ann, HoldKind.PAUSE, "why not"),
        manage.resume(ann),
        manage.move_to_front(ann, job),
        manage.cancel(ann, job),
    ):
        with pytest.raises(NotAllowed, match="Only members with Manage Server can manage the queue"):
            await refused
    assert isinstance((await bench.job(job.id)).phase, Queued)


async def test_the_second_of_two_managers_is_told_what_the_first_decided(bench: Bench) -> None:
    manage, told = managing(bench), list[int]()
    bench.context.events.listen_to_queues(told.append)
    await manage.hold(MANAGER, HoldKind.PAUSE, " the service\nis down ")
    with pytest.raises(BadRequest, match=rf"{MAX} already paused the queue .*: the service is down\. Nothing was"):
        await manage.hold(OTHER_MANAGER, HoldKind.PAUSE, "another reason")
    await manage.resume(MANAGER)
    with pytest.raises(BadRequest, match="isn't paused or closed"):
        await manage.resume(OTHER_MANAGER)
    with pytest.raises(BadRequest, match="Say why"):
        await manage.hold(MANAGER, HoldKind.DRAIN, " \n ")
    assert told == [GUILD, GUILD]


async def test_an_order_is_moved_or_cancelled_only_while_that_makes_sense(bench: Bench) -> None:
    manage, first, second = managing(bench), a_job(), a_job()
    await bench.order(first)
    await bench.order(second)
    await manage.move_to_front(MANAGER, second)
    with pytest.raises(BadRequest, match="already first"):
        await manage.move_to_front(OTHER_MANAGER, second)
    assert isinstance((await manage.cancel(MANAGER, second)).phase, Cancelled)
    with pytest.raises(BadRequest, match="can't be cancelled any more"):
        await manage.cancel(OTHER_MANAGER, await bench.job(second.id))
    await bench.step()
    rendering = await bench.job(first.id)
    assert isinstance(rendering.phase, Rendering)
    with pytest.raises(BadRequest, match="isn't waiting any more"):
        await manage.move_to_front(MANAGER, rendering)
    assert (await manage.cancel(MANAGER, rendering)).cancel_asked_by == MAX


async def test_a_page_shows_whose_and_for_how_much_and_no_private_prompt(bench: Bench) -> None:
    manage = managing(bench)
    await manage.hold(MANAGER, HoldKind.PAUSE, "lunch")
    for number in range(7):
        await bench.order(a_job(request=a_request(prompt=f"order {number}")))
    bench.clock.forward(60)
    last = a_job(private=True, owner_id=SAM, request=a_request(prompt="a secret"), created_at=bench.clock.now())
    await bench.order(last)
    overview = await manage.overview(MANAGER, 9, 6)
    assert (overview.page, overview.pages, len(overview.jobs)) == (1, 2, 2)
    view: Any = QueueScreen(overview)  # untyped in discord.py
    shown = str(view.to_components())
    assert "a secret" not in shown
    for words in ("8 queued", "$3.20 in total", "lunch.", f"<@{ANN}>", f"<@{SAM}>", "$0.40", "paused:", "Page 2 of 2"):
        assert words in shown


async def test_an_order_that_a_pause_caught_on_its_way_out_waits_and_is_sent_once_the_queue_goes_on(
    bench: Bench,
) -> None:
    manage, job_id = managing(bench), await bench.order()
    lease = await bench.lease()
    await manage.hold(MANAGER, HoldKind.PAUSE, "the service is down")
    await bench.runner.advance(lease)
    assert ((await bench.job(job_id)).phase, bench.provider.orders) == (Queued(), [])
    await manage.resume(MANAGER)
    await bench.step()
    assert isinstance((await bench.job(job_id)).phase, Rendering)
    assert len(bench.provider.orders) == 1


async def test_a_waiting_render_has_no_time_to_go_while_the_queue_is_paused(bench: Bench) -> None:
    job = a_job()
    await bench.order(job)
    assert (await bench.browse.estimate(job)).ready_at is not None
    await managing(bench).hold(MANAGER, HoldKind.PAUSE, "lunch")
    paused = await bench.browse.estimate(job)
    assert (paused.ready_at, paused.changes_in) == (None, None)
    assert paused.line is not None
    assert replace(paused.line, paused=None).ahead == 0
