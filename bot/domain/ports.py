"""What the rules need from the world outside, as protocols. Those who need a thing say here what it must do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from bot.domain.access import Opening, Studio
from bot.domain.costs import Costs, Period
from bot.domain.health import TrackRecord
from bot.domain.history import Page, Turn, Which
from bot.domain.ids import JobId
from bot.domain.job import Job, Lease, Line, PostedMessage
from bot.domain.money import Usd
from bot.domain.video import Size


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """How many renders may run at once, counted in the database over all processes."""

    total: int
    per_guild: int | None = None
    per_member: int | None = None


class JobStore(Protocol):
    async def add(self, job: Job) -> Job:
        """Store a Queued job and reserve its quote in its server's month, in one transaction.

        An interaction seen before gives the job it made then. Raises OverBudget.
        """
        ...

    async def exchange(self, seen: Job, ended: Job, job: Job) -> Job:
        """Store `job` as `add` does in the place of a waiting one, which becomes `ended`: both or neither.

        `seen` is the waiting one as it was seen; its reserved money is free before the other's is taken. Raises
        MovedOn when it does not wait like that any more, and OverBudget.
        """
        ...

    async def get(self, job_id: JobId) -> Job | None: ...

    async def claim(self, worker: str, places: Places, most: int) -> Sequence[Lease]:
        """Lease due steps, and queued jobs in fair order while places are free; atomic over all processes."""
        ...

    async def extend(self, held: Iterable[tuple[JobId, int]]) -> Sequence[tuple[JobId, int]]:
        """Prolong these leases, named by job and epoch; what does not come back is lost."""
        ...

    async def move(self, lease: Lease, job: Job, after: float | None = None, *, keep: bool = False) -> Lease:
        """Write the job as it is now; `after` seconds it is due again (None: never by itself).

        The lease is handed back unless `keep`. Money follows the job in the same transaction: the first `cost`
        settles the reservation, coming to rest without one releases it (NeedsReview keeps it). Raises MovedOn,
        TwinInFlight for a Submitting job whose fingerprint another job in Submitting or Unknown has, and NotFree for
        a remote id that another job has.
        """
        ...

    async def hand_back(self, leases: Iterable[Lease]) -> None:
        """Give leases back unused, due at once."""
        ...

    async def decide(self, seen: Job, job: Job, after: float | None = None) -> Job:
        """Write what a person or the sweep decided about a job that was seen in a phase, over whoever holds it.

        For Queued, Unknown and NeedsReview. Whoever works on it is fenced; money follows as in `move`; leaving
        NeedsReview forgets earlier wishes to cancel. Raises MovedOn when it is not in that phase any more, and NotFree
        as `move` does.
        """
        ...

    async def cancel(self, job_id: JobId, by: int) -> Job:
        """Cancel a queued job at once and free its money; for one under way remember who asked, and make it due."""
        ...

    async def delivered(self, job_id: JobId) -> Job:
        """An Undelivered job was shown after all: it is Done. Anything else stays as it is. Raises NotFound."""
        ...

    async def mark_deleted(self, job_id: JobId) -> None:
        """Its files are gone; what it cost stays in the books."""
        ...

    async def next_due(self) -> float | None:
        """Seconds until the next step is due (never negative), or None when nothing waits."""
        ...

    async def line(self, job: Job, places: Places) -> Line: ...

    async def latest(self, guild_id: int, owner_id: int | None, most: int) -> Sequence[Job]:
        """Newest first; one member's, or all of the server."""
        ...

    async def under_way(self, guild_id: int) -> Sequence[Job]:
        """All jobs of a server that are not at rest, in the order they will be served."""
        ...

    async def in_review(self, guild_id: int) -> Sequence[Job]:
        """All jobs of a server that wait for a person's decision, oldest first."""
        ...

    async def without_video(self, provider: str) -> Sequence[Job]:
        """Jobs of which no video is known at their provider, and that may have or get one; oldest first.

        In Queued, Submitting and Unknown, and in NeedsReview when nobody knows.
        """
        ...

    async def hurry(self, provider: str) -> None:
        """Make its queued jobs due at once: what they were told to wait for is over."""
        ...

    async def nudge(self, job_id: JobId) -> None:
        """Make a rendering job due at once; any other stays as it is. A look under way still sets its own time."""
        ...

    async def finished(self, guild_id: int, owner_id: int, text: str, most: int) -> Sequence[Job]:
        """A member's videos that can be remixed, newest first, whose prompt or id contains `text`."""
        ...

    async def history(self, guild_id: int, owner_id: int, which: Which, turn: Turn | None, most: int) -> Page:
        """The `most` videos of a member next to the turn's, or the newest."""
        ...

    async def render_times(self, provider: str, model: str, seconds: int, size: Size) -> Sequence[float]:
        """Seconds from accepted order to the end, of the last 200 of this kind."""
        ...

    async def track_records(self, models: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], TrackRecord]:
        """By provider and model: how the last orders ended and how long the last 200 videos took."""
        ...

    async def known(self, provider: str, remote_ids: Iterable[str]) -> frozenset[str]:
        """Those of the ids that belong to a job of ours."""
        ...

    async def costs(self, guild_id: int, owner_id: int | None, period: Period) -> Costs:
        """From the ledger; budget figures only when `owner_id` is None."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The messages that show a job."""

    card: PostedMessage | None = None
    result: PostedMessage | None = None


class Way(StrEnum):
    """Where a result may be posted, in the order that this is tried."""

    ORDERED = "result"  # where it was ordered
    PARENT = "parent"  # in the channel of the thread it was ordered in
    DIRECT = "direct"  # to its owner alone


class MessageStore(Protocol):
    async def shown(self, job_id: JobId) -> Shown: ...

    async def remember_card(self, job_id: JobId, message: PostedMessage) -> None: ...

    async def remember_drawn(self, job_id: JobId, state: str) -> None:
        """The card now shows the job in this state (a phase's name), or cannot be changed any more."""
        ...

    async def outdated_cards(self, most: int) -> Sequence[Job]:
        """Jobs whose card shows another state than theirs, newest first."""
        ...

    async def remember_result(self, job_id: JobId, message: PostedMessage) -> None: ...

    async def remember_detour(self, job_id: JobId, way: Way, channel_id: int = 0) -> None:
        """The intent to post the result there, because no place before took it; `channel_id` as soon as it is known."""
        ...

    async def detour(self, job_id: JobId) -> Way | None:
        """The last of them; None while it goes where it was ordered."""
        ...

    async def forget_result(self, job_id: JobId) -> None: ...

    async def remember_repost(self, job_id: JobId, message: PostedMessage) -> None:
        """It is the result from now on; the one before it becomes a copy."""
        ...

    async def remember_copy(self, job_id: JobId, message: PostedMessage) -> None:
        """A message that shows the video beside its result."""
        ...

    async def copies(self, job_id: JobId) -> Sequence[PostedMessage]: ...


class StudioStore(Protocol):
    async def studio(self, guild_id: int) -> Studio:
        """A server's rules; the defaults where it has none of its own."""
        ...

    async def grant(self, guild_id: int, role_id: int) -> Studio: ...

    async def revoke(self, guild_id: int, role_id: int) -> Studio: ...

    async def open_to(self, guild_id: int, opening: Opening) -> Studio: ...

    async def set_budget(self, guild_id: int, budget: Usd) -> Studio:
        """From now on, this month included."""
        ...


class Notebook(Protocol):
    """Small facts that outlive the process, such as the hash of the registered commands."""

    async def read(self, key: str) -> str | None: ...

    async def write(self, key: str, value: str) -> None: ...


class FileStore(Protocol):
    """Finished files under keys such as `videos/K7Q4FD/1f0c.mp4`. A key is there whole or not at all."""

    def scratch(self, suffix: str = "") -> AbstractAsyncContextManager[Path]:
        """A new path to write to, on the store's own disk; whatever is left there afterwards is removed."""
        ...

    async def keep(self, path: Path, key: str) -> None:
        """Move a scratch file under its key, durably. Repeating it is harmless."""
        ...

    async def put(self, data: bytes, key: str) -> None: ...

    def local(self, key: str) -> AbstractAsyncContextManager[Path]:
        """The file as a path to read from. FileNotFoundError when there is none."""
        ...

    async def remove(self, keys: Iterable[str]) -> None:
        """Remove files; those already gone do not matter."""
        ...

    async def free_bytes(self) -> int: ...


class Doorkeeper(Protocol):
    async def may_still_make(self, job: Job) -> bool:
        """Whether the owner is still on the server and still has the right; True when Discord cannot be asked."""
        ...


class Reposter(Protocol):
    async def repost(self, job: Job, *, asked_by: int, nonce: str) -> PostedMessage:
        """Post a kept video as a new message to the job's `channel_id`, within its `upload_limit`.

        The same nonce within a few minutes gives the same message. Raises Undeliverable when the channel will not take
        it, Unavailable when Discord cannot be reached.
        """
        ...


class Courier(Protocol):
    async def deliver(self, job: Job, *, again: bool) -> None:
        """Post a finished video as a message of its own, once. `again`: an earlier try may have got through.

        Raises Undeliverable when its channel will not take it, Unavailable when Discord cannot be reached.
        """
        ...
