"""REST and the gateway describe a server alike."""

from __future__ import annotations

from collections.abc import AsyncIterator

import discord
import pytest

from bot.gateway.servers import ABSENT_FOR, KNOWN_FOR, FetchedServers
from bot.sandbox.discord.world import admin
from tests.sandbox.simulated_discord_bot import Studio, a_studio


@pytest.fixture
async def studio(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Studio]:
    async with a_studio(monkeypatch) as running:
        yield running


class Now:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def servers_of(studio: Studio, now: Now) -> FetchedServers:
    return FetchedServers(http=studio.bot.http, state=studio.bot._connection, now=now)


async def test_it_has_the_same_roles_channels_threads_and_rights(studio: Studio) -> None:
    told = studio.bot.get_guild(studio.world.guild().id)
    assert told is not None
    fetched = await servers_of(studio, Now()).of(told.id)
    assert (fetched.name, fetched.preferred_locale) == (told.name, told.preferred_locale)
    assert list(fetched.roles) == list(told.roles)
    assert {each.id for each in fetched.threads} == {each.id for each in told.threads} != set()
    ann = await fetched.fetch_member(studio.world.user("ann").id)
    for channel in told.channels:
        found = fetched.get_channel(channel.id)
        assert found is not None
        assert found.permissions_for(ann) == channel.permissions_for(ann)


async def test_it_is_asked_for_once_a_minute(studio: Studio) -> None:
    now, guild = Now(), studio.world.guild()
    servers = servers_of(studio, now)
    assert servers.known(guild.id) is None
    first = await servers.of(guild.id)
    guild.name = "Another name"
    assert await servers.of(guild.id) is first is servers.known(guild.id)
    channel = first.text_channels[0]
    assert servers.channel(channel.id) == channel
    now.seconds = KNOWN_FOR
    assert servers.known(guild.id) is None
    assert (await servers.of(guild.id)).name == "Another name"


async def test_where_the_bot_is_not_there_is_none(studio: Studio) -> None:
    servers = servers_of(studio, Now())
    for _ in range(2):
        with pytest.raises(discord.Forbidden):
            await servers.of(1)


async def test_a_server_that_invites_the_bot_again_is_found_soon(studio: Studio) -> None:
    now, guild = Now(), studio.world.guild()
    servers = servers_of(studio, now)
    admin.remove_bot(studio.world)
    with pytest.raises(discord.Forbidden):
        await servers.of(guild.id)
    admin.invite_bot(studio.world)
    now.seconds = ABSENT_FOR
    assert (await servers.of(guild.id)).id == guild.id
