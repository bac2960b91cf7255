"""Cards are removed when their video is posted, found when their location was lost, and left if Discord refuses."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from bot.domain.guild import GuildOptions
from bot.domain.ids import JobId
from bot.domain.job import PostedMessage
from bot.domain.video import Picture
from bot.jobs.use_cases.guild import OPTIONS
from bot.ui.interactions.buttons import CancelButton, DeleteButton, RemixButton
from tests.builders import CHANNEL, NOON, a_job, a_request
from tests.card_scene import (
    DONE,
    FAILED,
    RENDERING,
    Scene,
    a_message_with,
    forbidden,
    not_found,
    skipping,
    unavailable,
)


@skipping
async def test_the_card_of_a_finished_video_goes_when_its_result_stands(scene: Scene) -> None:
    job = await scene.ordered(a_job())
    scene.moves(job, RENDERING)
    await asyncio.sleep(10)
    drawn = len(scene.of(job))
    scene.stands(job)
    await asyncio.sleep(1)
    assert (scene.removed, scene.cards, len(scene.of(job))) == ([job.id], {}, drawn)


@skipping
async def test_nobody_looks_at_a_removed_card_when_the_usual_time_of_its_video_is_over(scene: Scene) -> None:
    scene.usual = 20.0
    job = await scene.ordered(a_job())
    scene.moves(job, replace(RENDERING, started_at=NOON + timedelta(seconds=asyncio.get_running_loop().time())))
    await asyncio.sleep(10)
    scene.stands(job)
    await asyncio.sleep(1)
    looks = scene.looks
    await asyncio.sleep(300)
    assert (scene.removed, scene.looks) == ([job.id], looks)


@skipping
async def test_a_removal_is_tried_until_it_is_done(scene: Scene) -> None:
    job = await scene.ordered(a_job())
    scene.trouble = [unavailable()] * 5
    scene.stands(job)
    await asyncio.sleep(120)
    assert (scene.removed, scene.cards) == ([job.id], {})


@skipping
async def test_a_card_that_somebody_removed_before_is_as_good_as_removed(scene: Scene) -> None:
    job = await scene.ordered(a_job())
    scene.trouble = [not_found()]
    scene.stands(job)
    await asyncio.sleep(600)
    assert (scene.tried, scene.cards) == (1, {})


@skipping
async def test_a_death_between_result_and_removal_is_made_up_for_at_the_next_start(scene: Scene) -> None:
    job = await scene.ordered(a_job())
    await scene.live.close()
    scene.results[job.id] = PostedMessage(channel_id=CHANNEL, message_id=99)
    scene.jobs[job.id] = job.moved_to(DONE)
    scene.__post_init__()
    await scene.live.catch_up()
    await asyncio.sleep(1)
    assert (scene.removed, scene.cards) == ([job.id], {})


@skipping
async def test_a_card_whose_place_was_never_stored_is_found_and_drawn(scene: Scene) -> None:
    job = a_job()
    scene.jobs[job.id] = job.moved_to(FAILED)
    scene.lost, scene.history = (
        [job],
        [a_message_with(CancelButton(JobId("AAAAAA"))), a_message_with(CancelButton(job.id))],
    )
    await scene.live.catch_up()
    await asyncio.sleep(1)
    assert "It broke." in scene.of(job)[-1].words


@skipping
async def test_a_result_is_no_card_and_what_is_not_found_is_looked_for_once(scene: Scene) -> None:
    job = a_job()
    scene.jobs[job.id] = job
    scene.lost, scene.history = [job], [a_message_with(RemixButton(job.id), DeleteButton(job.id))]
    await scene.live.catch_up()
    await asyncio.sleep(600)
    assert (scene.searches, scene.cards, scene.edits) == (1, {}, [])


@skipping
async def test_while_discord_is_in_trouble_a_lost_card_is_looked_for_later(scene: Scene) -> None:
    job = a_job()
    scene.jobs[job.id] = job.moved_to(FAILED)
    scene.history, scene.trouble = [a_message_with(CancelButton(job.id))], [unavailable()] * 3
    await scene.live.catch_up()
    scene.live.seek(job)
    await asyncio.sleep(300)
    assert "It broke." in scene.of(job)[-1].words


@skipping
async def test_the_first_message_of_a_private_order_is_known_as_its_card(scene: Scene) -> None:
    job = a_job(private=True, interaction_id=5)
    first: Any = SimpleNamespace(id=int(job.id, 36), channel=SimpleNamespace(id=CHANNEL))
    await scene.live.expect(5, first)
    scene.jobs[job.id] = job.moved_to(FAILED)
    scene.lost = [job]
    await scene.live.catch_up()
    await asyncio.sleep(1)
    assert "It broke." in scene.of(job)[-1].words
    assert scene.searches == 0


@skipping
async def test_where_the_server_keeps_cards_it_stays_as_one_line(scene: Scene) -> None:
    job = await scene.ordered(a_job())
    await scene.records.write(OPTIONS, str(job.guild_id), GuildOptions(keep_cards=True))
    scene.stands(job)
    await asyncio.sleep(1)
    assert scene.removed == []
    folded = scene.of(job)[-1]
    assert "[watch](" in folded.words
    assert ("attachment://poster.webp" in folded.words, folded.uploads) == (True, 1)


@skipping
async def test_the_poster_takes_the_place_of_the_picture_that_the_video_started_from(scene: Scene) -> None:
    picture = Picture(key="p.png", preview="p.jpg", sha256="0", note="")
    job = await scene.ordered(a_job(request=a_request(picture=picture)))
    await scene.records.write(OPTIONS, str(job.guild_id), GuildOptions(keep_cards=True))
    scene.stands(job)
    await asyncio.sleep(1)
    folded = scene.of(job)[-1]
    assert ("poster.webp" in folded.words, "reference.jpg" in folded.words, folded.uploads) == (True, False, 1)


@skipping
async def test_the_card_of_a_result_that_went_elsewhere_stays_and_says_where(scene: Scene) -> None:
    job = await scene.ordered(a_job())
    scene.stands(job, channel_id=77)
    await asyncio.sleep(1)
    assert scene.removed == []
    assert "posted in <#77>" in scene.of(job)[-1].words


@skipping
async def test_the_card_of_a_deleted_video_goes_too(scene: Scene) -> None:
    job = await scene.ordered(a_job())
    job = scene.stands(job, channel_id=77)
    await asyncio.sleep(1)
    scene.jobs[job.id] = replace(job, deleted=True)
    scene.live.heard(scene.jobs[job.id])
    await asyncio.sleep(1)
    assert (scene.removed, scene.cards) == ([job.id], {})


@skipping
async def test_an_edit_that_is_refused_is_tried_again_for_an_hour_and_why_is_kept(scene: Scene) -> None:
    job = await scene.ordered(a_job())
    scene.trouble = [forbidden()] * 3
    scene.moves(job, FAILED)
    await asyncio.sleep(60)
    trouble = await scene.troubles.of(job)
    assert trouble is not None
    assert trouble.reason.startswith("Kinora lacks a permission in its channel")
    await asyncio.sleep(900)
    assert scene.tried == 4
    assert "It broke." in scene.of(job)[-1].words
    assert await scene.troubles.of(job) is None


@skipping
async def test_a_channel_that_discord_does_not_know_in_an_outage_has_its_card_drawn_afterwards(scene: Scene) -> None:
    """bsquidwrd/LiveBot#30: in an outage, the channel (10003) or its server (10004) is unknown for a while."""
    for code in (10003, 10004):
        job = await scene.ordered(a_job())
        scene.trouble = [not_found(code)]
        scene.moves(job, FAILED)
        await asyncio.sleep(60)
        assert "It broke." in scene.of(job)[-1].words


@skipping
async def test_a_channel_that_is_gone_for_an_hour_had_its_card_with_it(scene: Scene) -> None:
    job = await scene.ordered(a_job())
    scene.trouble = [not_found(10003)] * 20
    scene.moves(job, FAILED)
    await asyncio.sleep(7200)
    assert (scene.tried, scene.cards) == (12, {})


@skipping
async def test_a_job_that_ends_does_not_wait_out_what_was_refused_before(scene: Scene) -> None:
    job = await scene.ordered(a_job())
    scene.trouble = [forbidden()]
    scene.moves(job, RENDERING)
    await asyncio.sleep(10)
    scene.moves(job, FAILED)
    await asyncio.sleep(1)
    assert "It broke." in scene.of(job)[-1].words


@skipping
async def test_a_card_that_is_refused_for_an_hour_is_left_until_its_job_changes(scene: Scene) -> None:
    job = await scene.ordered(a_job())
    await scene.live.catch_up()
    scene.trouble = [forbidden()] * 12
    scene.moves(job, RENDERING)
    await asyncio.sleep(3 * 3600)
    assert (scene.tried, scene.of(job)) == (12, [])
    assert scene.noted.get(job.id) != "rendering", "the next start tries again"
    scene.moves(job, FAILED)
    await asyncio.sleep(1)
    assert "It broke." in scene.of(job)[-1].words
