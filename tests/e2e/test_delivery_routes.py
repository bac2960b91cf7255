"""Where a finished video goes if its channel does not accept it: the shipped bot, and each refusal by Discord."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from bot.sandbox.discord.http.diary import Exchange
from bot.sandbox.discord.world import admin
from bot.sandbox.discord.world import permissions as may
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from tests.crash.mortal_bot import KILLED, ORDER_TO_DIE
from tests.e2e.acting import answer, card_says, create, logged, until
from tests.e2e.stages import quick_stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUICK = {"LEASE_SECONDS": "5", "GUILD_MONTHLY_BUDGET_USD": "100"}
KEPT = "**Done, but not posted.**"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    stage = quick_stage(tmp_path_factory.mktemp("detours"), QUICK, program=("-m", "tests.crash.mortal_bot"))
    async with stage.running() as running:
        yield running


@pytest.fixture(autouse=True)
def as_before(stage: Stage) -> Iterator[None]:
    """Each test begins with all channels open."""
    yield
    stage.world.trouble.clear()
    stage.world.user("ann").dms_open = True
    admin.allow(stage.world, "kinora", "studio", may.ALL & (may.VIEW_CHANNEL | may.SEND_MESSAGES | may.ATTACH_FILES))
    thread = stage.world.channel("storyboard")
    thread.archived = thread.locked = False


def identity(text: str) -> str:
    """A video's id as people write it, from the text of a card or an answer."""
    found = re.search(r"\b(\w{3}-\w{3})\b", text)
    assert found, text
    return found[1]


def results(stage: Stage, name: str) -> list[Message]:
    """Every message anywhere that shows the result."""
    mine = f"k1:remix:{name.replace('-', '')}"
    everything = [message for channel in stage.world.messages.values() for message in channel.values()]
    return [m for m in everything if mine in str(m.components) and not m.deleted and not m.ephemeral]


async def the_one_result(stage: Stage, name: str) -> Message:
    await ends(stage, name, "done")
    (only,) = results(stage, name)
    assert only.media
    return only


async def ends(stage: Stage, name: str, phase: str) -> None:
    """The bot's log is a file; waits for its last line about a job."""
    await logged(stage, f"{name.replace('-', '')} posting -> {phase}")


async def status(stage: Stage, name: str, who: str = "ann") -> str:
    asked = await stage.person(who).types("/status", channel="lounge", video=name)
    return (await answer(stage, asked)).text


def posts(stage: Stage, channel_id: int) -> list[Exchange]:
    """Those with files: other posts of the bot there have none."""
    return [each for each in stage.world.diary.of("POST", f"/channels/{channel_id}/messages") if each.files]


def direct(stage: Stage, who: str = "ann") -> int:
    return stage.world.direct(who).id


def place(stage: Stage, name: str) -> int:
    return stage.world.channel(name).id


async def test_a_post_that_got_through_before_its_channel_refused_is_not_posted_elsewhere(stage: Stage) -> None:
    """The library repeats a request that was answered with 500, and reports only the last answer."""
    here = rf"^/channels/{place(stage, 'studio')}/messages$"
    stage.world.trouble.slow("POST", here, 0.0)  # the first one is accepted
    stage.world.trouble.fails("POST", here, 500, done=True)
    stage.world.trouble.fails("POST", here, 403, 50013)
    name = identity((await create(stage, prompt="a fox that is shown once")).text)
    result = await the_one_result(stage, name)
    assert result.channel_id == place(stage, "studio")


# From a thread to its channel


async def test_10003_a_deleted_thread_s_video_is_posted_in_its_channel(stage: Stage) -> None:
    thread = stage.world.channel("storyboard")
    name = identity((await create(stage, channel="storyboard", prompt="a homeless fox")).text)
    admin.delete_channel(stage.world, "storyboard")
    try:
        result = await the_one_result(stage, name)
    finally:
        stage.world.channels[thread.id] = thread
        stage.world.gateway.dispatch("THREAD_CREATE", thread.to_dict(), thread.guild_id, intent=1)
    assert result.channel_id == place(stage, "studio")
    assert f"It couldn't be posted in <#{thread.id}>" in result.text
    assert result.notified == [stage.world.user("ann").id]


async def test_160005_a_locked_thread_s_video_is_posted_in_its_channel(stage: Stage) -> None:
    name = identity((await create(stage, channel="storyboard", prompt="a fox locked out")).text)
    admin.archive(stage.world, "storyboard", locked=True)
    result = await the_one_result(stage, name)
    assert result.channel_id == place(stage, "studio")
    assert "[watch](" in await status(stage, name)


async def test_50083_an_archived_thread_takes_its_video_and_the_card_is_left(stage: Stage) -> None:
    card = await create(stage, channel="storyboard", prompt="a sleepy fox")
    stage.world.trouble.fails("PATCH", r"channels/\d+/messages/\d+$", 400, 50083, times=3)
    admin.archive(stage.world, "storyboard")
    result = await the_one_result(stage, identity(card.text))
    assert result.channel_id == place(stage, "storyboard")


# To its owner alone


@pytest.mark.parametrize(("code", "http"), [(50001, 403), (50013, 403), (10003, 404), (400001, 403)])
async def test_a_channel_that_refuses_leads_to_its_owner(stage: Stage, code: int, http: int) -> None:
    channel = place(stage, "studio")
    stage.world.trouble.fails("POST", f"channels/{channel}/messages$", http, code, times=9)
    before = len(posts(stage, channel))
    name = identity((await create(stage, prompt=f"an unwanted fox {code}")).text)
    result = await the_one_result(stage, name)
    assert result.channel_id == direct(stage)
    assert f"It couldn't be posted in <#{channel}>" in result.text
    assert len(posts(stage, channel)) == before + 1, "a definite no is asked for once"


async def test_50013_a_right_lost_on_the_way_leads_to_its_owner_and_the_link_goes_there(stage: Stage) -> None:
    card = await create(stage, prompt="a fox before a closed door")
    name = identity(card.text)
    admin.deny(stage.world, "kinora", "studio", may.ATTACH_FILES)
    result = await the_one_result(stage, name)
    await card_says(stage, card, f"sent to <@{stage.world.user('ann').id}> directly")
    assert result.channel_id == direct(stage)
    assert f"(https://discord.com/channels/@me/{result.channel_id}/{result.id})" in await status(stage, name)


async def test_what_automod_refused_in_a_thread_goes_to_its_owner_and_not_to_the_channel(stage: Stage) -> None:
    thread, channel = place(stage, "storyboard"), place(stage, "studio")
    stage.world.trouble.fails("POST", f"channels/{thread}/messages$", 400, 200000)
    before = len(posts(stage, channel))
    name = identity((await create(stage, channel="storyboard", prompt="a rude fox")).text)
    assert (await the_one_result(stage, name)).channel_id == direct(stage)
    assert len(posts(stage, channel)) == before


async def test_what_a_video_that_went_to_its_owner_can_do_it_can_do_there(stage: Stage) -> None:
    stage.world.trouble.fails("POST", f"channels/{place(stage, 'studio')}/messages$", 403, 50013)
    name = identity((await create(stage, prompt="a fox with buttons")).text)
    result = await the_one_result(stage, name)
    opened = await stage.person("ann").clicks("Remix", on=result)
    assert opened.form is not None


# No route left


async def test_50007_closed_direct_messages_keep_the_video_and_both_reasons_are_said(stage: Stage) -> None:
    stage.world.trouble.fails("POST", f"channels/{place(stage, 'studio')}/messages$", 403, 50013, times=9)
    stage.world.user("ann").dms_open = False
    name = identity((await create(stage, prompt="a fox nobody lets in")).text)
    await ends(stage, name, "undelivered")
    said = await status(stage, name)
    assert KEPT in said
    assert "Kinora lacks a permission in its channel" in said
    assert "Kinora can't send you direct messages." in said
    assert results(stage, name) == []
    assert len(posts(stage, direct(stage))) >= 1


async def test_50007_a_private_video_is_kept_when_direct_messages_close_and_goes_nowhere_else(stage: Stage) -> None:
    before = len(posts(stage, place(stage, "studio")))
    name = identity((await create(stage, prompt="a shy fox", private=True)).text)
    stage.world.user("ann").dms_open = False
    await ends(stage, name, "undelivered")
    assert "Kinora can't send you direct messages." in await status(stage, name)
    assert len(posts(stage, place(stage, "studio"))) == before
    assert results(stage, name) == []


async def test_guild_left_the_video_is_kept_until_the_bot_is_back(stage: Stage) -> None:
    name = identity((await create(stage, prompt="a fox shown the door")).text)
    await logged(stage, f"{name.replace('-', '')} submitting -> rendering")
    before = len(posts(stage, place(stage, "studio")))
    admin.remove_bot(stage.world)
    try:
        await ends(stage, name, "undelivered")
    finally:
        admin.invite_bot(stage.world)
    assert "Kinora can no longer see its channel." in await status(stage, name)
    assert len(posts(stage, place(stage, "studio"))) == before + 1
    shown = await answer(stage, await stage.person("ann").types("/show", video=name))
    assert "is shown" in shown.text
    (result,) = results(stage, name)
    assert result.media


async def test_10008_a_result_that_was_removed_at_once_is_not_sent_to_anybody(stage: Stage) -> None:
    stage.world.trouble.fails("POST", f"channels/{place(stage, 'studio')}/messages$", 404, 10008)
    name = identity((await create(stage, prompt="a fox that is swept away")).text)
    await ends(stage, name, "undelivered")
    assert "posted but removed right away" in await status(stage, name)
    assert results(stage, name) == []


# Deaths on the way


@pytest.mark.parametrize("point", ["after a detour was noted", "before done is stored"])
async def test_a_death_on_a_later_route_posts_once_and_there(stage: Stage, point: str) -> None:
    stage.world.trouble.fails("POST", f"channels/{place(stage, 'studio')}/messages$", 403, 50013)
    (stage.data / ORDER_TO_DIE).write_text(point)
    name = identity((await create(stage, prompt=f"a fox that dies {point}")).text)
    assert await stage.keeper.ended() == KILLED
    await stage.keeper.start()
    # the channel is open again: a video that took a detour stays there
    assert (await the_one_result(stage, name)).channel_id == direct(stage)


async def test_a_death_before_the_next_route_is_stored_keeps_the_video(stage: Stage) -> None:
    """It is no longer known whether an earlier post succeeded, and the channel cannot be read."""
    stage.world.trouble.fails("POST", f"channels/{place(stage, 'studio')}/messages$", 403, 50001, times=2)
    (stage.data / ORDER_TO_DIE).write_text("before a detour is noted")
    name = identity((await create(stage, prompt="a fox between two places")).text)
    assert await stage.keeper.ended() == KILLED
    await stage.keeper.start()
    await ends(stage, name, "undelivered")
    assert results(stage, name) == []


async def test_a_route_that_is_in_trouble_is_tried_again_and_not_the_target_before_it(stage: Stage) -> None:
    channel = place(stage, "studio")
    stage.world.trouble.fails("POST", f"channels/{channel}/messages$", 403, 50013)
    stage.world.trouble.fails("POST", "users/@me/channels$", 500, times=1)
    stage.world.trouble.resets("POST", f"channels/{direct(stage)}/messages$", done=True)
    before = len(posts(stage, channel))
    name = identity((await create(stage, prompt="a patient fox")).text)
    assert (await the_one_result(stage, name)).channel_id == direct(stage)
    assert len(posts(stage, channel)) == before + 1


async def test_the_log_holds_no_traceback(stage: Stage) -> None:
    await until(stage, lambda: stage.world.gateway.online)
    assert "Traceback" not in stage.keeper.log.read_text()
