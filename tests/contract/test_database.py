"""Opening a database, and transactions that hold under concurrency, cancellation and a lost server."""

from __future__ import annotations

import asyncio
import logging
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from unittest.mock import patch

import aiosqlite
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.errors import CannotStart
from bot.domain.phases import Submitting
from storage.db.address import address
from storage.db.connections import engines
from storage.db.database import Database
from storage.db.schema import REVISIONS
from storage.db.upserts import put
from storage.migrations.upgrade import settings
from storage.tables import jobs, metadata, notes
from tests.contract.databases import BACKENDS, PLENTY, World, a_job, a_url, a_world, rendering
from tests.disks import waiting_for_the_disk
from tests.waiting import PATIENCE


@pytest.fixture(params=BACKENDS)
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with a_url(request.param, tmp_path) as url:
        yield url


async def add_one(connection: AsyncConnection) -> None:
    """Read, wait, write: the pattern that loses updates if a SELECT opens no transaction."""
    before = (await connection.execute(select(notes.c.value).where(notes.c.key == "sum"))).scalar_one_or_none()
    await asyncio.sleep(0)
    await put(connection, notes, key="sum", value=str(int(before or 0) + 1))


async def the_sum(database: Database) -> int:
    return int(await database.read(lambda c: c.scalar(select(notes.c.value).where(notes.c.key == "sum"))) or 0)


async def test_what_is_urgent_is_written_before_a_crowd_that_came_first(tmp_path: Path) -> None:
    done, held = list[str](), asyncio.Event()
    async with a_world("sqlite", tmp_path) as world:

        async def note(connection: AsyncConnection, name: str) -> None:
            await connection.execute(select(notes.c.key))
            done.append(name)

        async def under_way(_: AsyncConnection) -> None:
            await held.wait()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(world.database.write(under_way))
            for name in ("first", "second", "third"):
                tasks.create_task(world.database.write(partial(note, name=name)))
            await asyncio.sleep(0)
            tasks.create_task(world.database.write(partial(note, name="urgent"), urgent=True))
            await asyncio.sleep(0)
            held.set()
    assert done == ["urgent", "first", "second", "third"]


@pytest.mark.parametrize("is_answered", [False, True], ids=["intent", "answer"])
async def test_an_intent_to_send_and_its_answer_are_written_before_a_crowd_of_orders(
    tmp_path: Path, is_answered: bool
) -> None:
    """An intent is too old half a minute later, and what was paid for has an id only once that is stored."""
    held = asyncio.Event()
    async with a_world("sqlite", tmp_path) as world:
        await world.store.add(a_job())
        (lease,) = await world.store.claim("worker", PLENTY, 1)
        sending = lease.job.moved_to(Submitting(sent_at=world.clock.now(), fingerprint="f"))
        if is_answered:
            lease = await world.store.move(lease, sending, keep=True)

        async def under_way(_: AsyncConnection) -> None:
            await held.wait()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(world.database.write(under_way))
            crowd = [tasks.create_task(world.store.add(a_job(prompt=f"fox {number}"))) for number in range(20)]
            await asyncio.sleep(0)
            next_one = lease.job.moved_to(rendering("video_1")) if is_answered else sending
            moving = tasks.create_task(world.store.move(lease, next_one, 5.0, keep=not is_answered))
            await asyncio.sleep(0)
            held.set()
            await moving
            assert not any(each.done() for each in crowd[1:])


async def test_a_write_that_fails_lets_the_next_one_in(tmp_path: Path) -> None:
    async def fails(_: AsyncConnection) -> None:
        raise LookupError

    async with a_world("sqlite", tmp_path) as world:
        ended = await asyncio.gather(
            *(world.database.write(work) for work in (fails, add_one, fails, add_one)), return_exceptions=True
        )
        assert [type(each) for each in ended] == [LookupError, type(None), LookupError, type(None)]
        assert await the_sum(world.database) == 2


async def test_a_statement_takes_one_visit_to_the_thread_of_its_connection(tmp_path: Path) -> None:
    async with a_world("sqlite", tmp_path) as world:
        assert await the_sum(world.database) == 0  # this connects
        with patch.object(
            aiosqlite.Connection, "_execute", autospec=True, side_effect=aiosqlite.Connection._execute
        ) as visits:
            assert await the_sum(world.database) == 0
        assert visits.await_count == 1  # it starts with the statement, which does not wait for its end


async def test_rows_can_be_streamed(world: World) -> None:
    async def read(connection: AsyncConnection) -> list[int]:
        counted = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 150) SELECT i FROM n")
        return [row.i async for row in await connection.stream(counted)]

    assert await world.database.read(read) == list(range(1, 151))


# Transactions


async def test_no_update_is_lost_between_tasks_of_two_processes(tmp_path: Path) -> None:
    async with a_world("sqlite", tmp_path) as world, world.another_process() as other:
        both = (world.database, other.database)
        await asyncio.gather(*(database.write(add_one) for database in both for _ in range(50)))
        assert await the_sum(world.database) == 100


async def test_whoever_is_cancelled_waits_for_the_end_of_the_transaction(world: World) -> None:
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def slow(connection: AsyncConnection) -> None:
        await add_one(connection)
        inside.set()
        await go_on.wait()

    caller = asyncio.create_task(world.database.write(slow))
    await inside.wait()
    caller.cancel()
    await asyncio.sleep(0)
    assert not caller.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert await the_sum(world.database) == 1


async def test_a_statement_cancelled_half_way_leaves_no_lock_behind(tmp_path: Path) -> None:
    started = asyncio.Event()
    counting = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) SELECT count(*) FROM n"

    async def count(connection: AsyncConnection) -> None:
        await add_one(connection)
        started.set()
        await connection.execute(text(counting))

    async with a_world("sqlite", tmp_path) as world, world.another_process() as other:
        caller = asyncio.create_task(world.database.write(count))
        await started.wait()
        caller.cancel()
        async with asyncio.timeout(4):  # less than a connection waits for a lock
            await other.database.write(add_one)
        await asyncio.wait({caller})
        assert caller.cancelled()
        assert await the_sum(world.database) == 2


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT count(*) FROM n"


async def test_whoever_is_cancelled_has_a_long_read_broken_off(world: World, caplog: pytest.LogCaptureFixture) -> None:
    began = asyncio.Event()

    async def endless(connection: AsyncConnection) -> None:
        assert await connection.scalar(text("SELECT 1")) == 1
        began.set()
        await connection.execute(text(ENDLESS))

    caller = asyncio.create_task(world.database.read_at_start(endless))
    await began.wait()
    caller.cancel()
    async with asyncio.timeout(PATIENCE):  # counting would take many minutes
        await asyncio.wait({caller})
    assert caller.cancelled()
    for _ in range(5):  # its connection is used again, or a new one in its place
        assert await the_sum(world.database) == 0
    # psycopg reports that if the server is slow to end the query.
    assert [each.getMessage() for each in caplog.records if not each.name.startswith("psycopg")] == []


async def test_a_transaction_that_fails_leaves_nothing(world: World) -> None:
    async def fail(connection: AsyncConnection) -> None:
        await add_one(connection)
        raise LookupError

    with pytest.raises(LookupError):
        await world.database.write(fail)
    assert await the_sum(world.database) == 0


async def test_reading_cannot_write(world: World) -> None:
    with pytest.raises(Exception, match=r"read-?only"):
        await world.database.read(add_one)


async def test_a_lock_held_by_another_program_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(engines, "LOCK_WAIT", 1)
    async with a_world("sqlite", tmp_path) as world:
        other = sqlite3.connect(str(address(world.url).database), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        tried = asyncio.Event()

        def notice(record: logging.LogRecord) -> bool:
            if "trying again" in record.msg:
                tried.set()
            return True

        monkeypatch.setattr(caplog.handler, "filters", [notice])
        writing = asyncio.create_task(world.database.write(add_one))
        await tried.wait()
        other.execute("ROLLBACK")
        other.close()
        await writing
        assert await the_sum(world.database) == 1


@pytest.mark.postgres
@pytest.mark.parametrize("write", [True, False], ids=["writing", "reading"])
async def test_postgresql_neither_compiles_our_statements_nor_starts_processes_for_them(
    tmp_path: Path, *, write: bool
) -> None:
    async with a_world("postgres", tmp_path) as world:
        asked = "SELECT current_setting('jit'), current_setting('max_parallel_workers_per_gather')"

        async def settings_of(connection: AsyncConnection) -> tuple[str, ...]:
            return tuple((await connection.exec_driver_sql(asked)).one())

        run = world.database.write if write else world.database.read
        assert await run(settings_of) == ("off", "0")


@pytest.mark.postgres
async def test_a_server_that_dropped_its_connections_is_asked_again(tmp_path: Path) -> None:
    async with a_world("postgres", tmp_path) as world:
        await world.database.write(add_one)
        async with world.another_process() as other:
            drop = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            await other.database.write(lambda c: c.execute(text(f"{drop} AND pid <> pg_backend_pid()")))
        await world.database.write(add_one)
        assert await the_sum(world.database) == 2


@pytest.mark.postgres
async def test_a_server_that_only_reads_after_a_fail_over_is_left_for_the_one_that_writes(tmp_path: Path) -> None:
    """The connection is open, but its server has become the standby (gpustack/gpustack#6105)."""
    servers: list[int] = []

    async def at_first_on_a_standby(connection: AsyncConnection) -> None:
        servers.append((await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one())
        if servers == servers[:1] * len(servers):
            await connection.execute(text("SET TRANSACTION READ ONLY"))
        await add_one(connection)

    async with a_world("postgres", tmp_path) as world:
        await world.database.write(at_first_on_a_standby)
        assert await the_sum(world.database) == 1
    assert len(set(servers)) == 2


# The tables


def _is_among_all_tables(name: str | None, kind: str, _parents: object) -> bool:
    """The words of prompts are not: each kind of database stores them in its own way."""
    return kind != "table" or not (name or "").startswith("video_words")


async def test_the_migrated_tables_are_those_of_the_code(world: World) -> None:
    def differences(connection: Connection) -> list[object]:
        options = {"include_name": _is_among_all_tables}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    assert await world.database.read(lambda c: c.run_sync(differences)) == []


async def test_the_migrated_indexes_have_the_conditions_of_the_code(world: World, tmp_path: Path) -> None:
    backend = "sqlite" if world.url.startswith("sqlite") else "postgres"
    with a_url(backend, tmp_path) as url:
        fresh = Database(engines.engines_for(address(url)), address(url))
        await fresh.write(lambda c: c.run_sync(metadata.create_all))
        assert await indexes(fresh) == await indexes(world.database)
        await fresh.close()


async def indexes(database: Database) -> set[str]:
    async def read(connection: AsyncConnection) -> set[str]:
        query = (
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' "
            "AND tablename NOT IN ('alembic_version', 'video_words', 'video_words_walk')"
        )
        if connection.dialect.name == "sqlite":
            query = "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        return {" ".join(row[0].split()) for row in await connection.execute(text(query))}

    return await database.read(read)


def test_the_revisions_known_are_the_migrations_there_are() -> None:
    scripts = ScriptDirectory.from_config(settings()).walk_revisions()
    assert tuple(script.revision for script in scripts)[::-1] == REVISIONS


async def test_opening_again_keeps_everything(world: World) -> None:
    job = await world.store.add(a_job())
    async with world.another_process() as reopened:
        assert await reopened.get(job.id) == job


def test_a_start_that_finds_the_tables_up_to_date_loads_no_migrations(tmp_path: Path) -> None:
    start = (
        "import asyncio, sys; from storage.db.database import Database; "
        f"db = asyncio.run(Database.open('sqlite:///{tmp_path}/kinora.db')); print('alembic' in sys.modules)"
    )
    here = Path(__file__).parents[2]
    starts = [subprocess.check_output([sys.executable, "-c", start], cwd=here, text=True) for _ in range(2)]
    assert starts == ["True\n", "False\n"]


async def test_processes_that_start_at_once_migrate_once(new_url: str) -> None:
    opened = await asyncio.gather(*(Database.open(new_url) for _ in range(4)))
    for database in opened:
        assert await database.read(lambda c: c.scalar(select(jobs.c.id))) is None
        await database.close()


async def test_a_database_of_a_newer_kinora_is_left_alone(new_url: str) -> None:
    database = await Database.open(new_url)
    await database.write(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    await database.close()
    with pytest.raises(CannotStart, match="newer version of Kinora"):
        await Database.open(new_url)


# Addresses


@pytest.mark.parametrize(
    ("text", "driver"),
    [
        ("sqlite:///kinora.db", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:///kinora.db", "sqlite+aiosqlite"),
        ("postgres://ann:secret@db/kinora", "postgresql+psycopg"),
        ("postgresql://ann:secret@db/kinora", "postgresql+psycopg"),
        ("postgresql+psycopg://ann:secret@db/kinora", "postgresql+psycopg"),
    ],
)
def test_an_address_is_read_as_people_write_it(text: str, driver: str) -> None:
    assert address(text).drivername == driver


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("kinora.db", "cannot be read"),
        ("mysql://ann:secret@db/kinora", "not in 'mysql'"),
        ("sqlite://", "path of a file"),
        ("sqlite:///:memory:", "path of a file"),
        ("postgresql://ann:secret@db:port/kinora", "cannot be read"),
    ],
)
async def test_an_address_that_cannot_work_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(CannotStart, match=sentence):
        await Database.open(text)


async def test_the_folder_of_the_file_is_made(tmp_path: Path) -> None:
    await (await Database.open(f"sqlite:///{tmp_path}/data/deep/kinora.db")).close()
    assert (tmp_path / "data/deep/kinora.db").is_file()


async def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")
    with pytest.raises(CannotStart, match=r"data for the database cannot be made: File exists\."):
        await Database.open(f"sqlite:///{tmp_path}/data/kinora.db")


async def test_a_file_that_is_no_database_is_said_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "kinora.db"
    file.write_text("Dear diary, " * 100)
    with pytest.raises(CannotStart, match=r"kinora\.db cannot be used: file is not a database\. Check DATABASE_URL"):
        await Database.open(f"sqlite:///{file}")
    assert file.read_text().startswith("Dear diary")


@pytest.mark.postgres
async def test_a_server_that_does_not_answer_is_said_without_the_password(unused_tcp_port: int) -> None:
    with pytest.raises(CannotStart) as refusal:
        await Database.open(f"postgresql://ann:secret@127.0.0.1:{unused_tcp_port}/kinora")
    assert "postgresql+psycopg://ann:***@127.0.0.1" in refusal.value.sentence
    assert "secret" not in refusal.value.sentence


async def test_a_file_that_was_removed_is_not_written_to_and_is_used_again_once_it_is_back(tmp_path: Path) -> None:
    file, aside = tmp_path / "kinora.db", tmp_path / "aside.db"
    database = await Database.open(f"sqlite:///{file}")
    try:
        file.rename(aside)
        for transaction in (database.write, database.read):
            with pytest.raises(FileNotFoundError, match="was removed while it was in use"):
                await transaction(lambda c: c.execute(select(notes)))
        assert not file.exists()
        aside.rename(file)
        await database.write(lambda c: c.execute(select(notes)))
        shutil.copy(file, aside)
        aside.replace(file)  # like when a backup is restored
        for transaction in (database.write, database.read):
            await transaction(lambda c: c.execute(select(notes)))
    finally:
        await database.close()


async def test_sqlite_waits_for_the_disk_at_each_commit(tmp_path: Path) -> None:
    """What is stored before a paid request has to survive a power cut. 2 is FULL."""
    with waiting_for_the_disk():
        database = await Database.open(f"sqlite:///{tmp_path / 'kinora.db'}")
        try:
            names = ("synchronous", "journal_mode", "foreign_keys", "journal_size_limit")
            assert [await database.write(partial(_pragma, name)) for name in names] == [2, "wal", 1, engines.MOST_LOG]
        finally:
            await database.close()


async def _pragma(name: str, connection: AsyncConnection) -> object:
    return (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
