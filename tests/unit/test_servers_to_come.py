"""What members read while Discord has not sent their server yet: after a start, or while it has an outage."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.domain.access.places import check_place
from bot.domain.errors import WrongVenue
from bot.domain.guild import GuildOptions
from bot.domain.moderation.venues import Venue
from bot.ui.interactions.channel_rights import roles_of_server
from bot.ui.interactions.members import member_of
from bot.wiring.cogs.commands import commands_only

SERVER, CATEGORY, CHANNEL, THREAD, ELSEWHERE = 9, 19, 20, 77, 21
PUBLIC_THREAD = 11
OPEN_THREAD = {
    "archived": False,
    "auto_archive_duration": 60,
    "archive_timestamp": "2026-11-30T00:00:00",
    "locked": False,
}
PLACES: dict[str, dict[str, Any]] = {
    "a channel": {
        "id": str(CHANNEL),
        "type": 0,
        "parent_id": str(CATEGORY),
        "position": 0,
        "permission_overwrites": [],
    },
    "a thread": {
        "id": str(THREAD),
        "type": PUBLIC_THREAD,
        "parent_id": str(CHANNEL),
        "owner_id": "5",
        "message_count": 0,
        "member_count": 1,
        "thread_metadata": OPEN_THREAD,
    },
}


async def asked_in(place: str) -> discord.Interaction[Any]:
    """A command, as discord.py reads it when all that it knows of the server is that it is to come."""
    bot = await commands_only()
    state = bot._connection
    us: Any = {"id": "2", "username": "kinora", "discriminator": "0", "avatar": None}
    to_come: Any = {"id": str(SERVER), "unavailable": True}
    state.user = discord.ClientUser(state=state, data=us)
    state._add_guild_from_data(to_come)
    channel = {"name": "studio", "guild_id": str(SERVER), **PLACES[place]}
    person = {"id": "5", "username": "ann", "discriminator": "0", "avatar": None, "global_name": None}
    joined = {"joined_at": "2026-01-01T00:00:00+00:00", "flags": 0, "roles": ["7"], "permissions": "0"}
    command: Any = {
        "id": "1",
        "application_id": "2",
        "type": 2,
        "token": "t",
        "version": 1,
        "locale": "en-US",
        "guild_id": str(SERVER),
        "guild": {"id": str(SERVER), "features": [], "locale": "en-US"},
        "channel_id": channel["id"],
        "channel": channel,
        "app_permissions": "8",
        "attachment_size_limit": 10_000_000,
        "member": {"user": person, "deaf": False, "mute": False, **joined},
        "data": {"id": "3", "name": "create", "type": 1},
    }
    return discord.Interaction(data=command, state=state)


@pytest.mark.parametrize(
    ("place", "around", "venue"),
    [
        ("a channel", frozenset({CHANNEL, CATEGORY}), Venue.OPEN),
        ("a thread", frozenset({THREAD, CHANNEL}), Venue.UNKNOWN),
    ],
)
async def test_commands_work_and_as_much_is_known_of_their_place_as_they_say(
    place: str, around: frozenset[int], venue: Venue
) -> None:
    ann = await member_of(await asked_in(place))
    assert (ann.here, ann.venue, ann.roles) == (around, venue, frozenset({7}))


@pytest.mark.parametrize("place", PLACES)
async def test_where_videos_can_be_made_is_told_once_it_is_known(place: str) -> None:
    """Not that no such channel is left, or that this one is none of them."""
    ann = await member_of(await asked_in(place))
    check_place(ann, GuildOptions(allowed_channels=(CHANNEL,)))
    with pytest.raises(WrongVenue, match=r"Discord hasn't said yet which there are\. Try again in a minute\."):
        check_place(ann, GuildOptions(allowed_channels=(ELSEWHERE,)))


async def test_no_role_is_taken_for_deleted() -> None:
    """A tier could not be saved otherwise: one of its roles "has been deleted"."""
    asked = await asked_in("a channel")
    assert roles_of_server(asked.guild) is None
    assert (await member_of(asked)).deleted({7, 8}) == frozenset()
