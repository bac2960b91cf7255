"""The gateway: lost and resumed connections, and what ends a session for good."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import discord
import pytest

from bot.sandbox.discord.world import admin
from bot.sandbox.discord.world import permissions as may
from bot.sandbox.discord.world.rules import Rules
from tests.sandbox.simulated_discord_bot import Studio, StudioBot, a_studio, another_bot
from tests.sandbox.simulated_discord_raw import Raw, raw_access
from tests.waiting import PATIENCE


@pytest.fixture
async def studio(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Studio]:
    async with a_studio(monkeypatch) as running:
        yield running


@pytest.fixture
async def raw() -> AsyncIterator[Raw]:
    async with raw_access() as access:
        yield access


async def back_online(studio: Studio, resumes: int) -> None:
    gateway = studio.world.gateway
    await studio.world.until(lambda: gateway.online and gateway.resumes == resumes)


@pytest.mark.parametrize("way", ["drop", "reconnect", "invalid"])
async def test_a_lost_line_is_resumed_and_nothing_is_missed(studio: Studio, way: str) -> None:
    gateway = studio.world.gateway
    match way:
        case "drop":
            gateway.drop()
        case "reconnect":
            gateway.reconnect()
        case _:
            gateway.invalidate(resumable=True)
    await studio.world.until(lambda: not gateway.online)
    outcome = await studio.ann.types("/create", prompt="sent while the bot was away")
    await back_online(studio, resumes=1)
    assert outcome.failed is None
    assert outcome.message is not None
    assert gateway.identifies == 1


async def test_an_ended_session_is_begun_anew(studio: Studio) -> None:
    gateway = studio.world.gateway
    gateway.invalidate()
    await studio.world.until(lambda: gateway.identifies == 2 and gateway.online)
    assert gateway.resumes == 0
    assert (await studio.ann.types("/create", prompt="a cat")).message is not None


async def test_missing_acknowledgements_make_the_bot_reconnect(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = Rules(real_buckets=False, heartbeat_seconds=0.2)
    async with a_studio(monkeypatch, rules, heartbeat_timeout=1.0) as studio:
        rules.heartbeat_seconds = PATIENCE  # the bot was told the short one; Discord does not miss a late one
        studio.world.gateway.hears_heartbeats = False
        await studio.world.until(lambda: not studio.world.gateway.online)
        studio.world.gateway.hears_heartbeats = True
        await back_online(studio, resumes=1)


async def test_an_acknowledgement_takes_the_time_of_a_network(raw: Raw) -> None:
    assert Rules().network_seconds >= 0.05  # long enough for a thread to note when it sent its heartbeat
    raw.world.rules.network_seconds = 0.2
    async with raw.listen() as line:
        await line.receive_json()
        asked = time.monotonic()
        await line.send_json({"op": 1, "d": None})
        assert await line.receive_json() == {"op": 11, "d": None, "s": None, "t": None}
        assert time.monotonic() - asked >= 0.19


async def test_the_library_never_takes_an_acknowledgement_for_an_interval_late(monkeypatch: pytest.MonkeyPatch) -> None:
    # Else it would log "Can't keep up, shard ID None websocket is 41.3s behind".
    rules = Rules(real_buckets=False, heartbeat_seconds=2.0, network_seconds=0.2)
    async with a_studio(monkeypatch, rules, enable_debug_events=True) as studio:
        latencies: list[float] = []
        enough = asyncio.Event()

        @studio.bot.event
        async def on_socket_raw_receive(frame: str) -> None:
            if json.loads(frame)["op"] == 11:
                latencies.append(studio.bot.latency)
            if len(latencies) == 3:
                enough.set()

        async with asyncio.timeout(PATIENCE):
            await enough.wait()
        assert max(latencies) < rules.heartbeat_seconds


async def test_a_bot_that_falls_silent_is_dropped(raw: Raw) -> None:
    raw.world.rules.heartbeat_seconds = 0.05
    async with raw.listen() as line:
        await line.receive_json()
        assert await closing(line) == 4009


async def test_a_twin_of_an_interaction_is_refused_on_the_second_answer(studio: Studio) -> None:
    studio.world.trouble.repeats_interactions()
    outcome = await studio.ann.types("/whisper")
    await studio.world.until(lambda: len(studio.world.diary.of("POST", "/callback")) == 2)
    assert [exchange.status for exchange in studio.world.diary.of("POST", "/callback")] == [200, 400]
    assert studio.bot.seen[0].id == studio.bot.seen[1].id
    assert outcome.message is not None


async def test_two_processes_of_one_shard_both_hear(studio: Studio) -> None:
    async with another_bot(studio.sandbox) as second:
        await studio.ann.types("/create", prompt="a cat")
        await studio.world.until(lambda: len(studio.world.diary.of("POST", "/callback")) == 2)
        assert studio.bot.seen[0].id == second.seen[0].id
        assert sorted(exchange.status for exchange in studio.world.diary.of("POST", "/callback")) == [200, 400]


async def test_a_bot_hears_when_it_is_removed_and_when_a_channel_changes(studio: Studio) -> None:
    home = studio.bot.get_guild(studio.world.guild().id)
    assert home is not None
    admin.deny(studio.world, studio.world.bot, "lounge", may.SEND_MESSAGES)
    admin.archive(studio.world, "storyboard")
    lounge = home.get_channel(studio.world.channel("lounge").id)
    admin.delete_channel(studio.world, "read-only")
    removed = asyncio.create_task(studio.bot.wait_for("guild_remove", timeout=PATIENCE))
    await asyncio.sleep(0)
    admin.remove_bot(studio.world)
    assert await removed == home
    assert isinstance(lounge, discord.TextChannel)
    assert not lounge.permissions_for(home.me).send_messages
    assert [channel.name for channel in home.text_channels] == ["studio", "lounge", "staff"]
    assert list(home.threads) == []
    joined = asyncio.create_task(studio.bot.wait_for("guild_join", timeout=PATIENCE))
    await asyncio.sleep(0)
    admin.invite_bot(studio.world)
    again = await joined
    assert again.name == "Kinora demo"
    assert again.me.joined_at is not None
    assert home.me.joined_at is not None
    assert again.me.joined_at - home.me.joined_at > timedelta(days=1)  # than at the first time


async def test_a_bad_token_does_not_log_in(studio: Studio) -> None:
    bot = StudioBot()
    with pytest.raises(discord.LoginFailure):
        await bot.start("wrong")
    await bot.close()
    assert studio.world.gateway.identifies == 1


async def closing(line: aiohttp.ClientWebSocketResponse) -> int | None:
    """The close code of the connection."""
    async for _ in line:
        pass
    return line.close_code


def identify(**given: Any) -> dict[str, Any]:
    return {"op": 2, "d": {"token": "sandbox-token", "intents": 1, "properties": {}, **given}}


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (identify(token="wrong"), 4004),
        (identify(shard=[2, 2]), 4010),
        (identify(intents=1 << 40), 4013),
        (identify(intents=1 | 1 << 15), 4014),
        ({"op": 3, "d": {}}, 4003),
        ({"op": 99, "d": {}}, 4001),
        ({"d": {}}, 4002),
        ({"op": 6, "d": {"token": "wrong", "session_id": "x", "seq": 1}}, 4004),
    ],
)
async def test_a_bad_frame_closes_the_line(raw: Raw, frame: dict[str, Any], code: int) -> None:
    async with raw.listen() as line:
        assert (await line.receive_json())["op"] == 10
        await line.send_json(frame)
        assert await closing(line) == code
        assert not raw.world.gateway.online


async def test_identifying_twice_and_too_many_frames_close_the_line(raw: Raw) -> None:
    async with raw.listen() as line:
        await line.send_json(identify())
        await line.send_json(identify())
        assert await closing(line) == 4005
    async with raw.listen() as line:
        for _ in range(120):
            await line.send_json({"op": 1, "d": None})
        assert await closing(line) == 4008


async def test_an_unknown_session_cannot_be_resumed(raw: Raw) -> None:
    async with raw.listen() as line:
        await line.receive_json()
        await line.send_json({"op": 6, "d": {"token": "sandbox-token", "session_id": "x", "seq": 1}})
        assert await line.receive_json() == {"op": 9, "d": False, "s": None, "t": None}


async def test_a_shard_hears_of_its_own_servers_only(raw: Raw) -> None:
    heard = []
    for number in range(2):
        async with raw.listen() as line:
            await line.send_json(identify(shard=[number, 2]))
            frames = [await line.receive_json() for _ in range(2)]
            ready = frames[1]["d"]
            assert ready["shard"] == [number, 2]
            assert ready["resume_gateway_url"] == raw.sandbox.gateway_url
            heard += [int(guild["id"]) for guild in ready["guilds"]]
    assert sorted(heard) == sorted(raw.world.guilds)


async def test_messages_are_told_to_those_who_asked_for_them_without_others_words(raw: Raw) -> None:
    async with raw.listen() as line:
        await line.send_json(identify(intents=1 | 1 << 9))
        while (await line.receive_json())["t"] != "READY":
            pass
        raw.ann.says("secret")
        await raw.send({"content": "mine"})
        told: list[str] = []
        while len(told) < 2:
            frame = await line.receive_json()
            told += [frame["d"]["content"]] if frame["t"] == "MESSAGE_CREATE" else []
        assert told == ["", "mine"]


async def test_how_to_connect_is_told(raw: Raw) -> None:
    assert (await raw.call("GET", "/gateway", token=None)).body == {"url": raw.sandbox.gateway_url}
    told = (await raw.call("GET", "/gateway/bot")).body
    assert (told["shards"], told["session_start_limit"]["max_concurrency"]) == (1, 1)
