"""Places other than text channels where members write: the chat of a voice channel, and forum posts."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.sandbox.discord.people.outcome import CannotDo
from bot.sandbox.discord.world import admin
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.discord.world.places import FORUM, THREAD, VOICE
from bot.sandbox.stage import Stage
from tests.e2e.acting import answer, create, more_of, result_of, until, video_of
from tests.e2e.stages import quick_stage
from tests.extent import only_in_full

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    only_in_full("where a video goes is tested with threads; these are other types of the same"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with quick_stage(tmp_path_factory.mktemp("voice"), {}).running() as running:
        admin.open_channel(running.world, "talk", VOICE)
        admin.open_channel(running.world, "films", FORUM)
        admin.open_channel(running.world, "foxes", THREAD, "films")
        yield running


@pytest.mark.parametrize("place", ["talk", "foxes"])
async def test_a_video_ordered_there_is_posted_there_and_begins_no_thread(stage: Stage, place: str) -> None:
    film = await result_of(stage, await create(stage, channel=place, prompt=f"a fox in {place}"))
    assert film.channel_id == stage.world.channel(place).id
    refused = await answer(
        stage, await stage.person("ann").clicks("Continue in a thread", on=await more_of(stage, film))
    )
    assert refused.text.startswith("No thread can start where this video is")


@pytest.mark.parametrize("place", ["talk", "films", "foxes"])
async def test_videos_of_a_server_are_posted_to_text_channels_only(stage: Stage, place: str) -> None:
    max_ = stage.person("max")
    hub = await answer(stage, await max_.types("/settings open"))
    await max_.picks("channels", on=hub)
    await until(stage, lambda: "They are posted" in hub.text)
    with pytest.raises(CannotDo, match="can't be chosen here"):
        await max_.picks(place, on=hub, select="Where videos are posted")


async def test_the_video_of_a_post_that_was_deleted_goes_to_its_owner_as_its_forum_takes_none(stage: Stage) -> None:
    ann = stage.person("ann")
    admin.open_channel(stage.world, "owls", THREAD, "films")
    card = await create(stage, channel="owls", prompt="an owl without a post")
    video = await until(stage, lambda: video_of(stage, card))
    admin.delete_channel(stage.world, "owls")
    film = await until(stage, lambda: next((each for each in ann.sees("dm") if shows(each, video)), None))
    assert "It couldn't be posted in" in film.text
    assert film.notified == [ann.id]


def shows(message: Message, video: str | None) -> bool:
    return f"k1:remix:{video}" in str(message.components)
