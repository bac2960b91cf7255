"""A worker in its own process: `python -m tests.crash.worker`, configured by the environment.

It uses the shipped engine, stores, files and adapter. Fakes replace Discord (a channel over HTTP in the test process,
so that it outlives the worker) and the media processor (a plain one, so that twenty jobs take seconds).
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import secrets
import signal
import warnings
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.clock import SystemClock
from bot.domain.access.limits import UNLIMITED, OrderLimits
from bot.domain.errors import Unavailable
from bot.domain.job import Job, PostedMessage
from bot.domain.money.usd import Usd
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.jobs.events import JobEvents
from bot.jobs.runner import Runner
from bot.jobs.timing.poll_schedule import PollSchedule
from bot.jobs.worker import Worker
from bot.providers.openai.adapter import OpenAIVideos
from bot.sandbox.video.service import SANDBOX_KEY
from storage.db.database import Database
from storage.files.local import LocalFiles
from tests.builders import an_account
from tests.stores import JobStores
from tests.workbench import a_step_context

log = logging.getLogger("worker")

BUDGET = Usd.of(25)


@dataclass(frozen=True, kw_only=True)
class HttpPublisher:
    """Posts over HTTP with a nonce, like the announcer."""

    session: aiohttp.ClientSession
    channel: str

    async def deliver(self, job: Job, *, again: bool) -> PostedMessage:
        sent = {"job": job.id, "nonce": f"k1-{job.id}-result", "again": again}
        try:
            async with self.session.post(self.channel, json=sent) as answer:
                message_id = int(await answer.text())
        except aiohttp.ClientError as error:
            raise Unavailable("The channel cannot be reached.") from error
        return PostedMessage(channel_id=job.channel_id, message_id=message_id)

    async def limits(self, job: Job) -> OrderLimits:
        assert job.id
        return UNLIMITED


async def work(environment: dict[str, str]) -> None:
    async with AsyncExitStack() as opened:
        database = await Database.open(environment["DATABASE_URL"])
        opened.push_async_callback(database.close)
        provider = OpenAIVideos(an_account(key=SANDBOX_KEY, base_url=environment["VIDEO_URL"]))
        opened.push_async_callback(provider.close)
        session = await opened.enter_async_context(aiohttp.ClientSession())
        clock, events = SystemClock(), JobEvents()
        lease = float(environment["LEASE_SECONDS"])
        store = JobStores(database=database, clock=clock, budget=BUDGET, lease_seconds=lease)
        publisher = HttpPublisher(session=session, channel=environment["CHANNEL_URL"])
        context = a_step_context(
            database,
            store=store,
            clock=clock,
            provider=provider,
            publisher=publisher,
            files=LocalFiles(Path(environment["FILES"])),
            events=events,
            poll_schedule=PollSchedule(least=0.1, most=0.3),
            rng=random.Random(),
        )
        places = ConcurrencyLimits(total=int(environment["PLACES"]))
        worker = Worker(store, Runner(context), places, name=f"worker-{secrets.token_hex(6)}", lease_seconds=lease)
        events.listen(worker.wake)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
        log.info("ready")
        await worker.run()


if __name__ == "__main__":
    warnings.simplefilter("ignore", DeprecationWarning)  # from the SDK, for each order
    logging.basicConfig(level=logging.INFO)
    asyncio.run(work(dict(os.environ)))
