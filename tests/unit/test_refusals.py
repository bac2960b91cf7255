"""How far a refusal reaches, and which threads have a parent channel to fall back to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.domain.errors import Reach
from bot.jobs.delivery.routes import DIRECT_CLOSED, all_said
from bot.jobs.delivery.threads import ThreadParents
from bot.ui.interactions.discord_errors import reach_of
from bot.ui.interactions.threads import remember_parent
from bot.ui.text.phrases.errors import AUTOMOD, NO_CHANNEL
from tests.scripted import MemoryRecords
from tests.unit.test_result_poster import http_error

PUBLIC, PRIVATE, PARENT = 11, 12, 7


def ordered_in(kind: int) -> Any:
    """An interaction in a thread of this type."""
    data: Any = {
        "id": "8",
        "parent_id": str(PARENT),
        "owner_id": "9",
        "name": "a thread",
        "type": kind,
        "message_count": 0,
        "member_count": 1,
        "thread_metadata": {
            "archived": False,
            "auto_archive_duration": 60,
            "archive_timestamp": "2026-11-23T12:00:00+00:00",
            "locked": False,
        },
    }
    nobody: Any = SimpleNamespace(id=1)
    return SimpleNamespace(channel=discord.Thread(guild=nobody, state=nobody, data=data))


async def noted(channel: Any) -> int | None:
    parents = ThreadParents(records=MemoryRecords())
    await remember_parent(parents, channel)
    return await parents.of(8)


async def test_an_open_thread_falls_back_to_its_channel() -> None:
    assert await noted(ordered_in(PUBLIC)) == PARENT


async def test_what_was_ordered_in_a_private_thread_is_never_shown_in_its_channel() -> None:
    assert await noted(ordered_in(PRIVATE)) is None


async def test_a_channel_that_is_no_thread_has_nothing_to_fall_back_to() -> None:
    assert await noted(SimpleNamespace(channel=SimpleNamespace(id=8, parent_id=PARENT))) is None


@pytest.mark.parametrize(
    ("error", "reach"),
    [
        *[(http_error(404, code), Reach.CHANNEL) for code in (0, 10003)],
        *[(http_error(403, code), Reach.CHANNEL) for code in (0, 50001, 50013, 160005)],
        *[(http_error(400, code), Reach.CHANNEL) for code in (40058, 50008)],
        *[(http_error(404, 10004), Reach.SERVER), (http_error(403, 400001), Reach.SERVER)],
        *[(http_error(400, code), Reach.SERVER) for code in (200000, 200001, 240000)],
        *[(http_error(404, 10008), Reach.NOWHERE), (http_error(400, 20009), Reach.NOWHERE)],
        *[(http_error(403, code), Reach.NOWHERE) for code in (50007, 50278)],
        *[(http_error(400, 50035), Reach.NOWHERE), (RuntimeError("closed"), Reach.NOWHERE)],
    ],
)
def test_how_far_a_refusal_reaches(error: Exception, reach: Reach) -> None:
    assert reach_of(error) is reach


def test_the_reason_is_said_once_and_a_closed_door_of_the_owner_too() -> None:
    assert all_said([NO_CHANNEL]) == NO_CHANNEL
    assert all_said([NO_CHANNEL, NO_CHANNEL]) == NO_CHANNEL
    assert str(all_said([AUTOMOD, NO_CHANNEL, DIRECT_CLOSED])) == f"{AUTOMOD} {DIRECT_CLOSED}"
