"""Contests as they are stored, and as messages. The caller checks who may do what."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.studio.contests.contest import Contest, ContestId, ContestTimes, Noted
from bot.domain.studio.contests.outcome import ContestPlace


class EntryResult(Enum):
    """What became of an entered video."""

    ENTERED = "it is in"
    IN_ALREADY = "it was in before"
    CLOSED = "no more videos are taken"
    NOT_KEPT = "it is deleted, private or not theirs"
    OWN_LIMIT = "its owner has as many in as they may"
    FULL = "the contest has as many as it takes"


class VoteResult(Enum):
    """What became of a vote."""

    COUNTS = "it counts"
    MOVED = "it counts in the place of their vote for another"
    TAKEN_BACK = "it was given before, and is taken back"
    CLOSED = "no votes are taken now"
    GONE = "the video is in the contest no more"
    OWN = "it is their own video"
    USED_UP = "they have no vote left"


@value_object
class ContestWork:
    """A due contest, held by one process, and due again for others after `until`."""

    contest: Contest
    holder: str
    until: datetime


class ContestStore(Protocol):
    """What people do in contests. Entries count if their video is kept, not private and still its owner's."""

    async def start(self, contest: Contest, holder: str, until: datetime) -> ContestWork | None:
        """Held until then. None if its server already has the maximum of open ones."""
        ...

    async def get(self, contest_id: ContestId) -> Contest | None: ...

    async def of_guild(self, guild_id: int, most: int) -> Sequence[Contest]:
        """Open ones, then the most recent others."""
        ...

    async def entries(self, contest_id: ContestId) -> Sequence[Job]:
        """Those that count, oldest entry first."""
        ...

    async def counts(self, contest_ids: Collection[ContestId]) -> Mapping[ContestId, int]:
        """How many entries of each contest count; 0 if none does."""
        ...

    async def enter(self, contest_id: ContestId, job: Job, now: datetime) -> EntryResult: ...

    async def withdraw(self, contest_id: ContestId, job_id: JobId, now: datetime) -> bool:
        """With the votes for it. False if it was not entered, or the contest is over."""
        ...

    async def vote(self, contest_id: ContestId, member_id: int, job_id: JobId, now: datetime) -> VoteResult: ...

    async def votes_of(self, contest_id: ContestId, member_id: int) -> frozenset[JobId]:
        """Which videos they voted for."""
        ...

    async def set_times(self, contest_id: ContestId, times: ContestTimes, now: datetime) -> Contest | None:
        """Returns it as it is now; None if it is no longer open. It is due at once."""
        ...

    async def cancel(self, contest_id: ContestId, now: datetime) -> Contest | None:
        """Likewise. Entries and votes are forgotten."""
        ...

    async def standings(self, contest_id: ContestId) -> Sequence[ContestPlace]:
        """For one that is over: what is still known of its entries, best first."""
        ...

    async def touch(self, job_ids: Collection[JobId], now: datetime) -> None:
        """Make every contest due that has one of these videos."""
        ...


class ContestWorkStore(Protocol):
    """What happens in contests automatically.

    Nothing is written for `ContestWork` that another process has taken over.
    """

    async def claim(self, holder: str, now: datetime, until: datetime) -> ContestWork | None:
        """One that is due and that nobody holds, held until then."""
        ...

    async def next_due(self) -> datetime | None:
        """When the next one is, whoever holds it."""
        ...

    async def count(self, work: ContestWork, now: datetime) -> Contest | None:
        """Determine the places, once. Who voted for what is forgotten. None if it is not ours, or continues longer."""
        ...

    async def note_card(self, work: ContestWork, card_id: int | None, shown: str, now: datetime) -> bool: ...

    async def note_result(self, work: ContestWork, result_id: int | None) -> bool: ...

    async def note_told(self, work: ContestWork, noted: Noted) -> bool: ...

    async def release(self, work: ContestWork, due_at: datetime | None) -> None:
        """Due then, unless something has made it due meanwhile."""
        ...

    async def drop(self, work: ContestWork) -> None:
        """It never had anything to show."""
        ...

    async def clean(self, before: datetime) -> None:
        """Forget what ended earlier."""
        ...


@value_object
class ContestCard:
    """What the card of a contest shows."""

    contest: Contest
    entries: int
    now: datetime

    @property
    def shown(self) -> str:
        """Another one is another card."""
        contest, times = self.contest, self.contest.times
        stage = contest.stage(self.now).name
        ends = [int(at.timestamp()) for at in (times.enter_until, times.vote_until)]
        entries = 0 if contest.ended_at else self.entries  # which its result says
        return f"{contest.state} {stage} {entries} {ends} {contest.result_id}"


@value_object
class ContestResult:
    """How a contest ended."""

    contest: Contest
    standings: Sequence[ContestPlace]


class ContestChannel(Protocol):
    """All raise Undeliverable if the channel accepts nothing from us, and Unavailable if Discord can't be asked."""

    async def post_card(self, card: ContestCard, *, nonce: str) -> int:
        """The same nonce within a few minutes gives the same message."""
        ...

    async def edit_card(self, card: ContestCard) -> bool:
        """False: the message is gone."""
        ...

    async def post_result(self, result: ContestResult, *, nonce: str) -> int: ...

    async def edit_result(self, result: ContestResult) -> bool: ...

    async def find_card(self, contest: Contest) -> int | None:
        """The message that an earlier attempt may have posted."""
        ...

    async def find_result(self, contest: Contest) -> int | None: ...
