"""Cards in Discord follow their jobs: every final state is shown, with few edits. Time is skipped, not spent."""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from bot.domain.job import PostedMessage
from bot.ui.text.phrases.cards import STOPPING
from tests.builders import CHANNEL, NOON, a_job, a_request
from tests.card_scene import (
    FAILED,
    PICTURE,
    RENDERING,
    Scene,
    bad_request,
    not_found,
    skipping,
    unavailable,
)


class Log(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@skipping
async def test_a_card_whose_last_edit_fails_once_says_failed_within_a_minute(scene: Scene) -> None:
    job = await scene.ordered(a_job())
    scene.trouble = [unavailable()]
    scene.moves(job, FAILED)
    await asyncio.sleep(60)
    assert "It broke." in scene.of(job)[-1].words
    assert scene.noted[job.id] == "failed"


@skipping
async def test_a_card_is_right_within_a_minute_of_a_long_outage(scene: Scene) -> None:
    job = await scene.ordered(a_job())
    scene.trouble = [unavailable()] * 10_000
    scene.moves(job, FAILED)
    await asyncio.sleep(3600)
    assert scene.edits == []
    assert scene.tried <= 130
    scene.trouble = []
    await asyncio.sleep(60)
    assert "It broke." in scene.of(job)[-1].words


@skipping
async def test_a_fault_of_our_own_is_logged_once_and_a_closed_connection_without_a_traceback(scene: Scene) -> None:
    log = Log()
    logging.getLogger("bot.ui.publish.card_updates").addHandler(log)
    for fault, tracebacks in ((RuntimeError("Session is closed"), 0), (RuntimeError("a fault of ours"), 1)):
        job = await scene.ordered(a_job())
        log.records.clear()
        scene.trouble = [fault] * 5
        scene.moves(job, FAILED)
        await asyncio.sleep(60)
        assert sum(record.exc_info is not None for record in log.records) == tracebacks
        assert "It broke." in scene.of(job)[-1].words


@skipping
async def test_a_card_that_is_gone_is_not_tried_again(scene: Scene) -> None:
    job = await scene.ordered(a_job())
    scene.trouble = [not_found()]
    scene.moves(job, FAILED)
    await asyncio.sleep(600)
    assert scene.tried == 1


@skipping
async def test_a_job_that_ends_before_its_cards_id_is_known_is_drawn_once_it_is(scene: Scene) -> None:
    job = a_job()
    scene.jobs[job.id] = job
    drawn = await scene.renderer.draw(job)
    scene.moves(job, FAILED)
    await asyncio.sleep(10)
    assert scene.edits == []
    await scene.live.remember([job], scene.message(job), drawn)
    await asyncio.sleep(1)
    assert "It broke." in scene.of(job)[-1].words


@skipping
async def test_a_job_that_ends_while_it_is_stored_where_its_card_is_is_drawn_then(scene: Scene) -> None:
    job = a_job()
    scene.jobs[job.id] = job
    scene.while_noting = lambda: scene.moves(job, FAILED)
    await scene.live.remember([job], scene.message(job), await scene.renderer.draw(job))
    await asyncio.sleep(1)
    assert "It broke." in scene.of(job)[-1].words


@skipping
async def test_a_cancel_after_its_card_was_drawn_and_before_that_is_noted_shows_on_it(scene: Scene) -> None:
    """A cancel changes no phase of a rendering job."""
    job = a_job(RENDERING)
    scene.jobs[job.id] = job
    drawn = await scene.renderer.draw(job)
    scene.jobs[job.id] = replace(job, cancel_asked_by=job.owner_id)
    await scene.live.remember([job], scene.message(job), drawn)
    await asyncio.sleep(10)
    assert str(STOPPING) in scene.of(job)[-1].words


@skipping
async def test_a_cancel_while_it_is_noted_where_its_card_is_shows_on_it(scene: Scene) -> None:
    job = a_job(RENDERING)
    scene.jobs[job.id] = job

    def cancel() -> None:
        scene.jobs[job.id] = replace(job, cancel_asked_by=job.owner_id)
        scene.live.heard(scene.jobs[job.id])

    scene.while_noting = cancel
    await scene.live.remember([job], scene.message(job), await scene.renderer.draw(job))
    await asyncio.sleep(10)
    assert str(STOPPING) in scene.of(job)[-1].words


@skipping
async def test_the_card_of_an_order_is_not_drawn_again_before_something_changes(scene: Scene) -> None:
    job = await scene.ordered(a_job())
    scene.live.heard(job)
    await asyncio.sleep(60)
    assert (scene.drawings, scene.noted[job.id]) == (1, "queued")


@skipping
async def test_a_card_that_another_process_left_behind_is_caught_up_with(scene: Scene) -> None:
    await scene.live.catch_up()
    job = await scene.ordered(a_job())
    await asyncio.sleep(10)
    scene.jobs[job.id] = job.moved_to(FAILED)  # this process isn't notified
    await asyncio.sleep(60)
    assert "It broke." in scene.of(job)[-1].words


@skipping
async def test_a_card_is_edited_every_five_seconds_at_most_but_for_new_phases(scene: Scene) -> None:
    job = await scene.ordered(a_job())
    scene.moves(job, RENDERING)
    for second in range(100):
        await asyncio.sleep(1)
        scene.moves(job, replace(RENDERING, progress=second))
    scene.moves(job, FAILED)
    await asyncio.sleep(10)
    rendering = [edit.at for edit in scene.of(job)][:-1]
    assert 19 <= len(rendering) <= 21
    assert min(after - before for before, after in pairwise(rendering)) >= 5
    assert "It broke." in scene.of(job)[-1].words


@skipping
async def test_news_without_anything_new_is_no_edit(scene: Scene) -> None:
    job = await scene.ordered(a_job())
    for _ in range(20):
        await asyncio.sleep(10)
        scene.moves(job, RENDERING)
    assert len(scene.of(job)) == 1


@skipping
async def test_a_cards_picture_is_uploaded_once(scene: Scene) -> None:
    job = await scene.ordered(a_job(request=a_request(picture=PICTURE)))
    for progress in (10, 20, 30):
        scene.moves(job, replace(RENDERING, progress=progress))
        await asyncio.sleep(10)
    assert [edit.uploads for edit in scene.of(job)] == [0, 0, 0]


@skipping
async def test_a_picture_that_discord_does_not_find_in_its_message_is_uploaded_again(scene: Scene) -> None:
    job = await scene.ordered(a_job(request=a_request(picture=PICTURE)))
    scene.trouble = [bad_request()]
    scene.moves(job, RENDERING)
    await asyncio.sleep(10)
    assert [edit.uploads for edit in scene.of(job)] == [1]


@skipping
async def test_the_queue_is_looked_at_and_drawn_only_when_its_places_change(scene: Scene) -> None:
    first, second = await scene.ordered(a_job()), await scene.ordered(a_job())
    scene.moves(first, RENDERING)
    await asyncio.sleep(10)
    assert "Next in line" in scene.of(second)[-1].words
    drawn, reads = len(scene.of(second)), scene.queue_reads
    for progress in range(20):
        scene.moves(first, replace(RENDERING, progress=progress))
        await asyncio.sleep(1)
    assert (len(scene.of(second)), scene.queue_reads) == (drawn, reads)


@skipping
async def test_a_hundred_orders_in_a_second_take_two_looks_at_the_queue(scene: Scene) -> None:
    for _ in range(100):
        scene.live.heard(await scene.ordered(a_job()))
        await asyncio.sleep(0.005)
    await asyncio.sleep(10)
    assert scene.queue_reads == 2


@skipping
async def test_a_card_follows_the_clock_although_nothing_happens(scene: Scene) -> None:
    scene.usual = 20.0
    job = await scene.ordered(a_job())
    began = NOON + timedelta(seconds=asyncio.get_running_loop().time())
    scene.moves(job, replace(RENDERING, started_at=began))
    await asyncio.sleep(300)
    edits = scene.of(job)
    bars = [re.findall("≈ [0-9]+%", edit.words) for edit in edits]
    assert (len(edits), bars[0], bars[-2:]) == (6, [], [["≈ 90%"], []])
    assert ["any moment now" in edit.words for edit in edits] == [False, False, False, False, True, False]
    assert "Taking longer than usual" in edits[-1].words
    assert min(round(after.at - before.at, 6) for before, after in pairwise(edits)) >= 5


@skipping
async def test_the_clock_of_a_card_goes_on_after_a_restart(scene: Scene) -> None:
    scene.usual = 20.0
    job = a_job(phase=RENDERING)
    scene.jobs[job.id], scene.noted[job.id] = job, "rendering"
    scene.cards[job.id] = PostedMessage(channel_id=CHANNEL, message_id=int(job.id, 36))
    await scene.live.catch_up()
    await asyncio.sleep(60)
    assert ["Taking longer than usual" in edit.words for edit in scene.of(job)][-1]
