"""Where a process can die, and the ports of a process that dies on command."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from bot.data_classes import wired
from bot.domain.access.limits import UNLIMITED, OrderLimits
from bot.domain.errors import OutcomeUnknown, ProviderError
from bot.domain.ids import JobId
from bot.domain.job import Job, Lease, PostedMessage
from bot.domain.models.card import ModelCard
from bot.domain.money.allowances import NO_MEMBER_LIMITS, Allowances
from bot.domain.phases import name_of
from bot.domain.ports.jobs import ConcurrencyLimits, StepRoom
from bot.domain.ports.provider import Asset, Listed, Look, Order, Provider
from bot.jobs.delivery.batches import BatchCards
from bot.providers.comfyui.adapter import ComfyUI
from bot.providers.fal.adapter import FalVideos
from bot.providers.openai.adapter import OpenAIVideos
from bot.providers.replicate.adapter import ReplicateVideos
from bot.providers.xai.adapter import XaiVideos
from storage.files.local import LocalFiles
from tests.stores import JobStores


class Killed(BaseException):
    """The process ends here. No `except Exception` may survive it, just as nothing survives kill -9."""


@dataclass
class Fate:
    """Counts the points that a process passes and ends it at one of them, if any."""

    dies_at: str | None = None
    dies_after: int | None = None  # points
    passed: list[str] = field(default_factory=list)
    dead: asyncio.Event = field(default_factory=asyncio.Event)
    _times: Counter[str] = field(default_factory=Counter)

    def reaches(self, point: str) -> None:
        """Something outside sees that the process has come this far; if it has to die here, it is dead from now on."""
        self._times[point] += 1
        numbered = f"{point} ({self._times[point]})"
        self.passed.append(numbered)
        if numbered == self.dies_at or len(self.passed) == self.dies_after:
            self.dead.set()

    def passes(self, point: str) -> None:
        """The process itself comes this far. Raises Killed if it is dead."""
        self.reaches(point)
        if self.dead.is_set():
            raise Killed(point)


@wired
class MortalStore(JobStores):
    """The real job table, with a death before and after each write."""

    fate: Fate

    async def add(self, job: Job, allowances: Allowances = NO_MEMBER_LIMITS) -> Job:
        self.fate.passes("before an order is stored")
        added = await super().add(job, allowances)
        self.fate.passes("after an order was stored")
        return added

    async def add_all(self, wanted: Sequence[Job], allowances: Allowances = NO_MEMBER_LIMITS) -> Sequence[Job]:
        self.fate.passes("before a batch is stored")
        added = await super().add_all(wanted, allowances)
        self.fate.passes("after a batch was stored")
        return added

    async def claim(
        self, worker: str, places: ConcurrencyLimits, most: int, room: StepRoom | None = None
    ) -> Sequence[Lease]:
        leases = await super().claim(worker, places, most, room)
        if leases:
            self.fate.passes("after " + ", ".join(name_of(lease.job.phase) for lease in leases) + " was claimed")
        return leases

    async def move(
        self,
        lease: Lease,
        job: Job,
        after: float | None = None,
        *,
        keep: bool = False,
        result: PostedMessage | None = None,
    ) -> Lease:
        self.fate.passes(f"before {name_of(job.phase)} is stored")
        moved = await super().move(lease, job, after, keep=keep, result=result)
        self.fate.passes(f"after {name_of(job.phase)} was stored")
        return moved

    async def add_double(self, job: Job) -> Job:
        self.fate.passes("before the double of an order is stored")
        added = await super().add_double(job)
        self.fate.passes("after the double of an order was stored")
        return added

    async def decide(self, seen: Job, job: Job, after: float | None = None) -> Job:
        self.fate.passes(f"before it is stored that somebody decided on {name_of(job.phase)}")
        decided = await super().decide(seen, job, after)
        self.fate.passes(f"after it was stored that somebody decided on {name_of(job.phase)}")
        return decided


class MortalFiles(LocalFiles):
    """The real file store, with a death around each file that is stored."""

    def __init__(self, folder: Path, fate: Fate) -> None:
        super().__init__(folder)
        self._fate = fate

    async def keep(self, path: Path, key: str) -> None:
        self._fate.passes(f"before the {path.suffix} is kept")
        await super().keep(path, key)
        self._fate.passes(f"after the {path.suffix} was kept")


class Mortal:
    """Wraps a real adapter over real HTTP, with a death around each request. Without state: all processes share it.

    `is_found_by_name`: a lost order is found by our name for it, rather than in a list. `has_arrived`: for an order
    that is answered too late. It waits until the service has received all of it instead of for some seconds: on a busy
    machine these may be over before the order is sent.
    """

    is_found_by_name = False
    fate = Fate()
    has_arrived: asyncio.Event | None = None

    @property
    def _adapter(self) -> Provider:
        return cast("Provider", super())

    async def submit(self, order: Order) -> str:
        self.fate.passes("before the order is sent")
        try:
            remote_id = await self._in_time(self._adapter.submit(order))
        except ProviderError:
            self.fate.passes("after the order was answered with trouble")
            raise
        self.fate.passes("after the order was answered")
        return remote_id

    async def _in_time(self, answering: Coroutine[Any, Any, str]) -> str:
        """Raises OutcomeUnknown like the adapter after its time limit."""
        if self.has_arrived is None:
            return await answering
        sending, hearing = asyncio.create_task(answering), asyncio.create_task(self.has_arrived.wait())
        try:
            await asyncio.wait({sending, hearing}, return_when=asyncio.FIRST_COMPLETED)
            if not hearing.done():
                return sending.result()
            self.has_arrived = None
            raise OutcomeUnknown("The service was sent the order, but its reply was lost (no answer in time).")
        finally:
            for task in (sending, hearing):
                task.cancel()
            await asyncio.gather(sending, hearing, return_exceptions=True)

    async def look(self, remote_id: str) -> Look:
        look = await self._adapter.look(remote_id)
        self.fate.passes("after a look")
        return look

    async def cancel(self, remote_id: str) -> bool:
        self.fate.passes("before a cancel is sent")
        is_stopped = await self._adapter.cancel(remote_id)
        self.fate.passes("after a cancel was answered")
        return is_stopped

    async def recent(self, since: datetime, cards: Collection[ModelCard] = ()) -> Sequence[Listed] | None:
        listed = await self._adapter.recent(since, cards)
        if not self.is_found_by_name:
            self.fate.passes("after a listing")
        return listed

    async def find(self, own_name: str) -> Any:  # some adapters have a wider signature
        found = await self._adapter.find(own_name)
        if self.is_found_by_name:
            self.fate.passes("after a search by name")
        return found

    async def fetch(self, remote_id: str, asset: Asset, target: Path) -> bool:
        is_there = await self._adapter.fetch(remote_id, asset, target)
        self.fate.passes(f"after the {asset} was downloaded")
        return is_there


class MortalOpenAI(Mortal, OpenAIVideos):
    """A service that lists its orders."""


class MortalFal(Mortal, FalVideos):
    """A service that lists only orders that have ended."""


class MortalReplicate(Mortal, ReplicateVideos):
    """A service whose list shows what was sent, and that accepts files beforehand."""


class MortalComfyUI(Mortal, ComfyUI):
    """A service that knows an order by our name for it."""

    is_found_by_name = True


class MortalXai(Mortal, XaiVideos):
    """A service that stores its videos under our name for them."""

    is_found_by_name = True


MortalProvider = MortalOpenAI | MortalFal | MortalReplicate | MortalComfyUI | MortalXai


class Channel:
    """Where videos are posted. It outlives every process, and remembers each nonce, like Discord for some minutes."""

    def __init__(self) -> None:
        self.posts: list[tuple[JobId, str]] = []  # job and nonce of each message people see
        self.cards: dict[int, JobId] = {}  # those that still exist, by the message's id
        self._shown = 0  # cards so far

    def post(self, job_id: JobId, nonce: str) -> int:
        """The message's id: that of an existing one with this nonce, or of a new one."""
        nonces = [posted for _, posted in self.posts]
        if nonce not in nonces:
            self.posts.append((job_id, nonce))
            return len(self.posts)
        return nonces.index(nonce) + 1

    def show_card(self, job_id: JobId) -> int:
        """The message's id."""
        self._shown += 1
        self.cards[self._shown] = job_id
        return self._shown


@dataclass(frozen=True, kw_only=True)
class MortalPublisher:
    """Posts like the announcer, and dies before that is stored."""

    channel: Channel
    batch_cards: BatchCards
    files: LocalFiles
    fate: Fate
    meanwhile: Callable[[], Awaitable[None]]  # what people do while an order is being prepared

    async def deliver(self, job: Job, *, again: bool) -> PostedMessage:
        self.fate.passes("before posting" + (" again" if again else ""))
        assert job.video is not None
        async with self.files.local(job.video.video) as film:
            assert film.stat().st_size == job.video.bytes
        posted = await self.batch_cards.place_for(job)
        if posted is None:
            message_id = self.channel.post(job.id, f"k1-{job.id}-result")
            posted = PostedMessage(channel_id=job.channel_id, message_id=message_id)
        self.fate.passes("after posting, before it is remembered")
        return posted

    async def limits(self, job: Job) -> OrderLimits:
        assert job.id
        await self.meanwhile()
        return UNLIMITED
