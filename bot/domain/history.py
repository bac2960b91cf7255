"""Leafing through videos page by page."""

from __future__ import annotations

from enum import StrEnum

from bot.data_classes import value_object
from bot.domain.ids import JobId


class HistoryFilter(StrEnum):
    """What /history can be narrowed down to. The values stand in the ids of buttons: they never change."""

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
    """Leaf on from a video that is shown now; it itself is not shown again."""

    direction: Direction
    at: JobId
