"""A member's own videos, leafed through page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.ids import JobId
from bot.domain.job import Job


class HistoryFilter(StrEnum):
    """What /history can be narrowed down to. The values stand in the ids of buttons: they never change."""

    ALL = "all"
    FINISHED = "finished"
    KEPT = "kept"  # finished, but its channel would not take it
    FAILED = "failed"
    CANCELLED = "cancelled"
    REVIEW = "review"  # needs a person


class Direction(StrEnum):
    OLDER = "older"
    NEWER = "newer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Leaf on from a video that is shown now; it itself is not shown again."""

    direction: Direction
    at: JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """Some videos, newest first, and whether there are more on either side."""

    which: HistoryFilter
    jobs: Sequence[Job]
    newer: bool
    older: bool
