"""What ends the connection to Discord, and what does not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import discord
import pytest

from bot.app import stay_connected
from bot.client import VideoBot
from bot.domain.errors import CannotStart


class ClosedWhileConnecting:
    """What discord.py does when it is closed in the middle of a handshake: aiohttp asserts that its session is open."""

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
    """A gateway that ends the connection with a code."""

    def __init__(self, code: int) -> None:
        super().__init__(closed=True)
        self._code = code

    async def connect(self) -> None:
        line: Any = SimpleNamespace(close_code=self._code)
        raise discord.ConnectionClosed(line, shard_id=None)


async def test_a_token_that_is_reset_while_we_are_connected_is_said_in_words() -> None:
    """Cog-Creators/Red-DiscordBot#4065: a traceback."""
    with pytest.raises(CannotStart, match=r"no longer accepts DISCORD_TOKEN .* Copy the new one"):
        await stay_connected(cast("VideoBot", ClosedByDiscord(4004)))


async def test_another_end_is_named_by_its_code() -> None:
    with pytest.raises(CannotStart, match=r"ended the connection for good: .*4014"):
        await stay_connected(cast("VideoBot", ClosedByDiscord(4014)))
