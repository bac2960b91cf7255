"""Paging through videos."""

from __future__ import annotations

from enum import StrEnum

from bot.data_classes import value_object
from bot.domain.ids import JobId


class HistoryFilter(StrEnum):
    """How /history can be filtered. The values are part of button ids: they never change."""

    ALL = "all"
    FINISHED = "finished"
    KEPT = "kept"  # finished, but its channel would not take it
    FAILED = "failed"
    CANCELLED = "cancelled"
    REVIEW = "review"  # needs a person
    OPEN = "open"  # under way


class Direction(StrEnum):
    OLDER = "older"
    NEWER = "newer"


@value_object
class Cursor:
    """Continue from a video that is shown now; that one is not shown again."""

    direction: Direction
    at: JobId
