"""Who wins: places by votes; equal votes share a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.data_classes import value_object
from bot.domain.ids import JobId
from bot.domain.job import Job

MOST_RUNNERS_UP = 4


@value_object
class ContestPlace:
    """An entry when the votes were counted. `job`: as it is now; None: it is gone since."""

    job_id: JobId
    member_id: int
    place: int
    votes: int
    job: Job | None = None


def places(votes: Mapping[JobId, int]) -> Mapping[JobId, int]:
    """1 for the most votes; if two share a place, the one after it is skipped."""
    counts = sorted(votes.values(), reverse=True)
    return {job_id: counts.index(count) + 1 for job_id, count in votes.items()}


def winners(standings: Sequence[ContestPlace]) -> Sequence[ContestPlace]:
    """Those in first place; nobody wins without a vote."""
    return [each for each in standings if each.place == 1 and each.votes]


def runners_up(standings: Sequence[ContestPlace]) -> Sequence[ContestPlace]:
    """The next ones with votes, best first."""
    others = [each for each in standings if each.place > 1 and each.votes]
    return sorted(others, key=lambda each: (each.place, each.job_id))[:MOST_RUNNERS_UP]
