"""Private threads: only added members can post there, including the bot, whatever its permissions."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.domain.errors import BadRequest
from bot.ui.interactions.members import NEEDED_IN_THREADS, check_channel
from bot.wiring.cogs.commands import commands_only

PUBLIC, PRIVATE = 11, 12
POSTING = discord.Permissions(**dict.fromkeys(NEEDED_IN_THREADS, True))
MANAGING = discord.Permissions(POSTING.value | discord.Permissions(manage_threads=True).value)


class Server:
    """Keeps the threads that the gateway has sent, like discord.py's."""

    id = 1
    unavailable = False
    roles = ("@everyone",)

    def __init__(self) -> None:
        self.threads: dict[int, discord.Thread] = {}

    def get_thread(self, thread_id: int) -> discord.Thread | None:
        return self.threads.get(thread_id)

    def _remove_thread(self, thread: discord.Thread) -> None:
        del self.threads[thread.id]


def a_thread(kind: int = PRIVATE, *, archived: bool = False) -> discord.Thread:
    """A thread as Discord sends it."""
    data: Any = {
        "id": "8",
        "parent_id": "7",
        "owner_id": "5",
        "name": "a thread",
        "type": kind,
        "message_count": 0,
        "member_count": 1,
        "thread_metadata": {
            "archived": archived,
            "auto_archive_duration": 60,
            "archive_timestamp": "2026-11-23T12:00:00+00:00",
            "locked": False,
        },
    }
    server: Any = Server()
    return discord.Thread(guild=server, state=server, data=data)


def joined(thread: discord.Thread) -> discord.Thread:
    """The gateway sends the private threads that the bot is in."""
    server: Any = thread.guild
    server.threads[thread.id] = thread
    return thread


def asked_in(thread: discord.Thread, *, has: discord.Permissions = POSTING, unavailable: bool = False) -> Any:
    """An interaction in a thread."""
    server: Any = thread.guild
    server.unavailable = unavailable
    return SimpleNamespace(guild_id=1, guild=server, channel=thread, app_permissions=has)


def test_in_a_private_thread_without_the_bot_one_is_told_to_add_it() -> None:
    with pytest.raises(BadRequest, match=r"this thread is private, and Kinora isn't in it.*You weren't charged"):
        check_channel(asked_in(a_thread()))


def test_in_a_private_thread_with_the_bot_videos_are_made() -> None:
    check_channel(asked_in(joined(a_thread())))


def test_a_right_to_manage_threads_opens_them_all() -> None:
    check_channel(asked_in(a_thread(), has=MANAGING))
    check_channel(asked_in(a_thread(), has=discord.Permissions(administrator=True)))


@pytest.mark.parametrize(
    "interaction",
    [asked_in(a_thread(PUBLIC)), asked_in(a_thread(archived=True)), asked_in(a_thread(), unavailable=True)],
)
def test_where_nobody_need_be_added_or_nothing_is_known_no_order_is_refused(interaction: Any) -> None:
    check_channel(interaction)


async def test_once_removed_from_a_private_thread_the_bot_is_not_in_it_any_more() -> None:
    bot, thread = await commands_only(), joined(a_thread())
    await bot.on_thread_remove(thread)
    with pytest.raises(BadRequest, match="isn't in it"):
        check_channel(asked_in(thread))
