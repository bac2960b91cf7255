"""A server's own rules."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.clock import SystemClock
from bot.domain.access.members import Member
from bot.domain.errors import NotAllowed
from bot.domain.guild import AccessPolicy, GuildOptions, GuildSettings
from bot.domain.money.usd import FREE, Usd
from bot.jobs.use_cases.guild import GuildPreferences
from storage.guilds import GuildRows
from storage.records import SqlRecords
from tests.changes import some_changes
from tests.contract.databases import BUDGET, GUILD, World

NEW = GuildSettings(guild_id=GUILD, opening=AccessPolicy.GRANTED, roles=frozenset(), monthly_budget=BUDGET)


@pytest.fixture
def guilds(world: World) -> GuildRows:
    return GuildRows(database=world.database, opening=AccessPolicy.GRANTED, budget=BUDGET)


async def test_a_new_server_follows_the_defaults(guilds: GuildRows) -> None:
    assert await guilds.guild_settings(GUILD) == NEW


async def test_roles_are_granted_and_revoked(guilds: GuildRows) -> None:
    await guilds.grant(GUILD, 1)
    await guilds.grant(GUILD + 1, 3)
    assert (await guilds.grant(GUILD, 2)).roles == {1, 2}
    assert (await guilds.grant(GUILD, 2)).roles == {1, 2}
    assert (await guilds.revoke(GUILD, 1)).roles == {2}
    assert (await guilds.revoke(GUILD, 1)).roles == {2}
    assert (await guilds.guild_settings(GUILD)).roles == {2}


async def test_a_server_is_opened_and_closed(guilds: GuildRows) -> None:
    assert (await guilds.open_to(GUILD, AccessPolicy.EVERYONE)).opening is AccessPolicy.EVERYONE
    assert (await guilds.open_to(GUILD, AccessPolicy.GRANTED)).opening is AccessPolicy.GRANTED
    assert (await guilds.guild_settings(GUILD + 1)).opening is AccessPolicy.GRANTED


async def test_a_decided_rule_no_longer_follows_the_default_and_the_others_do(world: World) -> None:
    before = GuildRows(database=world.database, opening=AccessPolicy.GRANTED, budget=BUDGET)
    await before.set_budget(GUILD, FREE)
    after = GuildRows(database=world.database, opening=AccessPolicy.EVERYONE, budget=Usd.of(99))
    guild_settings = await after.guild_settings(GUILD)
    assert (guild_settings.opening, guild_settings.monthly_budget) == (AccessPolicy.EVERYONE, FREE)


async def test_rules_set_at_once_are_all_kept(guilds: GuildRows) -> None:
    await asyncio.gather(
        guilds.open_to(GUILD, AccessPolicy.EVERYONE),
        guilds.set_budget(GUILD, Usd.of(3)),
        guilds.grant(GUILD, 1),
        guilds.grant(GUILD, 2),
    )
    assert await guilds.guild_settings(GUILD) == GuildSettings(
        guild_id=GUILD, opening=AccessPolicy.EVERYONE, roles=frozenset({1, 2}), monthly_budget=Usd.of(3)
    )


def some_preferences(world: World) -> GuildPreferences:
    return GuildPreferences(records=SqlRecords(database=world.database, clock=SystemClock()), changes=some_changes())


def a_member(*, manages: bool) -> Member:
    return Member(id=1, guild_id=GUILD, name="Ada", roles=frozenset(), manages=manages)


async def test_what_a_server_chooses_beside_its_rules_is_kept_for_it_alone(world: World) -> None:
    preferences = some_preferences(world)
    assert await preferences.of(GUILD) == GuildOptions()
    changed = await preferences.change(a_member(manages=True), lambda known: replace(known, keep_cards=True))
    assert (changed.before, changed.after) == (None, GuildOptions(keep_cards=True))
    await preferences.change(a_member(manages=True), lambda known: replace(known, notices_channel=9))
    assert await preferences.of(GUILD) == GuildOptions(keep_cards=True, notices_channel=9)
    assert await preferences.of(GUILD + 1) == GuildOptions()


async def test_only_managers_choose_for_a_server(world: World) -> None:
    preferences = some_preferences(world)
    with pytest.raises(NotAllowed):
        await preferences.change(a_member(manages=False), lambda known: replace(known, keep_cards=True))
    assert await preferences.of(GUILD) == GuildOptions()
