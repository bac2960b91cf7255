"""Records: typed, changed in one step, gone when they expire, and taken over from earlier notes."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.client import COMMANDS, RegisteredCommands
from bot.domain.ports.records import Record
from bot.domain.video import RemixMethod, Size
from bot.jobs.delivery.threads import PARENT
from bot.jobs.delivery.upload_limits import FLOOR, MIB, UploadLimits
from bot.jobs.providers.capabilities import Capabilities
from bot.jobs.providers.circuit_breaker import Circuit
from bot.jobs.providers.endpoints import EndpointHistory
from bot.jobs.reconcile.unattributed import SAID
from bot.ui.interactions.picture_choices import Offered, recall
from storage.db.address import address
from storage.db.connections.engines import engines_for
from storage.db.database import Database
from storage.migrations.upgrade import settings
from storage.records import SqlRecords
from storage.tables import notes, records
from tests.contract.databases import BACKENDS, StoppedClock, World, a_job, a_url, counted_statements

BEFORE = "0003"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    number: int
    at: datetime | None = None
    seen: Mapping[str, tuple[int, ...]] | None = None


COUNT = Record("count", Count)
PASSING = Record("passing count", Count, lasts=DAY)


@pytest.fixture
def facts(world: World) -> SqlRecords:
    return SqlRecords(database=world.database, clock=world.clock)


async def test_a_fact_is_kept_with_its_types_and_replaced(facts: SqlRecords) -> None:
    assert await facts.read(COUNT, "sheep") is None
    await facts.write(COUNT, "sheep", Count(number=1))
    full = Count(number=2, at=datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC), seen={"a": (1, 2)})
    await facts.write(COUNT, "sheep", full)
    assert await facts.read(COUNT, "sheep") == full
    assert await facts.read(COUNT, "goats") is None
    assert await facts.read(replace(COUNT, namespace="other"), "sheep") is None


async def test_many_facts_are_read_with_one_statement(facts: SqlRecords) -> None:
    kept = {f"sheep {number}": Count(number=number) for number in range(30)}
    for key, value in kept.items():
        await facts.write(COUNT, key, value)
    with counted_statements() as said:
        assert await facts.read_many(COUNT, [*kept, "goats"]) == kept
    assert len(said) == 1
    assert await facts.read_many(COUNT, []) == {}


async def test_changes_at_the_same_time_follow_one_another(world: World, facts: SqlRecords) -> None:
    def one_more(count: Count | None) -> Count:
        return Count(number=1 if count is None else count.number + 1)

    async with world.another_process() as other:
        rival = SqlRecords(database=other.database, clock=world.clock)
        await asyncio.gather(*(each.update(COUNT, "sheep", one_more) for each in [facts, rival] * 8))
    assert await facts.read(COUNT, "sheep") == Count(number=16)


async def test_an_update_says_what_it_found_and_can_forget(facts: SqlRecords) -> None:
    await facts.write(COUNT, "sheep", Count(number=1))
    changed = await facts.update(COUNT, "sheep", lambda _: None)
    assert (changed.before, changed.after) == (Count(number=1), None)
    assert await facts.read(COUNT, "sheep") is None


async def test_a_fact_lasts_as_long_as_its_kind_says_and_then_is_cleaned_away(world: World, facts: SqlRecords) -> None:
    await facts.write(PASSING, "sheep", Count(number=1))
    await facts.write(COUNT, "sheep", Count(number=1))
    await world.clock.sleep(86400)
    assert await facts.read(PASSING, "sheep") == Count(number=1)
    await facts.write(PASSING, "goats", Count(number=1))
    await world.clock.sleep(1)
    assert await facts.read(PASSING, "sheep") is None
    await facts.clean()
    assert await number_of_rows(world) == 2
    assert await facts.read(PASSING, "goats") == Count(number=1)


async def number_of_rows(world: World) -> int:
    async def read(connection: AsyncConnection) -> int:
        return (await connection.execute(select(func.count()).select_from(records))).scalar_one()

    return await world.database.read(read)


async def test_what_cannot_be_read_is_forgotten_and_named_in_the_log(
    world: World, facts: SqlRecords, caplog: pytest.LogCaptureFixture
) -> None:
    row = {"namespace": "count", "key": "sheep", "value": {"number": "many"}, "expires_at": None}
    await world.database.write(lambda connection: connection.execute(insert(records).values(row)))
    with caplog.at_level(logging.WARNING):
        assert await facts.read(COUNT, "sheep") is None
    assert "'count' of 'sheep' cannot be read" in caplog.text
    await facts.write(COUNT, "sheep", Count(number=3))
    assert await facts.read(COUNT, "sheep") == Count(number=3)


async def test_a_field_of_a_newer_version_does_not_matter(world: World, facts: SqlRecords) -> None:
    row = {"namespace": "count", "key": "sheep", "value": {"number": 4, "colour": "black"}, "expires_at": None}
    await world.database.write(lambda connection: connection.execute(insert(records).values(row)))
    assert await facts.read(COUNT, "sheep") == Count(number=4)


# An earlier database


@pytest.fixture(params=BACKENDS)
def old_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with a_url(request.param, tmp_path) as url:
        yield url


def _make_tables(connection: Connection) -> None:
    config = settings()
    config.attributes["connection"] = connection
    command.upgrade(config, BEFORE)


async def a_database_of_before(url: str, written: Mapping[str, str]) -> None:
    before = Database(engines_for(address(url)), address(url))
    rows = [{"key": key, "value": value} for key, value in written.items()]
    await before.write(lambda connection: connection.run_sync(_make_tables))
    await before.write(lambda connection: connection.execute(insert(notes), rows))
    await before.close()


NOW = datetime.now(UTC)
THEN = (NOW - timedelta(hours=1)).isoformat()
SOON = (NOW + timedelta(minutes=10)).isoformat()
WRITTEN = {
    "account trouble: openai": json.dumps({"since": THEN, "next_trial": SOON, "trials": 2, "paid": True}),
    "account trouble: gemini": "",
    "address of openai": json.dumps({"at": "ab" * 32, "since": THEN}),
    "cannot remix: video.example sora-2": json.dumps({"native": THEN, "a way of tomorrow": THEN}),
    "upload limit 7": json.dumps({"most": FLOOR, "told": 50 * MIB, "at": THEN}),
    "upload limit of direct messages": json.dumps({"most": FLOOR + 1, "told": 50 * MIB, "at": THEN}),
    "unattributed spending: openai": json.dumps({"video_1": THEN}),
    "pictures offered to 5": json.dumps(
        {"mark": "m", "pictures": [{"url": "u", "name": "fox.png", "bytes": 3, "width": 1, "height": 2}]}
    ),
    "parent of thread 11": "12",
    "registered commands": "cd" * 32,
    "address of gemini": "{",
    "something else": "entirely",
}


async def test_what_was_remembered_before_the_update_is_still_known(old_url: str) -> None:
    await a_database_of_before(old_url, WRITTEN)
    opened, clock = await Database.open(old_url), StoppedClock(NOW)
    try:
        facts = SqlRecords(database=opened, clock=clock)
        circuit, limits = Circuit(records=facts, clock=clock), UploadLimits(records=facts, clock=clock)
        assert await circuit.refused_since(["openai"]) == {"openai": NOW - timedelta(hours=1)}
        assert await circuit.until_trial("openai") == 600
        assert not await circuit.is_open("gemini")
        since = await EndpointHistory(records=facts, clock=clock).since(["openai"])
        assert since == {"openai": NOW - timedelta(hours=1)}
        absent = await Capabilities(records=facts, clock=clock).absent([("video.example", "sora-2")])
        assert [set(ways) for ways in absent.values()] == [{RemixMethod.NATIVE}]
        big = replace(a_job(), guild_id=7, upload_limit=50 * MIB)
        assert await limits.of(big) == int(FLOOR * 0.98)
        assert await limits.of(replace(big, private=True)) == int((FLOOR + 1) * 0.98)
        said = await facts.read(SAID, "openai")
        assert said is not None
        assert said.said == {"video_1": NOW - timedelta(hours=1)}
        (picture,) = await recall(facts, 5, "m")
        assert picture == Offered(url="u", name="fox.png", bytes=3, width=1, height=2)
        assert picture.shape == Size(1, 2)
        parent = await facts.read(PARENT, "11")
        assert parent is not None
        assert parent.channel_id == 12
        assert await facts.read(COMMANDS, "") == RegisteredCommands(digest="cd" * 32)
    finally:
        await opened.close()


async def test_a_version_of_before_that_still_runs_finds_what_it_wrote(old_url: str) -> None:
    await a_database_of_before(old_url, WRITTEN)
    opened = await Database.open(old_url)

    async def read(connection: AsyncConnection) -> dict[str, str]:
        return {row.key: row.value for row in await connection.execute(text("SELECT key, value FROM notes"))}

    try:
        assert await opened.read(read) == WRITTEN
    finally:
        await opened.close()
