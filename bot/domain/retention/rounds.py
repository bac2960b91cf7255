"""Videos are removed in rounds, and managers are warned before each is due.

A round contains what was ordered before a certain time. It is planned once the first video is close to its end, and the
next one once that is over; so a video is kept for as long as was chosen, at most a week longer, and no warning gets
lost among many.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from bot.data_classes import value_object
from bot.domain.errors import BadRequest
from bot.domain.messages import Count, Foreign, msg
from bot.domain.ports.records import Record
from bot.domain.texts.numbers import whole_number
from bot.domain.texts.times.day_words import plain_words
from bot.domain.texts.times.lengths import ONE_DAY, Length

FEWEST_DAYS, MOST_DAYS = 1, 3650
DAYS_OF_A_YEAR = 365
QUOTED = 20  # characters of what was typed, in a sentence about it
FOR_EVER = frozenset(  # in our languages, as plain words
    ("", "ever", "for ever", "forever", "fur immer", "pour toujours", "para siempre", "para sempre", "無期限", "永久")
)
WARNED_AHEAD = timedelta(days=7)  # if videos are kept for only a few days: half of that


@value_object
class KeptSum:
    """How many videos are kept, and their total size."""

    videos: int
    bytes: int


@value_object
class Retention:
    """What one server chose. `marked_stay`: videos with a star or in a collection are not removed."""

    days: int
    marked_stay: bool = True

    @property
    def warned_ahead(self) -> timedelta:
        return min(WARNED_AHEAD, timedelta(days=self.days) / 2)


@value_object
class RemovalRound:
    """Videos that are removed together: those `ordered_before`. `videos` and `bytes` are as managers read them."""

    retention: Retention
    warned_at: datetime
    due_at: datetime
    ordered_before: datetime
    videos: int = 0
    bytes: int = 0
    removed: int = 0  # so far
    freed: int = 0  # bytes
    told: bool = False  # in the log channel; elsewhere as other notices are

    @classmethod
    def next(cls, retention: Retention, now: datetime) -> Self:
        due = now + retention.warned_ahead
        return cls(retention=retention, warned_at=now, due_at=due, ordered_before=due - timedelta(days=retention.days))


ROUNDS = Record("removal round", RemovalRound)  # by the server's id, from its warning until it is over


def entered_days(typed: str) -> int | None:
    """Whole days, or None for ever, as people write it: `90`, `90 Tage`, `two weeks`, `3 months`. Raises BadRequest."""
    text = plain_words(typed)
    if text in FOR_EVER:
        return None
    length = Length.ahead(text)
    days = _days(length) if length is not None and length.is_of_days else whole_number(text.removesuffix("日"))
    if days is None or not FEWEST_DAYS <= days <= MOST_DAYS:
        raise BadRequest(
            msg(
                "“{typed}” isn't a number of days from {fewest} to {most}. Leave the field empty to keep videos for "
                "ever. Nothing was changed.",
                fewest=Count(FEWEST_DAYS),
                most=Count(MOST_DAYS),
                typed=Foreign(typed.strip()[:QUOTED]),
            )
        )
    return days


def _days(length: Length) -> int:
    """A month is a twelfth of a year, rounded up to a whole day."""
    return length.time // ONE_DAY - -length.months * DAYS_OF_A_YEAR // 12
