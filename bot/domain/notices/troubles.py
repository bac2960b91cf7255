"""What a server's managers are notified of, in the channel they chose.

It never includes a prompt, except that of an order to be approved.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum

from bot.data_classes import value_object
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.money.allowances import Remainder
from bot.domain.money.costs import MonthSpending
from bot.domain.money.usd import FREE, Usd
from bot.domain.notices.storage import QuotaFillsUp, RemovalDue

ORDER = "order "  # and a video's id: a topic
REQUEST = "request "  # likewise


@value_object
class OrderNeedsManager:
    """An order in NeedsReview, without its prompt. `model` is the label of its model."""

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


@value_object
class OrderNeedsApproval:
    """An order that waits for approval; a private one without its prompt.

    `left`: what is left once it is made, if known. `others`: those of its batch that are decided with it.
    """

    job: Job
    model: str
    since: datetime
    left: Remainder | None = None
    others: tuple[Job, ...] = ()
    begins: bool = True

    @property
    def topic(self) -> str:
        return f"{REQUEST}{self.job.id}"

    @property
    def episode(self) -> str:
        return self.since.isoformat()

    def goes_on(self, episode: str) -> bool:
        return episode == self.episode


@value_object
class AccountRefused:
    """A service refuses the bot's account, so orders there wait. `service`: its name for people."""

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

    HALF = 50
    NEAR = 80
    SPENT = 100


@value_object
class BudgetNearEnd:
    """The month of a server, or of a role's pool, compared with a level.

    Told once a month, and again after the budget was raised.
    """

    month: str
    level: BudgetLevel
    spending: MonthSpending
    guild_id: int
    role_id: int | None = None  # of a pool; the server's id for @everyone
    cheapest: Usd = FREE  # the price of the cheapest video: a month is spent when not even that is left

    @property
    def begins(self) -> bool:
        spending = self.spending
        if spending.budget.micros <= 0:
            return False
        left = spending.budget - spending.used
        is_spent = left.micros <= 0 or left < self.cheapest
        reached = BudgetLevel.SPENT if is_spent else self._reached()
        return self.level is reached

    def _reached(self) -> BudgetLevel | None:
        """The highest level below the last."""
        percent = self.spending.used.micros * 100
        levels = (BudgetLevel.NEAR, BudgetLevel.HALF)
        return next((level for level in levels if percent >= self.spending.budget.micros * level), None)

    @property
    def topic(self) -> str:
        return self._topic_at(self.level)

    @property
    def covers(self) -> tuple[str, ...]:
        """The topics of lower levels: whoever is told of this one need not be told of them any more."""
        return tuple(self._topic_at(level) for level in BudgetLevel if level < self.level)

    def _topic_at(self, level: BudgetLevel) -> str:
        whose = "budget" if self.role_id is None else f"pool {self.role_id}"
        return f"{whose} {level:d}"

    @property
    def episode(self) -> str:
        return f"{self.month} {self.spending.budget.micros}"

    def goes_on(self, episode: str) -> bool:
        """Refunds end nothing: only a higher budget that leaves the level behind does, or a new month."""
        month, _, budget = episode.partition(" ")
        return month == self.month and (self.begins or int(budget) >= self.spending.budget.micros)


@value_object
class DiskFull:
    """Nothing is ordered, because a video might not fit on the disk, or can't be written at all."""

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
Trouble = OrderNeedsManager | AccountRefused | BudgetNearEnd | DiskFull | QuotaFillsUp | RemovalDue
Notice = Trouble | OrderNeedsApproval


def covered_by(notice: Notice) -> tuple[str, ...]:
    """Topics that this one makes unnecessary."""
    return notice.covers if isinstance(notice, BudgetNearEnd | QuotaFillsUp) else ()


def order_of(topic: str) -> JobId | None:
    """The video whose notice said that it needs a manager."""
    return JobId(topic.removeprefix(ORDER)) if topic.startswith(ORDER) else None


def request_of(topic: str) -> JobId | None:
    """The video whose notice said that it needs approval."""
    return JobId(topic.removeprefix(REQUEST)) if topic.startswith(REQUEST) else None
