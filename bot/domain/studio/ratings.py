"""What members think of a video: 👍 or 👎."""

from __future__ import annotations

from bot.data_classes import value_object


@value_object
class VideoRating:
    """How many members like a video, and how many do not."""

    likes: int = 0
    dislikes: int = 0

    @property
    def is_rated(self) -> bool:
        return self.likes + self.dislikes > 0


UNRATED = VideoRating()
