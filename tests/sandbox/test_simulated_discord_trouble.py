"""Rate limits and scripted failures of messages."""

from __future__ import annotations

import asyncio
import io

import aiohttp
import av
import pytest
from PIL import Image

from bot.sandbox.discord.world.rules import Rules
from tests.sandbox.simulated_discord_bot import PNG
from tests.sandbox.simulated_discord_raw import Raw, latest, raw_access


async def test_five_messages_in_five_seconds_and_no_more() -> None:
    async with raw_access(Rules()) as raw:
        raw.world.clock.stop()
        replies = [await raw.send({"content": str(number)}) for number in range(5)]
        assert [reply.headers["X-RateLimit-Remaining"] for reply in replies] == ["4", "3", "2", "1", "0"]
        refused = await raw.send({"content": "6"})
        assert refused.status == 429
        assert refused.headers["Via"] == "1.1 google"
        assert refused.headers["X-RateLimit-Scope"] == "user"
        assert 0 < refused.body["retry_after"] <= 5
        assert refused.body["global"] is False
        assert (await raw.send({"content": "elsewhere"}, channel="lounge")).status == 200
        assert (await raw.edit(replies[0].body["id"], {"content": "an edit"})).status == 200
        raw.world.clock.skip(5)
        assert (await raw.send({"content": "6"})).status == 200


async def test_old_messages_take_three_edits_in_six_seconds() -> None:
    async with raw_access(Rules()) as raw:
        raw.world.clock.stop()
        sent = (await raw.send({"content": "x"})).body["id"]
        raw.world.clock.skip(3601)
        replies = [await raw.edit(sent, {"content": str(number)}) for number in range(4)]
        assert [reply.status for reply in replies] == [200, 200, 200, 429]
        assert replies[-1].code == 30046


async def test_fifty_requests_a_second_are_the_limit_for_all() -> None:
    async with raw_access(Rules()) as raw:
        raw.world.clock.stop()
        replies = [await raw.call("GET", "/users/@me") for _ in range(51)]
        assert [reply.status for reply in replies[-2:]] == [200, 429]
        assert replies[-1].body["global"] is True


async def test_trouble_comes_as_it_was_scripted(raw: Raw) -> None:
    path = rf"/channels/{raw.studio}/messages$"
    raw.world.trouble.fails("POST", path, 502, times=2)
    raw.world.trouble.fails("POST", path, 429, retry_after=0.25)
    raw.world.trouble.fails("POST", path, 500, done=True)
    replies = [await raw.send({"content": str(number)}) for number in range(5)]
    assert [reply.status for reply in replies] == [502, 502, 429, 500, 200]
    assert replies[2].body == {"message": "You are being rate limited.", "retry_after": 0.25, "global": False}
    assert [message.text for message in raw.world.seen_by("ann", "studio")] == ["3", "4"]


async def test_a_connection_can_be_cut_before_or_after_the_deed(raw: Raw) -> None:
    path = rf"/channels/{raw.studio}/messages$"
    raw.world.trouble.resets("POST", path)
    raw.world.trouble.resets("POST", path, done=True)
    for words in ("lost", "done"):
        with pytest.raises(aiohttp.ClientConnectionError):
            await raw.send({"content": words})
    assert [message.text for message in raw.world.seen_by("ann", "studio")] == ["done"]
    assert [exchange.status for exchange in raw.world.diary.of("POST", "/messages")] == [0, 0]


async def test_a_request_can_be_held_back(raw: Raw) -> None:
    go = asyncio.Event()
    raw.world.trouble.slow("POST", f"/channels/{raw.studio}/messages$", go)
    raw.world.trouble.slow("POST", "/messages$", 0.01)
    sending = asyncio.create_task(raw.send({"content": "slow"}))
    assert (await raw.send({"content": "fast"}, channel="lounge")).status == 200
    assert raw.world.seen_by("ann", "studio") == []
    go.set()
    assert (await sending).status == 200


@pytest.mark.parametrize(("ending", "format_"), [("png", "PNG"), ("jpg", "JPEG"), ("gif", "GIF"), ("webp", "WEBP")])
async def test_pictures_are_measured(raw: Raw, ending: str, format_: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", (48, 32)).save(file, format_)
    await raw.send({"content": "x"}, files={f"a.{ending}": file.getvalue()})
    (picture,) = latest(raw).media
    assert (picture.width, picture.height, picture.content_type.partition("/")[0]) == (48, 32, "image")


async def test_videos_are_measured(raw: Raw) -> None:
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("h264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        container.mux(stream.encode(av.VideoFrame(64, 36, "yuv420p")))
        container.mux(stream.encode())
    await raw.send({"content": "x"}, files={"a.mp4": file.getvalue()})
    (video,) = latest(raw).media
    assert (video.width, video.height) == (64, 36)


async def test_an_edit_may_not_leave_nothing(raw: Raw) -> None:
    sent = await raw.send({"content": "x"}, files={"a.png": PNG})
    assert (await raw.edit(sent.body["id"], {"content": None})).status == 200
    assert (await raw.edit(sent.body["id"], {"attachments": []})).code == 50006
