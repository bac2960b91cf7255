"""What ends the connection to Discord, and what doesn't."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.app import stay_connected
from bot.client import VideoBot
from bot.clock import SystemClock
from bot.domain.errors import CannotStart
from bot.login import log_in


class ClosedWhileConnecting:
    """Like discord.py when closed during a handshake: aiohttp asserts that its session is open."""

    ws = None

    def __init__(self, *, closed: bool) -> None:
        self._closed = closed

    async def connect(self) -> None:
        raise AssertionError

    def is_closed(self) -> bool:
        return self._closed


async def test_stopping_in_the_middle_of_connecting_is_no_failure() -> None:
    await stay_connected(cast("VideoBot", ClosedWhileConnecting(closed=True)))


async def test_any_other_broken_assertion_is_one() -> None:
    with pytest.raises(AssertionError):
        await stay_connected(cast("VideoBot", ClosedWhileConnecting(closed=False)))


class ClosedByDiscord(ClosedWhileConnecting):
    """A gateway that ends the connection with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(closed=True)
        self._code = code

    async def connect(self) -> None:
        line: Any = SimpleNamespace(close_code=self._code)
        raise discord.ConnectionClosed(line, shard_id=None)


async def test_a_token_that_is_reset_while_we_are_connected_is_said_in_words() -> None:
    """Cog-Creators/Red-DiscordBot#4065: it ended with a traceback."""
    with pytest.raises(CannotStart, match=r"no longer accepts DISCORD_TOKEN .* Copy the new one"):
        await stay_connected(cast("VideoBot", ClosedByDiscord(4004)))


async def test_another_end_is_named_by_its_code() -> None:
    with pytest.raises(CannotStart, match=r"ended the connection for good: .*4014"):
        await stay_connected(cast("VideoBot", ClosedByDiscord(4014)))


def refused(status: int, **headers: str) -> discord.HTTPException:
    answer: Any = SimpleNamespace(status=status, reason="", headers=headers)
    return discord.HTTPException(answer, "error code: 1015")


class RefusedAtFirst:
    """A client whose first logins fail with these errors."""

    def __init__(self, *answers: Exception) -> None:
        self._answers: Iterator[Exception] = iter(answers)
        self.http = self
        self.closed = 0

    async def login(self, _token: str) -> None:
        for answer in self._answers:
            raise answer

    async def close(self) -> None:
        self.closed += 1


@pytest.mark.parametrize("asked", [discord.RateLimited(0.01), refused(429, **{"Retry-After": "0"})])
async def test_a_wait_that_discord_asks_for_at_the_login_is_waited_out(asked: Exception) -> None:
    client = RefusedAtFirst(asked, asked)
    assert await log_in(cast("VideoBot", client), "token", asyncio.Event())
    assert client.closed == 2


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (discord.RateLimited(1e18), 3600),
        (refused(429), 600),
        (refused(429, **{"Retry-After": "1800"}), 1800),
        (refused(503), 60),
    ],
)
async def test_how_long_is_waited_has_a_bound_and_is_told(
    answer: Exception, seconds: int, caplog: pytest.LogCaptureFixture
) -> None:
    client, stop = RefusedAtFirst(answer), asyncio.Event()
    stop.set()
    before = SystemClock().now()
    assert not await log_in(cast("VideoBot", client), "token", stop)
    (until,) = re.findall(r"again at (\S+ \S+) UTC", caplog.text)
    late = datetime.fromisoformat(f"{until}+00:00") - before - timedelta(seconds=seconds)
    assert timedelta(seconds=-1) < late < timedelta(seconds=5)


async def test_what_waiting_does_not_change_is_not_waited_for() -> None:
    with pytest.raises(discord.HTTPException):
        await log_in(cast("VideoBot", RefusedAtFirst(refused(400))), "token", asyncio.Event())
