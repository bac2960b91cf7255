"""Worker processes, and the world around them that outlives them: the service, the channel, the database."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from aiohttp import web
from sqlalchemy import make_url

from bot.clock import SystemClock
from bot.domain.job import Job
from bot.sandbox.video.openai.host import VideoHost
from tests.contract.databases import ANN, BUDGET, World, a_job, a_world
from tests.contract.video_services import serving
from tests.stores import JobStores
from tests.waiting import PATIENCE

CHECKOUT = Path(__file__).resolve().parents[2]
RENDER_SECONDS = 0.3
LOCK_WAIT = 0.5  # seconds; whoever holds a lock for longer is stopped
MOST_FREEZES = 50


class HttpChannel:
    """Where videos are posted. Remembers each nonce, like Discord. The first post waits until it is `open`."""

    def __init__(self) -> None:
        self.posts: dict[str, str] = {}  # nonce -> job, of each message people see
        self.asked = 0
        self.open = asyncio.Event()
        self.open.set()

    def application(self) -> web.Application:
        application = web.Application()
        application.router.add_post("/posts", self._post)
        return application

    async def _post(self, request: web.Request) -> web.Response:
        sent = await request.json()
        self.asked += 1
        if self.asked == 1:
            await self.open.wait()
        self.posts.setdefault(sent["nonce"], sent["job"])
        return web.Response(text=str(list(self.posts).index(sent["nonce"]) + 1))


@dataclass(kw_only=True)
class WorkerProcess:
    """One running worker and its log."""

    process: asyncio.subprocess.Process
    log: Path

    def says(self, words: str) -> bool:
        return words in self.log.read_text()

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    async def kill(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def stop(self) -> int:
        """Like a service manager; returns the exit code."""
        self.process.terminate()
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()


@dataclass(kw_only=True)
class Town:
    """A database, a service and a channel that several workers share."""

    world: World
    host: VideoHost
    channel: HttpChannel
    url: str
    folder: Path
    opened: AsyncExitStack
    workers: list[WorkerProcess] = field(default_factory=list)

    @property
    def store(self) -> JobStores:
        return JobStores(database=self.world.database, clock=SystemClock(), budget=BUDGET)

    async def order(self, number: int = 1) -> Sequence[Job]:
        now = datetime.now(UTC)
        return [await self.store.add(a_job(f"video {n}", owner_id=ANN + n % 4, created_at=now)) for n in range(number)]

    async def freeze(self, worker: WorkerProcess) -> None:
        """Stop a worker between two transactions: inside one it would hold a lock, which no expired lease can take."""
        for _ in range(MOST_FREEZES):
            worker.freeze()
            if await asyncio.to_thread(_can_be_written, self.world.url):
                return
            worker.thaw()
            await asyncio.sleep(0.03)
        raise AssertionError("the worker was in a transaction each time it was stopped")

    async def worker(self, *, places: int = 3, lease: float = 1.5) -> WorkerProcess:
        """Start one that holds its steps for `lease` seconds; it is killed at the end at the latest."""
        log = self.folder / f"worker-{len(self.workers)}.log"
        environment = {
            **os.environ,
            "PYTHONPATH": str(CHECKOUT),
            "DATABASE_URL": self.world.url,
            "VIDEO_URL": f"{self.url}/video/openai/v1",
            "CHANNEL_URL": f"{self.url}/channel/posts",
            "FILES": str(self.folder / "files"),
            "PLACES": str(places),
            "LEASE_SECONDS": str(lease),
        }
        with log.open("wb") as file:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.crash.worker", env=environment, stdout=file, stderr=file
            )
        worker = WorkerProcess(process=process, log=log)
        self.workers.append(worker)
        self.opened.push_async_callback(worker.kill)
        return worker

    async def at_rest(self, jobs: Sequence[Job]) -> Sequence[Job]:
        """The jobs, once nothing more happens to them."""
        deadline = time.monotonic() + PATIENCE
        while True:
            now = [job for wanted in jobs if (job := await self.store.get(wanted.id)) is not None]
            if all(job.is_at_rest for job in now) or time.monotonic() > deadline:
                return now
            await asyncio.sleep(0.05)


@asynccontextmanager
async def a_town(backend: str, folder: Path) -> AsyncIterator[Town]:
    host, channel = VideoHost(render_seconds=RENDER_SECONDS), HttpChannel()
    mounts = {"/video/openai": host.application(), "/channel": channel.application()}
    async with a_world(backend, folder) as world, serving(mounts) as url, AsyncExitStack() as opened:
        yield Town(world=world, host=host, channel=channel, url=url, folder=folder, opened=opened)


def _can_be_written(url: str) -> bool:
    """Whether nobody holds a lock on the jobs."""
    where = make_url(url)
    try:
        if where.drivername.startswith("sqlite"):
            with closing(sqlite3.connect(str(where.database), timeout=LOCK_WAIT, isolation_level=None)) as file:
                file.execute("BEGIN IMMEDIATE")
                file.execute("ROLLBACK")
        else:
            address = where.set(drivername="postgresql").render_as_string(hide_password=False)
            with psycopg.connect(address, options=f"-c lock_timeout={int(LOCK_WAIT * 1000)}") as connection:
                connection.execute("LOCK TABLE jobs IN EXCLUSIVE MODE")
                connection.rollback()
    except (sqlite3.OperationalError, psycopg.errors.LockNotAvailable):
        return False
    return True
