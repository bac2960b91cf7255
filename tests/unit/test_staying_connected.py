"""What ends the connection to Discord, and what does not."""

from __future__ import annotations

from typing import cast

import pytest

from bot.app import stay_connected
from bot.client import VideoBot


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
