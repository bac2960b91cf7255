"""What members think of a video: 👍 or 👎."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRating:
    """How many members like a video, and how many do not."""

    likes: int = 0
    dislikes: int = 0

    @property
    def is_rated(self) -> bool:
        return self.likes + self.dislikes > 0


UNRATED = VideoRating()
