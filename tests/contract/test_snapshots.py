"""Settings read together for one interaction: the same answers, in one statement, and never outdated."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from bot.domain.guild import AccessPolicy, GuildOptions
from bot.domain.moderation.blocks import GuildBlocks
from bot.domain.money.usd import Usd
from bot.jobs.providers.circuit_breaker import CIRCUIT, Opened
from bot.jobs.use_cases.guild import OPTIONS
from bot.jobs.use_cases.moderation.blocks import BLOCKS
from storage.db import snapshot
from storage.guilds import RULES, GuildRows
from storage.keys.store import SqlKeyStore
from storage.records import SqlRecords
from storage.snapshots import SqlSnapshots
from storage.tables import jobs
from tests.builders import NOON
from tests.contract.databases import GUILD, World, a_batch, a_job, counted_statements

HERE = str(GUILD)
KEPT = GuildOptions(keep_cards=True)


@pytest.fixture
def records(world: World) -> SqlRecords:
    return SqlRecords(database=world.database, clock=world.clock)


@pytest.fixture
def guilds(world: World) -> GuildRows:
    return GuildRows(database=world.database, opening=AccessPolicy.EVERYONE, budget=Usd.of("100"))


@pytest.fixture
def snapshots(world: World, guilds: GuildRows) -> SqlSnapshots:
    return SqlSnapshots(database=world.database, clock=world.clock, guilds=guilds)


async def test_what_was_read_at_once_is_not_read_again(
    records: SqlRecords, guilds: GuildRows, snapshots: SqlSnapshots
) -> None:
    await records.write(OPTIONS, HERE, KEPT)
    await guilds.set_budget(GUILD, Usd.of("7"))
    await guilds.grant(GUILD, 3)
    rules = await guilds.grant(GUILD, 5)
    with counted_statements() as said:
        async with snapshots.of(GUILD, [(OPTIONS, HERE), (BLOCKS, HERE)]):
            for _ in range(3):
                assert await records.read(OPTIONS, HERE) == KEPT
            assert await records.read(BLOCKS, HERE) is None
            assert await guilds.guild_settings(GUILD) == rules
    assert len(said) == 1
    assert (rules.roles, rules.monthly_budget) == (frozenset({3, 5}), Usd.of("7"))


async def test_a_server_that_decided_nothing_has_the_defaults(guilds: GuildRows, snapshots: SqlSnapshots) -> None:
    async with snapshots.of(GUILD, [(OPTIONS, HERE)]):
        known = await guilds.guild_settings(GUILD)
    assert known == await guilds.guild_settings(GUILD)
    assert (known.opening, known.roles, known.monthly_budget) == (AccessPolicy.EVERYONE, frozenset(), Usd.of("100"))


async def test_what_was_not_asked_for_is_read(records: SqlRecords, guilds: GuildRows, snapshots: SqlSnapshots) -> None:
    await records.write(BLOCKS, HERE, GuildBlocks())
    async with snapshots.of(GUILD, [(OPTIONS, HERE)]):
        assert await records.read(BLOCKS, HERE) == GuildBlocks()
        assert (await guilds.guild_settings(GUILD + 1)).guild_id == GUILD + 1


async def test_what_this_process_changes_is_read_anew(
    records: SqlRecords, guilds: GuildRows, snapshots: SqlSnapshots
) -> None:
    async with snapshots.of(GUILD, [(OPTIONS, HERE)]):
        assert await records.read(OPTIONS, HERE) is None
        await records.write(OPTIONS, HERE, KEPT)
        await guilds.set_budget(GUILD, Usd.of("7"))
        assert await records.read(OPTIONS, HERE) == KEPT
        assert (await guilds.guild_settings(GUILD)).monthly_budget == Usd.of("7")


async def test_what_another_process_changes_counts_within_a_second(
    world: World, records: SqlRecords, snapshots: SqlSnapshots
) -> None:
    async with world.another_process() as other, snapshots.of(GUILD, [(OPTIONS, HERE)]):
        await SqlRecords(database=other.database, clock=world.clock).write(OPTIONS, HERE, KEPT)
        await world.clock.sleep(1.1)
        assert await records.read(OPTIONS, HERE) == KEPT


async def test_a_task_that_outlives_it_reads_for_itself(records: SqlRecords, snapshots: SqlSnapshots) -> None:
    ended = asyncio.Event()

    async def read_later() -> GuildOptions | None:
        await ended.wait()
        return await records.read(OPTIONS, HERE)

    async with snapshots.of(GUILD, [(OPTIONS, HERE)]):
        later = asyncio.create_task(read_later())
        await asyncio.sleep(0)
    await records.write(OPTIONS, HERE, KEPT)
    ended.set()
    assert await later == KEPT


async def test_what_this_process_changes_while_it_is_read_is_read_anew(
    world: World, records: SqlRecords, guilds: GuildRows
) -> None:
    async def read() -> dict[snapshot.Fact, object]:
        before = await guilds.guild_settings(GUILD)
        await records.write(OPTIONS, HERE, KEPT)
        await guilds.set_budget(GUILD, Usd.of("7"))
        return {(OPTIONS.namespace, HERE): None, (RULES, GUILD): before}

    async with snapshot.reading_from(world.clock, read()):
        assert await records.read(OPTIONS, HERE) == KEPT
        assert (await guilds.guild_settings(GUILD)).monthly_budget == Usd.of("7")


async def test_what_is_noted_after_a_change_may_be_older_and_is_not_kept(
    records: SqlRecords, snapshots: SqlSnapshots
) -> None:
    async with snapshots.of(GUILD, [(OPTIONS, HERE)]):
        await records.write(OPTIONS, HERE, KEPT)
        snapshot.note((OPTIONS.namespace, HERE), None)  # from a read that began earlier
        assert await records.read(OPTIONS, HERE) == KEPT


async def test_facts_that_go_with_a_member_are_read_anew(
    world: World, records: SqlRecords, snapshots: SqlSnapshots
) -> None:
    account = f"gateway@member:{GUILD}:7"
    await records.write(CIRCUIT, account, Opened(since=NOON, next_trial=NOON, trials=1, paid=True))
    async with snapshots.of(GUILD, [(CIRCUIT, account)]):
        assert await records.read(CIRCUIT, account) is not None
        await SqlKeyStore(database=world.database, clock=world.clock).remove_of(7)
        assert await records.read(CIRCUIT, account) is None


async def test_what_took_long_to_read_is_not_read_again(world: World, records: SqlRecords) -> None:
    async def read() -> dict[snapshot.Fact, object]:
        await world.clock.sleep(1.5)
        return {(OPTIONS.namespace, HERE): KEPT}

    async with snapshot.reading_from(world.clock, read()):
        with counted_statements() as said:
            assert await records.read(OPTIONS, HERE) == KEPT
    assert said == []


async def test_an_order_counts_by_the_time_zone_that_another_process_has_just_chosen(
    world: World, snapshots: SqlSnapshots
) -> None:
    counted = select(jobs.c.day).order_by(jobs.c.created_at)
    async with world.another_process() as other, snapshots.of(GUILD, []):
        await world.store.add(a_job())
        elsewhere = GuildRows(database=other.database, opening=AccessPolicy.EVERYONE, budget=Usd.of("100"))
        await elsewhere.set_time_zone(GUILD, "Pacific/Kiritimati")  # 14 hours ahead
        await world.store.add_all(a_batch(2))
    days = await world.database.read(lambda connection: connection.scalars(counted))
    assert list(days) == ["2026-11-23", "2026-11-24", "2026-11-24"]


async def test_an_order_takes_a_statement_less_where_its_calendar_is_known(
    world: World, snapshots: SqlSnapshots
) -> None:
    async with snapshots.of(GUILD, []):
        with counted_statements() as known:
            await world.store.add(a_job())
    with counted_statements() as unknown:
        await world.store.add(a_job())
    assert len(known) == len(unknown) - 1
