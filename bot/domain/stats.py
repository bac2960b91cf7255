"""What became of all orders, in numbers: for the whole installation for its host, or one server for its members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.data_classes import value_object
from bot.domain.job import Job
from bot.domain.money.costs import MADE, DateRange
from bot.domain.money.usd import FREE, Usd
from bot.domain.studio.ratings import VideoRating

MOST_HOURS = 3  # that are named as the busiest


@value_object
class InstallationStats:
    """Over all servers and processes, from the database. Ages are in seconds, 0 if there is nothing of the kind."""

    jobs: Mapping[str, int]  # by the name of their phase; every known phase is there
    oldest_queued: float  # age of the oldest order without a free slot, or not yet considered
    oldest_due: float  # age of the oldest step that needs no slot and waits for a worker
    oldest_expired_lease: float  # age of the oldest job whose worker died
    oldest_webhook: float  # age of the oldest due webhook delivery that nobody has attempted
    reserved: Usd
    spent_today: Usd  # since midnight UTC


@value_object
class UsualTimes:
    """How long a model's latest renders took, in seconds, from the accepted order to the end at the service."""

    renders: int
    median: float
    p90: float


@value_object
class ModelStats:
    """What came of the orders of one model. `outcomes` counts videos made, cancellations, and failures by cause."""

    model: str
    outcomes: Mapping[str, int]
    spent_on_videos: Usd = FREE
    times: UsualTimes | None = None

    @property
    def videos(self) -> int:
        return self.outcomes.get(MADE, 0)

    @property
    def average(self) -> Usd | None:
        """What a video cost."""
        return Usd(round(self.spent_on_videos.micros / self.videos)) if self.videos else None


@value_object
class Remixed:
    """A video, and how many of the latest remixes are of it."""

    job: Job
    remixes: int


@value_object
class RatedVideos:
    """How many were rated, and their total ratings."""

    count: int
    rating: VideoRating


@value_object
class VideoStats:
    """What came of the orders of some days. `made` has days (2026-11-29) or months (2026-11), the earliest first.

    Private videos count, too; which they were is in none of these numbers. Where not `added_up`, sums of earlier videos
    are still being made anew.
    """

    days: DateRange
    models: tuple[ModelStats, ...]  # the one with the most orders first
    made: Mapping[str, int]
    hours: tuple[int, ...]  # orders of each of the 24 hours of the server's day
    remixed: tuple[Remixed, ...] = ()
    rated: RatedVideos | None = None  # those ordered in that time; None: nobody rated any
    added_up: bool = True

    @property
    def outcomes(self) -> Mapping[str, int]:
        """Over all models, most frequent first."""
        found: dict[str, int] = {}
        for model in self.models:
            for outcome, count in model.outcomes.items():
                found[outcome] = found.get(outcome, 0) + count
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    @property
    def busiest_hours(self) -> Sequence[int]:
        """The few hours with the most orders, in the order of the day; fewer if there were no orders in others."""
        order = sorted(range(len(self.hours)), key=lambda hour: (-self.hours[hour], hour))
        return sorted(hour for hour in order[:MOST_HOURS] if self.hours[hour])

    @property
    def videos(self) -> int:
        return sum(model.videos for model in self.models)

    @property
    def average(self) -> Usd | None:
        """What a video cost, over all models."""
        spent = sum(model.spent_on_videos.micros for model in self.models)
        return Usd(round(spent / self.videos)) if self.videos else None
