"""What was spent, as people ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.ids import JobId
from bot.domain.money.usd import FREE, Usd
from bot.domain.video import Mode


class Period(StrEnum):
    TODAY = "today"
    MONTH = "month"
    ALL = "all"

    def start(self, now: datetime) -> datetime | None:
        """When the period began, at midnight in the time zone of `now`; None for all time."""
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        match self:
            case Period.TODAY:
                return midnight
            case Period.MONTH:
                return midnight.replace(day=1)
            case Period.ALL:
                return None


class EntryKind(StrEnum):
    """Ledger entries. Reserved and released money cancels out; settled money was spent."""

    RESERVE = "reserve"
    SETTLE = "settle"
    RELEASE = "release"
    ADJUST = "adjust"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpend:
    model: str
    videos: int
    spent: Usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """One settled order: a video, or a failure that was charged all the same."""

    job_id: JobId
    prompt: str
    model: str
    mode: Mode
    owner_id: int
    spent: Usd
    at: datetime
    ordered_at: datetime
    private: bool = False
    made_video: bool = True
    needs_manager: bool = False  # whether there will be a video is not decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """The answer to /costs. `budget` is the server's for this month.

    `reserved` is promised to jobs, `on_hold` the part of it that waits for a manager.
    `videos` were made, or are being made and paid already; failures are none, charged or not, and no orders
    that wait for a manager.
    """

    spent: Usd
    reserved: Usd
    on_hold: Usd = FREE
    videos: int
    by_model: tuple[ModelSpend, ...]
    latest: tuple[Charge, ...]
    budget: Usd | None = None
    budget_left: Usd | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSpending:
    """How a server's current month stands. `reserved` is promised to open orders."""

    budget: Usd
    spent: Usd
    reserved: Usd
    month: str = ""  # such as 2026-11

    @property
    def used(self) -> Usd:
        """What can no longer be promised."""
        return self.spent + self.reserved

    @property
    def left(self) -> Usd:
        return max(FREE, self.budget - self.used)
