"""A batch's card as its videos change: except for new phases, at most one edit in five seconds; notified once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.domain.access.preferences import Notify
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.phases import Queued, Rendering
from bot.domain.studio.batches import BatchPlace
from tests.builders import CHANNEL, NOON, a_job
from tests.card_scene import DONE, FAILED, Scene, skipping

LEAD = JobId("K7Q4FD")
RENDERING = Rendering(remote_id="r", started_at=NOON)
CARD = PostedMessage(channel_id=CHANNEL, message_id=int(LEAD, 36))


async def a_batch(scene: Scene, videos: int = 3) -> list[Job]:
    """Ordered, with its card sent."""
    batch = ordered(scene, videos)
    await scene.live.remember(batch, scene.message(batch[0]), await scene.batch_renderer.draw(batch))
    return batch


def ordered(scene: Scene, videos: int) -> list[Job]:
    ids = [LEAD, *(JobId(f"AAAAA{letter}") for letter in "ABCDEFG")][:videos]
    batch = [replace(a_job(Queued(), id=id_), batch=BatchPlace(lead=LEAD, number=n)) for n, id_ in enumerate(ids, 1)]
    scene.jobs |= {job.id: job for job in batch}
    scene.batches[LEAD] = ids
    return batch


async def settled(scene: Scene, seconds: float = 30.0) -> None:
    await asyncio.sleep(seconds)
    assert scene.of(scene.jobs[LEAD]) == scene.edits, "no other card is edited"


@skipping
async def test_what_one_of_them_came_to_before_the_cards_id_was_known_is_drawn_once_it_is(scene: Scene) -> None:
    batch = ordered(scene, 3)
    drawn = await scene.batch_renderer.draw(batch)
    scene.moves(batch[1], FAILED)
    await asyncio.sleep(10)
    assert scene.edits == []
    await scene.live.remember(batch, scene.message(batch[0]), drawn)
    await asyncio.sleep(1)
    assert "It broke." in scene.edits[-1].words


@skipping
async def test_posters_come_as_videos_do_and_each_is_uploaded_once(scene: Scene) -> None:
    batch = await a_batch(scene)
    for job in batch:
        scene.results[job.id] = CARD
        scene.moves(job, DONE)
        await asyncio.sleep(10)
    await settled(scene)
    assert [edit.uploads for edit in scene.edits] == [1, 1, 1]
    assert scene.told.said == [(3, 3, False)]


@skipping
async def test_progress_is_drawn_each_five_seconds_at_most(scene: Scene) -> None:
    batch = await a_batch(scene, 4)
    for job in batch:
        scene.moves(job, RENDERING)
    await asyncio.sleep(20)
    before = len(scene.edits)
    for percent in range(1, 60):
        scene.moves(batch[percent % 4], replace(RENDERING, progress=percent))
        await asyncio.sleep(1)
    gaps = [
        later.at - earlier.at for earlier, later in zip(scene.edits[before:], scene.edits[before + 1 :], strict=False)
    ]
    assert gaps
    assert min(gaps) >= 5.0


@skipping
async def test_a_new_phase_does_not_wait_for_the_gap(scene: Scene) -> None:
    one, *_ = await a_batch(scene)
    scene.moves(one, RENDERING)
    await asyncio.sleep(1)
    scene.moves(one, FAILED)
    await asyncio.sleep(1)
    assert len(scene.edits) == 2


@skipping
async def test_its_owner_is_told_of_what_was_made_as_they_chose(scene: Scene) -> None:
    scene.told.notify = Notify.DIRECT
    one, two, three = await a_batch(scene)
    scene.results[one.id] = CARD
    scene.moves(one, DONE)
    scene.moves(two, FAILED)
    await asyncio.sleep(10)
    assert scene.told.said == [], "one of them is still to come"
    scene.moves(three, FAILED)
    await settled(scene)
    assert scene.told.said == [(1, 3, True)]


@skipping
async def test_who_got_nothing_is_not_told(scene: Scene) -> None:
    for job in await a_batch(scene, 2):
        scene.moves(job, FAILED)
    await settled(scene)
    assert scene.told.said == []


@skipping
async def test_after_a_restart_it_is_drawn_as_it_is_now(scene: Scene) -> None:
    one, two = await a_batch(scene, 2)
    scene.jobs[one.id], scene.jobs[two.id] = one.moved_to(DONE), two.moved_to(FAILED)
    scene.results[one.id] = CARD
    await scene.live.catch_up()
    await settled(scene)
    assert len(scene.edits) == 1
    assert scene.noted == {one.id: "done", two.id: "failed"}
    assert scene.told.said == [(1, 2, False)]


@skipping
async def test_votes_are_drawn_like_news(scene: Scene) -> None:
    one, two = await a_batch(scene, 2)
    for job in (one, two):
        request = replace(job.request, model="wan" if job is two else "sora-2")
        scene.jobs[job.id] = replace(job, request=request)
        scene.results[job.id] = CARD
        scene.moves(scene.jobs[job.id], DONE)
    await settled(scene)
    before = len(scene.edits)
    scene.votes[two.id] = 1
    scene.live.refresh(scene.jobs[one.id])
    await settled(scene)
    assert len(scene.edits) == before + 1
    assert "Vote 2 · 1" in scene.edits[-1].words


@skipping
async def test_a_batch_whose_videos_are_all_deleted_leaves_no_card(scene: Scene) -> None:
    for job in await a_batch(scene, 2):
        scene.jobs[job.id] = replace(job.moved_to(DONE), deleted=True)
        scene.live.heard(scene.jobs[job.id])
    await asyncio.sleep(30)
    assert scene.removed == [LEAD]
