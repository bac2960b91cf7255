"""What a server's managers are told of, in the channel they chose for it. Never any words of an order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.money.costs import MonthSpending
from bot.domain.money.usd import FREE, Usd

ORDER = "order "  # and a video's id: a topic


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNeedsManager:
    """An order in NeedsReview, without its words. `model` is the label of its model."""

    job: Job
    model: str
    begins: bool = True

    @property
    def topic(self) -> str:
        return f"{ORDER}{self.job.id}"

    @property
    def episode(self) -> str:
        return ""

    def goes_on(self, episode: str) -> bool:
        return episode == self.episode


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRefused:
    """A service refuses the bot's account, so orders there wait. `service`: what people call it."""

    account: str
    service: Message
    since: datetime
    models: tuple[str, ...]  # labels of those that cannot be made meanwhile
    waiting: tuple[Job, ...]  # of the server
    begins: bool = True

    @property
    def topic(self) -> str:
        return f"account {self.account}"

    @property
    def episode(self) -> str:
        return self.since.isoformat()

    def goes_on(self, episode: str) -> bool:
        return episode == self.episode


class BudgetLevel(IntEnum):
    """How much of a month's budget is used, in percent, when managers are told."""

    NEAR = 80
    SPENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetNearEnd:
    """How a server's month stands against a level: told of once a month, and again after the budget was raised."""

    month: str
    level: BudgetLevel
    spending: MonthSpending
    cheapest: Usd = FREE  # what the cheapest video costs: a month is spent when not even that is left

    @property
    def begins(self) -> bool:
        spending = self.spending
        if spending.budget.micros <= 0:
            return False
        left = spending.budget - spending.used
        is_spent = left.micros <= 0 or left < self.cheapest
        is_near = spending.used.micros * 100 >= spending.budget.micros * BudgetLevel.NEAR
        return is_spent if self.level is BudgetLevel.SPENT else is_near and not is_spent

    @property
    def topic(self) -> str:
        return f"budget {self.level:d}"

    @property
    def episode(self) -> str:
        return f"{self.month} {self.spending.budget.micros}"

    def goes_on(self, episode: str) -> bool:
        """Refunds end nothing: only a higher budget that leaves the level behind does, or a new month."""
        month, _, budget = episode.partition(" ")
        return month == self.month and (self.begins or int(budget) >= self.spending.budget.micros)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskFull:
    """Nothing is ordered, because a video might not find room, or cannot be written at all."""

    since: datetime
    free: int  # bytes
    read_only: bool = False
    begins: bool = True

    @property
    def topic(self) -> str:
        return "disk"

    @property
    def episode(self) -> str:
        return self.since.isoformat()

    def goes_on(self, episode: str) -> bool:
        return episode == self.episode


# `topic` and `episode` say which trouble it is; `begins`, whether it is to be told; `goes_on`, whether one that was
# told of is still the same.
Notice = OrderNeedsManager | AccountRefused | BudgetNearEnd | DiskFull


def order_of(topic: str) -> JobId | None:
    """The video that a notice was about, if it was about one."""
    return JobId(topic.removeprefix(ORDER)) if topic.startswith(ORDER) else None
