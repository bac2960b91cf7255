"""Servers with Kinora's commands but without Kinora, as an invitation without the scope `bot` leaves them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.domain.errors import BadRequest
from bot.ui.interactions.channel_rights import roles_of_server
from bot.ui.interactions.members import NEEDED, check_channel
from bot.ui.screens.settings.pages import known_deleted
from bot.wiring.cogs.commands import commands_only

SERVER, FILMMAKER = 9, 12
POSTING = discord.Permissions(**dict.fromkeys(NEEDED, True))


async def as_an_interaction_has_it() -> discord.Guild:
    """All that Discord says about such a server, as discord.py reads it."""
    bot = await commands_only()
    said = {"id": str(SERVER), "features": [], "locale": "en-US"}
    return bot._connection._get_or_create_unavailable_guild(SERVER, data=said)


async def test_nothing_is_ordered_there_and_the_answer_says_what_is_missing() -> None:
    asked: Any = SimpleNamespace(
        guild_id=SERVER, guild=await as_an_interaction_has_it(), channel=None, app_permissions=POSTING
    )
    with pytest.raises(BadRequest, match=r"Kinora itself isn't a member.*You weren't charged"):
        check_channel(asked)


async def test_no_role_is_taken_for_deleted_there() -> None:
    assert known_deleted(await as_an_interaction_has_it(), {FILMMAKER}) == frozenset()
    assert roles_of_server(await as_an_interaction_has_it()) is None
