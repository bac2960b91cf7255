"""What was spent, as people ask for it: by whom, on which days, on what."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.data_classes import value_object
from bot.domain.ids import JobId
from bot.domain.money.usd import FREE, Usd
from bot.domain.video import Mode

# Outcomes of a job that counts, beside the causes of failures.
MADE = "made"  # there is a video, or one is being made and already paid for
CANCELLED = "cancelled"
UNDECIDED = "undecided"  # charged, and a manager decides about it


@value_object(kw_only=False)
class DateRange:
    """Days of a server's calendar, both included. None: from the first, or up to the last."""

    first: date | None = None
    last: date | None = None


class Period(StrEnum):
    TODAY = "today"
    WEEK = "7-days"
    DAYS_30 = "30-days"
    MONTH = "month"
    LAST_MONTH = "last-month"
    ALL = "all"

    def days(self, today: date) -> DateRange:
        """The days of the period, without future ones, so an order placed tomorrow does not change what was said."""
        month = today.replace(day=1)
        match self:
            case Period.TODAY:
                return DateRange(today, today)
            case Period.WEEK:
                return DateRange(today - timedelta(days=6), today)
            case Period.DAYS_30:
                return DateRange(today - timedelta(days=29), today)
            case Period.MONTH:
                return DateRange(month, today)
            case Period.LAST_MONTH:
                end = month - timedelta(days=1)
                return DateRange(end.replace(day=1), end)
            case Period.ALL:
                return DateRange()


class Grouping(StrEnum):
    """How costs are listed. Days of a long range are listed by month."""

    MODEL = "model"
    MEMBER = "member"
    MODE = "mode"
    DAY = "day"


class EntryKind(StrEnum):
    """Kinds of ledger entries. Reserved and released money cancels out; settled money was spent."""

    RESERVE = "reserve"
    SETTLE = "settle"
    RELEASE = "release"
    ADJUST = "adjust"


@value_object
class CostQuestion:
    """What is asked about a server's costs. `owners` None: everybody's."""

    guild_id: int
    owners: Collection[int] | None
    days: DateRange
    by: Grouping = Grouping.MODEL


@value_object
class Spend:
    """A line of a report. `key` is a model's id, a member's, a mode, a day (2026-11-29) or a month (2026-11)."""

    key: str
    videos: int
    spent: Usd


@value_object
class Charge:
    """One settled order: a video, or a failure that was charged nevertheless."""

    job_id: JobId
    prompt: str
    model: str
    mode: Mode
    owner_id: int
    channel_id: int  # where it was ordered
    spent: Usd
    at: datetime
    ordered_at: datetime
    private: bool = False
    made_video: bool = True
    needs_manager: bool = False  # it is undecided whether there will be a video
    is_double: bool = False  # it was sent once more, and both were made


@value_object
class ExportedCharge:
    """A line of the CSV file: one settled order, exactly."""

    entry: int  # its number in the ledger
    job_id: JobId
    owner_id: int
    model: str
    mode: Mode
    seconds: int
    size: str
    outcome: str
    quoted: Usd
    spent: Usd
    at: datetime
    account: str = ""  # where it was paid for


@value_object
class Costs:
    """The answer to /costs.

    `budget` is the server's for this month. `reserved` is reserved for jobs, `on_hold` the part of it that waits for a
    manager; both are current. `videos` were made, or are being made and already paid for; failures don't count, charged
    or not, nor do orders that wait for a manager. `on_videos` is what they cost, `wasted` what was paid for `failures`
    that produced nothing, and `quoted` the estimate for everything that was charged. `on_helper` was paid for `helped`
    calls of the prompt helper, in addition to what was `spent` on videos. If not `added_up`, totals of earlier videos
    are still being rebuilt.
    """

    spent: Usd
    reserved: Usd
    on_hold: Usd = FREE
    videos: int
    on_videos: Usd = FREE
    on_own_keys: Usd = FREE
    on_helper: Usd = FREE
    helped: int = 0
    wasted: Usd = FREE
    failures: int = 0
    quoted: Usd = FREE
    rows: tuple[Spend, ...] = ()
    more_rows: int = 0  # that are not listed
    latest: tuple[Charge, ...] = ()
    budget: Usd | None = None
    budget_left: Usd | None = None
    added_up: bool = True

    @property
    def average(self) -> Usd | None:
        """The cost of a video, rounded to a micro-dollar."""
        return Usd(round(self.on_videos.micros / self.videos)) if self.videos else None


@value_object
class MonthSpending:
    """A server's current month. `reserved` is for unfinished orders."""

    budget: Usd
    spent: Usd
    reserved: Usd
    month: str = ""  # such as 2026-11

    @property
    def used(self) -> Usd:
        """What can no longer be reserved."""
        return self.spent + self.reserved

    @property
    def left(self) -> Usd:
        return max(FREE, self.budget - self.used)
