"""What somebody may know of a video."""

from __future__ import annotations

from enum import Enum


class Visibility(Enum):
    """What somebody may know of a video in a family."""

    SHOWN = "may be watched"
    DELETED = "its files are gone"
    HIDDEN = "not theirs to see"
