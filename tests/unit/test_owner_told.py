"""How owners learn that a video is done: as they chose, once, and with one remark if their messages are closed."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.access.preferences import MemberPreferences, Notify
from bot.domain.errors import Reach, Unavailable, Undeliverable
from bot.domain.ids import JobId
from bot.domain.job import PostedMessage
from bot.jobs.delivery.routes import DIRECT_CLOSED
from bot.jobs.use_cases.me.preferences import OwnPreferences
from tests.builders import ANN, CHANNEL
from tests.unit.test_result_delivery import CARD, CLOSED, DIRECT, NO_RIGHT, Scene, a_scene


async def who_wants(notify: Notify, *, private: bool = False, refusals: dict[int, Exception] | None = None) -> Scene:
    scene = a_scene(refusals, private=private)
    await OwnPreferences(records=scene.records).change(ANN, lambda known: replace(known, notify=notify))
    return scene


@pytest.mark.parametrize("notify", [Notify.PING, Notify.SILENT])
async def test_who_did_not_choose_direct_messages_gets_none(notify: Notify) -> None:
    scene = await who_wants(notify)
    await scene.deliver()
    assert scene.owner.said == []


async def test_a_direct_message_leads_to_the_video_and_goes_with_it() -> None:
    scene = await who_wants(Notify.DIRECT)
    await scene.deliver()
    await scene.deliver(again=True)
    assert scene.owner.said == [f"k1-{scene.job.id}-told: 99"]
    assert scene.messages.copies == [PostedMessage(channel_id=DIRECT, message_id=7)]


async def test_after_trouble_the_owner_is_told_and_the_video_not_posted_again() -> None:
    scene = await who_wants(Notify.DIRECT)
    scene.owner.troubles = [Unavailable("Discord is having trouble.")]
    with pytest.raises(Unavailable):
        await scene.deliver()
    assert scene.messages.result == PostedMessage(channel_id=20, message_id=99), "which may be all that is left to do"
    await scene.deliver(again=True)
    assert (len(scene.channels.posts), scene.owner.said) == (1, [f"k1-{scene.job.id}-told: 99"])


async def test_closed_direct_messages_are_said_once_and_then_it_is_silent() -> None:
    scene = await who_wants(Notify.DIRECT)
    scene.owner.troubles = [Undeliverable(DIRECT_CLOSED, Reach.NOWHERE), CLOSED]
    first = scene.job
    await scene.deliver()
    scene.job, scene.messages.result = replace(first, id=JobId("ABC234")), None
    await scene.deliver()
    assert scene.owner.said == [f"k1-{first.id}-closed"]
    assert scene.messages.copies == [PostedMessage(channel_id=CHANNEL, message_id=8)]
    assert scene.owner.troubles == [CLOSED], "the second time it is not even tried"
    assert await OwnPreferences(records=scene.records).is_closed(ANN)


async def test_two_videos_that_are_done_at_once_say_once_that_direct_messages_are_closed() -> None:
    scene = await who_wants(Notify.DIRECT)
    scene.owner.troubles = [CLOSED, CLOSED]
    first, scene_of_another = scene.job, replace(scene, job=replace(scene.job, id=JobId("ABC234")))
    await asyncio.gather(scene.deliver(), scene_of_another.deliver())
    assert scene.owner.troubles == []
    assert scene.owner.said == [f"k1-{first.id}-closed"]
    assert scene.messages.copies == [PostedMessage(channel_id=CHANNEL, message_id=8)]


@pytest.mark.parametrize(
    "place", [PostedMessage(channel_id=DIRECT, message_id=99, direct=True), CARD], ids=["direct", "card of a batch"]
)
async def test_a_video_that_came_to_its_owner_or_is_on_the_card_of_a_batch_needs_no_other(place: PostedMessage) -> None:
    scene = await who_wants(Notify.DIRECT)
    scene.messages.result = place
    await scene.deliver(again=True)
    assert scene.owner.said == []


async def test_who_chooses_again_is_tried_again() -> None:
    scene = await who_wants(Notify.DIRECT)
    scene.owner.troubles = [CLOSED]
    await scene.deliver()
    await OwnPreferences(records=scene.records).change(ANN, lambda known: known)
    scene.job, scene.messages.result = replace(scene.job, id=JobId("ABC234")), None
    await scene.deliver()
    assert scene.owner.said[1:] == ["k1-ABC234-told: 99"]


async def test_a_video_that_is_in_direct_messages_needs_no_other() -> None:
    scene = await who_wants(Notify.DIRECT, private=True)
    await scene.deliver()
    assert scene.owner.said == []


async def test_what_is_refused_has_nothing_to_lead_to() -> None:
    scene = await who_wants(Notify.DIRECT, refusals={20: NO_RIGHT, DIRECT: CLOSED})
    with pytest.raises(Undeliverable):
        await scene.deliver()
    assert scene.owner.said == []


@pytest.mark.parametrize(
    ("notify", "direct", "silent"),
    [
        (Notify.PING, False, False),
        (Notify.SILENT, False, True),
        (Notify.SILENT, True, True),
        (Notify.DIRECT, False, True),
        (Notify.DIRECT, True, False),
    ],
)
def test_a_result_makes_a_sound_where_nothing_else_tells(*, notify: Notify, direct: bool, silent: bool) -> None:
    assert MemberPreferences(notify=notify).is_silent(direct=direct) is silent
