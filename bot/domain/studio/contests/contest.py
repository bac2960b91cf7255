"""A contest as it is stored: its theme, its deadlines, and its progress."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, StrEnum
from typing import NewType

from bot.data_classes import value_object

ContestId = NewType("ContestId", str)
ID_PATTERN = "[0-9a-f]{16}"

LONGEST_THEME = 120  # characters
MOST_OPEN = 5  # contests of one server; a message has a button for each
MOST_ENTRIES = 100  # of one contest
MOST_EACH = 10  # entries of one member
MOST_VOTES = 5  # of one member
USUAL_ENTRIES = 50


class ContestState(StrEnum):
    """The values are stored."""

    OPEN = "open"
    OVER = "over"  # the votes are counted
    CANCELLED = "cancelled"


class ContestStage(Enum):
    """What can be done in a contest at a given time."""

    ENTERING = "videos are handed in, and voted for where that ends with it"
    VOTING = "votes alone"
    OVER = "nothing any more"


class Noted(StrEnum):
    """What a server's log channel was told about a contest's channel. The values are stored."""

    NOTHING = ""
    CARD = "card"  # its card cannot be kept up to date
    RESULT = "result"  # nor could its result be posted


@value_object
class ContestRules:
    """What members may do in it."""

    entries_each: int = 1
    votes_each: int = 1
    most_entries: int = USUAL_ENTRIES
    newer_only: bool = True  # of videos that were ordered after it had started


@value_object
class ContestTimes:
    """If both are the same, votes are cast all along; otherwise, once all entries are in."""

    enter_until: datetime
    vote_until: datetime

    @property
    def has_voting_of_its_own(self) -> bool:
        return self.vote_until > self.enter_until


@value_object
class FinalCount:
    """How it ended, as it was then, even once some of its videos are gone."""

    entries: int
    winners: int  # more than one: they are tied; none: nobody voted


@value_object
class Contest:
    """`counted` exists once it is over. `shown` represents what its card says."""

    id: ContestId
    guild_id: int
    channel_id: int
    theme: str
    rules: ContestRules
    times: ContestTimes
    started_at: datetime
    state: ContestState = ContestState.OPEN
    ended_at: datetime | None = None
    counted: FinalCount | None = None
    card_id: int | None = None  # a message; None: not posted yet, or gone
    result_id: int | None = None  # likewise
    shown: str = ""
    shown_at: datetime | None = None
    noted: Noted = Noted.NOTHING

    def stage(self, now: datetime) -> ContestStage:
        if self.state is not ContestState.OPEN or now >= self.times.vote_until:
            return ContestStage.OVER
        return ContestStage.ENTERING if now < self.times.enter_until else ContestStage.VOTING

    def takes_entries(self, now: datetime) -> bool:
        return self.stage(now) is ContestStage.ENTERING

    def takes_votes(self, now: datetime) -> bool:
        stage = self.stage(now)
        return stage is ContestStage.VOTING or (stage is ContestStage.ENTERING and not self.times.has_voting_of_its_own)

    def next_change(self, now: datetime) -> datetime | None:
        """When its stage changes automatically."""
        match self.stage(now):
            case ContestStage.ENTERING:
                return self.times.enter_until
            case ContestStage.VOTING:
                return self.times.vote_until
            case ContestStage.OVER:
                return None
