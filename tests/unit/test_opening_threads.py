"""What Discord answers when a thread is to start on a video's message."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.domain.errors import BadRequest
from bot.domain.job import PostedMessage
from bot.ui.publish.threads.opening import DiscordThreads

ROOM, FILM = 8, 80


class Room(discord.TextChannel):
    """A channel in which Discord refuses threads."""

    __slots__ = ("code",)

    def __init__(self, code: int) -> None:
        self.code = code

    def get_partial_message(self, message_id: int, /) -> Any:
        assert message_id == FILM
        return self

    async def create_thread(self, **_: Any) -> Any:
        response: Any = SimpleNamespace(status=400, reason="no")
        raise discord.HTTPException(response, {"code": self.code, "message": "no"})


async def opened(code: int) -> int:
    client: Any = SimpleNamespace(get_channel={ROOM: Room(code)}.get)
    return await DiscordThreads(client=client).open(PostedMessage(channel_id=ROOM, message_id=FILM), "a fox")


@pytest.mark.parametrize(
    ("code", "says"),
    [(160006, "as many open threads as Discord allows"), (10008, "The video's message was deleted")],
)
async def test_a_refusal_says_what_to_do_or_why(code: int, says: str) -> None:
    with pytest.raises(BadRequest, match=rf"{says}.*Nothing was changed\."):
        await opened(code)


async def test_a_thread_that_is_there_already_is_used() -> None:
    assert await opened(160004) == FILM
