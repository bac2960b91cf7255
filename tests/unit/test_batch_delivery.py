"""A video of a batch is shown on its card as long as that can be seen, and otherwise posted like any other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.job import PostedMessage
from bot.domain.moderation.venues import MADE_RESTRICTED, AgeRule, MadeRestricted
from bot.domain.ports.messages import Route
from bot.domain.studio.batches import BatchPlace
from tests.builders import CHANNEL, NOON
from tests.unit.test_result_delivery import CARD, CHOSEN, DIRECT, NO_RIGHT, PARENT, Scene, a_scene


def a_batch_scene(*, stands: bool = True, private: bool = False) -> Scene:
    scene = a_scene(private=private)
    scene.job = replace(scene.job, batch=BatchPlace(lead=scene.job.id, number=1))
    scene.channels.card_stands = stands
    return scene


@pytest.mark.parametrize("private", [False, True])
async def test_a_video_of_a_batch_stands_on_its_card_and_is_posted_nowhere_else(*, private: bool) -> None:
    scene = a_batch_scene(private=private)
    assert await scene.deliver() == CARD
    assert await scene.deliver(again=True) == CARD
    assert scene.channels.posts == []


async def test_where_the_card_was_removed_it_is_posted_by_itself() -> None:
    scene = a_batch_scene(stands=False)
    assert await scene.deliver() == PostedMessage(channel_id=CHANNEL, message_id=99)
    assert scene.channels.tried == [CHANNEL]


async def test_a_first_try_that_went_beside_the_card_is_continued_there_though_the_card_can_be_seen_again() -> None:
    scene = a_batch_scene()
    scene.in_thread = True
    scene.messages.routes[Route.PARENT] = PARENT
    assert await scene.deliver(again=True) == PostedMessage(channel_id=PARENT, message_id=99)


async def test_a_video_that_is_shown_anew_stands_on_its_card_wherever_it_went_before() -> None:
    scene = a_batch_scene()
    scene.messages.routes[Route.DIRECT] = DIRECT
    assert await scene.deliver() == CARD


async def test_where_its_card_was_never_sent_it_is_posted_by_itself() -> None:
    scene = a_batch_scene()
    scene.messages.card = None
    assert await scene.deliver() == PostedMessage(channel_id=CHANNEL, message_id=99)


async def test_what_was_made_inside_is_not_shown_on_a_card_that_everybody_sees_now() -> None:
    scene = a_batch_scene()
    await scene.set_options(age_rule=AgeRule.KEPT)
    await scene.records.write(MADE_RESTRICTED, scene.job.id, MadeRestricted(at=NOON))
    assert await scene.deliver() == PostedMessage(channel_id=DIRECT, message_id=99)


async def test_where_the_server_wants_its_videos_elsewhere_it_is_posted_there() -> None:
    scene = a_batch_scene()
    await scene.choose_results(CHOSEN)
    assert await scene.deliver() == PostedMessage(channel_id=CHOSEN, message_id=99)


async def test_a_channel_that_takes_nothing_more_leads_to_its_owner_also_from_a_batch() -> None:
    scene = a_batch_scene(stands=False)
    scene.channels.refusals[CHANNEL] = NO_RIGHT
    assert await scene.deliver() == PostedMessage(channel_id=DIRECT, message_id=99)
