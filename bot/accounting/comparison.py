"""Compares one account's orders in the ledger with its service's list and charges.

Only free requests are sent, and nothing is written.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.data_classes import value_object
from bot.domain.errors import AccountTrouble, CannotStart, Gone, Unavailable
from bot.domain.job import Job
from bot.domain.models.card import ModelCard
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import Trait, name_of
from bot.domain.ports.provider import Broken, Listed, Provider, Ready
from bot.domain.ports.provider_orders import ProviderOrders, SentOrder

AT_ONCE = 4  # requests to a service


class DifferenceKind(StrEnum):
    """The values are in the CSV, so they never change."""

    UNKNOWN_HERE = "unknown here"  # the service has a video without an order
    GONE_THERE = "no longer there"  # the service no longer has the video of an order
    PRICE = "price"  # both sides know it, but the amounts differ
    UNSETTLED = "not settled"  # the service charged for it, and the ledger only holds an amount
    UNDECIDED = "undecided"  # whether it was charged is unknown
    NOT_ASKED = "not asked"  # the service did not answer


@value_object
class Difference:
    """`here` is the amount in the ledger, `there` the service's; None if one of them has none."""

    account: str
    kind: DifferenceKind
    video: str | None  # its id here
    remote_id: str | None
    ordered_at: datetime
    here: Usd | None
    there: Usd | None
    words: str


@dataclass(kw_only=True)
class AccountReport:
    """`listed`: whether the service has a list. `compared`: orders whose costs both sides know."""

    account: str
    since: datetime
    orders: int = 0
    listed: bool = False
    compared: int = 0
    here: Usd = FREE  # of the compared orders
    there: Usd = FREE
    trouble: str | None = None  # why the service could not be asked at all
    differences: list[Difference] = field(default_factory=list)


@value_object
class Comparison:
    provider: Provider
    ours: ProviderOrders
    since: datetime
    cards: Collection[ModelCard] = ()  # all there are: some services list by model

    async def run(self, report: AccountReport) -> AsyncIterator[None]:
        """Fill in the report; yields after each order that was checked."""
        sent = await self.ours.sent_since(self.provider.name, self.since)
        report.orders = len(sent)
        try:
            listed = await self.provider.recent(self.since, self.cards)
        except (Unavailable, AccountTrouble, CannotStart) as trouble:
            report.trouble = trouble.sentence
            return
        report.listed = listed is not None
        report.differences += await self._strangers(listed or ())
        for start in range(0, len(sent), AT_ONCE):
            some = sent[start : start + AT_ONCE]
            for order, found in zip(some, await asyncio.gather(*map(self._look, some)), strict=True):
                self._count(report, order, found)
                yield

    async def _strangers(self, listed: Sequence[Listed]) -> list[Difference]:
        known = await self.ours.known(self.provider.name, [entry.remote_id for entry in listed])
        return [self._stranger(entry) for entry in listed if entry.remote_id not in known]

    def _stranger(self, entry: Listed) -> Difference:
        what = f"{entry.model or 'a model'}, {entry.seconds or '?'} s, {entry.size or 'unknown size'}"
        return Difference(
            account=self.provider.name,
            kind=DifferenceKind.UNKNOWN_HERE,
            video=None,
            remote_id=entry.remote_id,
            ordered_at=entry.created_at,
            here=None,
            there=None,
            words=f"The service has this video ({what}), and no order here knows it. Somebody used the same key "
            "elsewhere, or a backup was restored that is older than the order. The ledger has no cost of it.",
        )

    async def _look(self, order: SentOrder) -> Usd | Difference | None:
        """What the service says that it charged; None if it does not say."""
        if order.remote_id is None:
            return self._about(order, DifferenceKind.UNDECIDED, None, UNDECIDED)
        try:
            found = await self.provider.look(order.remote_id)
        except Gone:
            if order.job.deleted:
                return None  # as it was told to
            return self._about(order, DifferenceKind.GONE_THERE, None, GONE)
        except (Unavailable, AccountTrouble) as trouble:
            return self._about(order, DifferenceKind.NOT_ASKED, None, f"It couldn't be asked about: {trouble.sentence}")
        return found.cost if isinstance(found, Ready | Broken) else None

    def _count(self, report: AccountReport, order: SentOrder, found: Usd | Difference | None) -> None:
        if isinstance(found, Difference):
            report.differences.append(found)
        elif found is not None:
            self._compare(report, order, _in_ledger(order.job), found)

    def _compare(self, report: AccountReport, order: SentOrder, here: Usd | None, there: Usd) -> None:
        if here is None:
            words = UNSETTLED.format(state=name_of(order.job.phase), held=order.job.quote)
            report.differences.append(self._about(order, DifferenceKind.UNSETTLED, there, words))
            return
        report.compared += 1
        report.here += here
        report.there += there
        if here != there:
            report.differences.append(self._about(order, DifferenceKind.PRICE, there, MORE if there > here else LESS))

    def _about(self, order: SentOrder, kind: DifferenceKind, there: Usd | None, words: str) -> Difference:
        job = order.job
        return Difference(
            account=self.provider.name,
            kind=kind,
            video=str(job.id),
            remote_id=order.remote_id,
            ordered_at=job.created_at,
            here=_in_ledger(job),
            there=there,
            words=words,
        )


UNDECIDED = (
    "The order was sent and its answer was lost, so nobody knows whether it was charged. Look at the service's own "
    "bill; a manager decides with the buttons of /status."
)
GONE = (
    "The service no longer has this video, so its cost can't be compared. Services delete videos after hours or days, "
    "and so does **Delete** here: that is no fault by itself."
)
UNSETTLED = "The service has charged for it. The ledger still holds {held}, as the order is in the state {state}."
MORE = "The service says that it charged more than the ledger has. The service's bill counts."
LESS = "The service says that it charged less than the ledger has: it reported another price when the video was done."


def _in_ledger(job: Job) -> Usd | None:
    """None while an amount is held. Orders that ended without a charge are free."""
    is_over = job.is_at_rest and Trait.HOLDS_MONEY not in job.phase.traits
    return FREE if job.cost is None and is_over else job.cost
