"""The current problems that a server's managers should know about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta

from bot.data_classes import value_object, wired
from bot.domain.job import Job, one_of_each
from bot.domain.messages import Message
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.costs import MonthSpending
from bot.domain.money.usd import FREE, Usd
from bot.domain.notices.storage import QuotaFillsUp, QuotaLevel, RemovalDue
from bot.domain.notices.troubles import (
    AccountRefused,
    BudgetLevel,
    BudgetNearEnd,
    DiskFull,
    Notice,
    OrderNeedsApproval,
    OrderNeedsManager,
)
from bot.domain.phases import AwaitingApproval, Queued
from bot.domain.ports.clock import Clock
from bot.domain.ports.costs import CostReports
from bot.domain.ports.files import FileStore
from bot.domain.ports.jobs import JobQueries
from bot.domain.ports.records import Record, Records
from bot.domain.retention.quota import NoQuota, StorageQuota
from bot.domain.retention.rounds import ROUNDS
from bot.jobs.providers.circuit_breaker import Circuit
from bot.jobs.providers.drains import Drains
from bot.jobs.steps.room import ROOM_FOR_A_VIDEO, room_in
from bot.jobs.use_cases.allowances import MemberAllowances
from bot.jobs.use_cases.private_videos import concealed


@value_object
class DiskTrouble:
    """Rewritten by each check that finds a disk full, so it expires some time after the last one."""

    since: datetime


DISK = Record("disk trouble", DiskTrouble, lasts=timedelta(hours=1))  # there is one, under the key ""


@wired
class TroubleFinder:
    """The current problems that managers should know about."""

    queries: JobQueries
    costs: CostReports
    allowances: MemberAllowances
    circuit: Circuit
    services: Mapping[str, Message]  # their names for people, by account
    catalogue: Catalogue
    files: FileStore
    quota: StorageQuota = field(default_factory=NoQuota)
    records: Records
    clock: Clock

    async def everywhere(self) -> Sequence[Notice]:
        """What concerns all servers: disk, quota and refused accounts, without the orders waiting for those."""
        refused = await self.circuit.refused_since(self.services)
        closed = {*refused, *await Drains(records=self.records, clock=self.clock).since(self.services)}
        accounts = [
            AccountRefused(
                account=name, service=self.services[name], since=since, models=self._models(name, closed), waiting=()
            )
            for name, since in sorted(refused.items())
        ]
        return [*accounts, *await self._disk(), *await self._quota()]

    async def on(self, guild_id: int, everywhere: Sequence[Notice]) -> Mapping[str, Notice]:
        """By topic."""
        waiting: Sequence[Job] = ()
        if any(isinstance(notice, AccountRefused) for notice in everywhere):
            waiting = [job for job in await self.queries.under_way(guild_id) if isinstance(job.phase, Queued)]
        months: list[tuple[int | None, MonthSpending]] = [(None, await self.costs.month(guild_id))]
        months += (await self.allowances.pool_months(guild_id)).items()
        found: list[Notice] = [_with_those(notice, waiting) for notice in everywhere]
        cheapest = _cheapest(self.catalogue)
        found += [
            BudgetNearEnd(
                month=month.month,
                level=level,
                spending=month,
                guild_id=guild_id,
                role_id=role_id,
                cheapest=cheapest,
            )
            for role_id, month in months
            for level in BudgetLevel
        ]
        found += [
            OrderNeedsManager(job=concealed(job), model=self.catalogue.label(job.request.model))
            for job in await self.queries.in_review(guild_id)
        ]
        found += await self._requests(guild_id)
        if (planned := await self.records.read(ROUNDS, str(guild_id))) is not None:
            found.append(RemovalDue(planned=planned))
        return {notice.topic: notice for notice in found}

    async def _requests(self, guild_id: int) -> Sequence[OrderNeedsApproval]:
        waiting = [concealed(job) if job.private else job for job in await self.queries.awaiting_approval(guild_id)]
        return [
            OrderNeedsApproval(
                job=job,
                others=tuple(each for each in waiting if each.card_id == job.card_id and each.id != job.id),
                model=self.catalogue.label(job.request.model),
                since=job.phase.since,
            )
            for job in one_of_each(waiting)
            if isinstance(job.phase, AwaitingApproval)
        ]

    async def completed(self, notice: Notice) -> Notice:
        """With details that are looked up only for notices that are posted."""
        if not isinstance(notice, OrderNeedsApproval):
            return notice
        return replace(notice, left=await self.allowances.remainder(notice.job))

    async def _disk(self) -> Sequence[DiskFull]:
        """The disk as orders see it. Each of several processes may have its own disk, so a good one ends nothing."""
        free, now = await room_in(self.files), self.clock.now()
        if free is not None and free >= ROOM_FOR_A_VIDEO:
            trouble = await self.records.read(DISK, "")
            return [] if trouble is None else [DiskFull(since=trouble.since, free=free, begins=False)]
        begun = (await self.records.update(DISK, "", lambda known: known or DiskTrouble(since=now))).before
        return [DiskFull(since=begun.since if begun else now, free=free or 0, read_only=free is None)]

    async def _quota(self) -> Sequence[QuotaFillsUp]:
        use = await self.quota.use()
        return [] if use is None else [QuotaFillsUp(level=level, use=use) for level in QuotaLevel]

    def _models(self, account: str, closed: Collection[str]) -> tuple[str, ...]:
        """The models of an account that can't be made anywhere, because all their accounts are refused or drained."""
        cards = [card for card in self.catalogue.cards.values() if account in card.account_names]
        return tuple(card.label for card in cards if {*card.account_names} <= {*closed})


def _cheapest(catalogue: Catalogue) -> Usd:
    """The least that any model's shortest video costs, new or remixed."""
    cards = catalogue.cards.values()
    prices = [
        price * min(card.seconds) + card.per_video.get(size, FREE)
        for card in cards
        for rates in (card.per_second, *card.remix_per_second.values())
        for size, price in rates.items()
    ]
    return min(prices, default=FREE)


def _with_those(notice: Notice, waiting: Iterable[Job]) -> Notice:
    if not isinstance(notice, AccountRefused):
        return notice
    return replace(notice, waiting=tuple(job for job in waiting if job.account == notice.account))
