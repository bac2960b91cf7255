"""A member's rights in a channel, from what Discord reported about the server, its roles and its channels."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot.sandbox.discord.world import permissions as may
from bot.sandbox.discord.world.places import THREAD, Channel, Guild, Overwrite, User
from bot.sandbox.discord.world.seed import demo
from bot.ui.interactions.channel_rights import CachedChannelRights, all_read_both

SECRET, CREW, OPEN_THREAD, CREW_THREAD, OWN = 901, 902, 903, 904, 905
PRIVATE_THREAD = 12


def the_world() -> tuple[Guild, User, User, list[Channel]]:
    """The demo's server, with channels and threads that Sam can't see, and one of his own."""
    seed = demo()
    home = seed.guilds[0]
    sam = next(user for user in seed.users if user.key == "sam")
    closed = Overwrite(id=home.id, member=False, deny=may.VIEW_CHANNEL)
    his = Overwrite(id=sam.id, member=True, allow=may.MANAGE_MESSAGES)
    lobby = seed.channels[0]
    more = [
        Channel(id=SECRET, name="secret", guild_id=home.id, overwrites={closed.id: closed}),
        Channel(id=CREW, name="crew thread", type=THREAD, guild_id=home.id, parent_id=SECRET),
        Channel(id=OPEN_THREAD, name="open thread", type=THREAD, guild_id=home.id, parent_id=lobby.id),
        Channel(id=CREW_THREAD, name="private thread", type=PRIVATE_THREAD, guild_id=home.id, parent_id=lobby.id),
        Channel(id=OWN, name="sams own", guild_id=home.id, overwrites={his.id: his}),
    ]
    return home, sam, seed.bot, [*seed.channels, *more]


def rights(who: str = "sam", here: tuple[int, discord.Permissions] | None = None) -> tuple[CachedChannelRights, int]:
    """Someone's rights as discord.py keeps the server, and the id of its first channel."""
    home, _, bot, channels = the_world()
    client = discord.Client(intents=discord.Intents(guilds=True))
    state: Any = client._connection
    created: Any = home.as_created([c for c in channels if c.type != PRIVATE_THREAD], bot)
    created["threads"] += [_thread(c) for c in channels if c.type == PRIVATE_THREAD]
    guild = discord.Guild(data=created, state=state)
    user = next(user for user in demo().users if user.key == who)
    data: Any = home.member(user)
    return CachedChannelRights(guild=guild, member=discord.Member(data=data, guild=guild, state=state), here=here), (
        channels[0].id
    )


def _thread(channel: Channel) -> dict[str, Any]:
    channel.type = THREAD
    return {**channel.to_dict(), "type": PRIVATE_THREAD}


def test_an_open_channel_and_its_threads_are_seen_and_not_moderated() -> None:
    sam, lobby = rights()
    assert (sam.sees(lobby), sam.moderates(lobby)) == (True, False)
    assert (sam.sees(OPEN_THREAD), sam.moderates(OPEN_THREAD)) == (True, False)


@pytest.mark.parametrize("channel", [SECRET, CREW, CREW_THREAD, 999])
def test_closed_channels_their_threads_private_threads_and_unknown_places_are_hidden(channel: int) -> None:
    sam, _ = rights()
    assert (sam.sees(channel), sam.moderates(channel)) == (False, False)


def test_who_moderates_a_channel_of_their_own_moderates_no_other() -> None:
    sam, lobby = rights()
    assert [sam.moderates(channel) for channel in (OWN, lobby, OPEN_THREAD, SECRET)] == [True, False, False, False]


def test_a_server_wide_moderator_moderates_threads_and_private_threads() -> None:
    max_, lobby = rights("max")
    assert [max_.moderates(channel) for channel in (lobby, OPEN_THREAD, CREW_THREAD)] == [True, True, True]
    assert not max_.moderates(SECRET)  # server managers may anyway, by another rule


def test_the_channel_somebody_asks_from_is_seen_with_the_rights_discord_gave() -> None:
    asks, lobby = rights(here=(999, discord.Permissions(manage_messages=True)))
    assert (asks.sees(999), asks.moderates(999)) == (True, True)
    assert (asks.sees(lobby), asks.moderates(lobby)) == (True, False)
    assert not asks.sees(SECRET)


def test_nothing_is_seen_of_a_server_that_is_not_known() -> None:
    known, lobby = rights()
    unknown = CachedChannelRights(guild=None, member=known.member)
    assert (unknown.sees(lobby), unknown.moderates(lobby)) == (False, False)


def test_a_channel_shows_only_what_all_its_readers_could_read_before() -> None:
    """In the demo everyone can read the lobby, but only managers the staff channel."""
    sam, lobby = rights()
    guild, staff = sam.guild, next(channel.id for channel in the_world()[3] if channel.name == "staff")
    assert guild is not None
    assert all_read_both(guild, staff, lobby)
    assert all_read_both(guild, lobby, OPEN_THREAD)
    assert not all_read_both(guild, lobby, staff)
    for hidden in (SECRET, CREW, CREW_THREAD, 999):
        assert not all_read_both(guild, lobby, hidden)
