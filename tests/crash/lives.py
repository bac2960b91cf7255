"""One process after another with one service that outlives them: its address, and how a process ends."""

from __future__ import annotations

import asyncio
import functools
import io
import socket
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from aiohttp import web
from PIL import Image

from bot.domain.errors import MovedOn
from bot.domain.job import Job, Lease, PostedMessage
from bot.domain.media import FramePosition
from bot.domain.phases import Queued, Submitting
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.domain.ports.publishing import ResultPublisher
from bot.domain.video import Size
from bot.jobs.context import StepContext
from bot.jobs.runner import Runner
from bot.providers.common.timeouts import Timeouts
from bot.sandbox.video.service import SANDBOX_KEY
from tests.builders import an_account
from tests.crash.fate import (
    Fate,
    Killed,
    MortalComfyUI,
    MortalFal,
    MortalOpenAI,
    MortalProvider,
    MortalReplicate,
    MortalStore,
    MortalXai,
)
from tests.scripted import PlainMediaProcessor
from tests.servers import an_http_server

PLACES = ConcurrencyLimits(total=3)
PATIENCE = Timeouts(submit=10.0, look=10.0)


class Site:
    """One address for a service that is rebuilt for each run, and the adapters for it."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        account = an_account(key=SANDBOX_KEY, base_url=f"{self._base}/video/openai/v1")
        self._providers: Mapping[str, MortalProvider] = {
            "openai": MortalOpenAI(account, PATIENCE),
            "plain": MortalOpenAI(replace(account, server="plain"), PATIENCE),
            "fal": MortalFal(replace(account, base_url=f"{self._base}/video/fal"), PATIENCE),
            "comfyui": MortalComfyUI(replace(account, base_url=f"{self._base}/video/comfyui"), PATIENCE),
            "replicate": MortalReplicate(replace(account, base_url=f"{self._base}/video/replicate/v1"), PATIENCE),
            "xai": MortalXai(replace(account, base_url=f"{self._base}/video/xai/v1"), PATIENCE),
        }

    @property
    def _base(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def provider_of(self, server: str) -> MortalProvider:
        """The account has the same name in every dialect."""
        return self._providers[server]

    @asynccontextmanager
    async def serving(self, service: web.Application, dialect: str = "openai") -> AsyncIterator[None]:
        whole = web.Application()
        whole.add_subapp(f"/video/{dialect}", service)
        async with an_http_server(whole, at=self._listener.dup()):
            yield

    async def close(self) -> None:
        for provider in self._providers.values():
            await provider.close()
        self._listener.close()


class Stills(PlainMediaProcessor):
    """Accepts every file as what it should be; its stills are pictures that the service accepts."""

    def __init__(self, fate: Fate | None = None) -> None:
        super().__init__()
        self._fate = fate or Fate()

    async def join(self, first: Path, second: Path, target: Path) -> None:
        self._fate.passes("before two videos are joined")
        await super().join(first, second, target)
        self._fate.passes("after two videos were joined")

    async def still(self, video: Path, size: Size, moment: FramePosition) -> bytes:
        assert video.exists(), moment
        return picture(size)


@functools.cache
def picture(size: Size) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (size.width, size.height)).save(target, "PNG")
    return target.getvalue()


async def until_dead(fate: Fate, work: Awaitable[None]) -> None:
    """From start to death, or until nothing is left to do."""
    working, dying = asyncio.ensure_future(work), asyncio.ensure_future(fate.dead.wait())
    await asyncio.wait({working, dying}, return_when=asyncio.FIRST_COMPLETED)
    for task in (working, dying):
        task.cancel()
    outcome, _ = await asyncio.gather(working, dying, return_exceptions=True)
    if isinstance(outcome, BaseException) and not isinstance(outcome, Killed | asyncio.CancelledError):
        raise outcome


async def claim_and_advance(store: MortalStore, runner: Runner) -> int:
    """Advance everything that is due by one step; returns how many steps that was."""
    leases = await store.claim("worker", PLACES, 10)
    for lease in leases:
        try:
            await runner.advance(lease)
        except MovedOn:
            continue
    return len(leases)


class Resubmitting(Runner):
    """Resends what a dead process may have sent, like a queue that guarantees "at least once"."""

    async def advance(self, lease: Lease) -> None:
        if isinstance(lease.job.phase, Submitting):
            lease = replace(lease, job=lease.job.moved_to(Queued()))
        await super().advance(lease)


class NotLooking(Runner):
    """Posts as if each attempt were the first."""

    def __init__(self, context: StepContext) -> None:
        super().__init__(replace(context, publisher=_Forgetful(context.publisher)))


@dataclass(frozen=True, slots=True)
class _Forgetful:
    publisher: ResultPublisher

    async def deliver(self, job: Job, *, again: bool) -> PostedMessage:
        assert again in {True, False}
        return await self.publisher.deliver(job, again=False)
