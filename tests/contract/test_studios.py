"""A server's own rules."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.access import Opening, Studio
from bot.domain.money import FREE, Usd
from storage.studios import StudioRows
from tests.contract.databases import BACKENDS, BUDGET, GUILD, World, a_world

NEW = Studio(guild_id=GUILD, opening=Opening.GRANTED, roles=frozenset(), monthly_budget=BUDGET)


@pytest.fixture(params=BACKENDS)
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(request.param, tmp_path) as world:
        yield world


@pytest.fixture
def studios(world: World) -> StudioRows:
    return StudioRows(database=world.database, opening=Opening.GRANTED, budget=BUDGET)


async def test_a_new_server_follows_the_defaults(studios: StudioRows) -> None:
    assert await studios.studio(GUILD) == NEW


async def test_roles_are_granted_and_revoked(studios: StudioRows) -> None:
    await studios.grant(GUILD, 1)
    await studios.grant(GUILD + 1, 3)
    assert (await studios.grant(GUILD, 2)).roles == {1, 2}
    assert (await studios.grant(GUILD, 2)).roles == {1, 2}
    assert (await studios.revoke(GUILD, 1)).roles == {2}
    assert (await studios.revoke(GUILD, 1)).roles == {2}
    assert (await studios.studio(GUILD)).roles == {2}


async def test_a_server_is_opened_and_closed(studios: StudioRows) -> None:
    assert (await studios.open_to(GUILD, Opening.EVERYONE)).opening is Opening.EVERYONE
    assert (await studios.open_to(GUILD, Opening.GRANTED)).opening is Opening.GRANTED
    assert (await studios.studio(GUILD + 1)).opening is Opening.GRANTED


async def test_a_decided_rule_no_longer_follows_the_default_and_the_others_do(world: World) -> None:
    before = StudioRows(database=world.database, opening=Opening.GRANTED, budget=BUDGET)
    await before.set_budget(GUILD, FREE)
    after = StudioRows(database=world.database, opening=Opening.EVERYONE, budget=Usd.of(99))
    studio = await after.studio(GUILD)
    assert (studio.opening, studio.monthly_budget) == (Opening.EVERYONE, FREE)


async def test_rules_set_at_once_are_all_kept(studios: StudioRows) -> None:
    await asyncio.gather(
        studios.open_to(GUILD, Opening.EVERYONE),
        studios.set_budget(GUILD, Usd.of(3)),
        studios.grant(GUILD, 1),
        studios.grant(GUILD, 2),
    )
    assert await studios.studio(GUILD) == Studio(
        guild_id=GUILD, opening=Opening.EVERYONE, roles=frozenset({1, 2}), monthly_budget=Usd.of(3)
    )
