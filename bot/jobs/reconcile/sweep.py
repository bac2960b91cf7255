"""Searches the services for videos that none of our jobs knows: at start-up, and every hour.

A video that turns up late, after its answer was lost, is adopted here. At start-up, before anything is ordered, waiting
jobs are compared too: after an old backup was restored, a waiting job may have been paid for already. A video that
belongs to nobody is reported once, as spending that the ledger does not know.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.data_classes import wired
from bot.domain.errors import AccountTrouble, MovedOn, NotFree, Unavailable
from bot.domain.job import Job
from bot.domain.phases import NeedsReview, Phase, Rendering, Unknown, Unsent
from bot.domain.ports.provider import Listed, Provider
from bot.domain.ports.records import Records
from bot.domain.recovery.replaced import ReplacedOrder
from bot.jobs.context import StepContext
from bot.jobs.providers.comparisons import RECONCILING
from bot.jobs.providers.throttle import Request
from bot.jobs.reconcile.doubles import DoubledOrders, as_made_of, method_of
from bot.jobs.reconcile.matching import (
    LOOKALIKE,
    WIDE,
    Expected,
    MatchConfidence,
    expectations,
    is_unsent,
    lost_ones,
    owner,
    sent_as,
    sent_ones,
    unclaimed,
)
from bot.jobs.reconcile.naming import named_for
from bot.jobs.reconcile.unattributed import FURTHEST, UnattributedSpending

log = logging.getLogger(__name__)

EVERY = 3600.0  # seconds
BACK = timedelta(hours=24)  # how far back at least; at most FURTHEST
HOLD = 600.0  # seconds that orders wait for one attempt at the first sweep; they continue as soon as it is over
RETRY = 30.0  # seconds between attempts at the first sweep
MOST_TRIES = 10  # attempts at the first sweep before orders continue without it


async def no_own_accounts(_since: datetime) -> Sequence[str]:
    return ()


@wired
class Reconciler:
    """One per process. `hold` before the worker starts, then `run` alongside it."""

    context: StepContext
    records: Records
    own_accounts: Callable[[datetime], Awaitable[Sequence[str]]] = no_own_accounts  # of own keys: KeyStore.awaited

    async def hold(self) -> None:
        """No order leaves this process before the first sweep."""
        for provider in await self._providers():
            self.context.comparisons.begin(provider.name, self.context.now())
            self.context.throttle.hold(provider.name, Request.PAID, HOLD, self.context.now(), RECONCILING)

    async def _providers(self) -> list[Provider]:
        """Those of the settings, and those of own keys where an order's video may turn up."""
        awaited = await self.own_accounts(self.context.now() - FURTHEST)
        own = [name for name in awaited if name in self.context.providers]
        return [self.context.providers[name] for name in (*self.context.providers, *own)]

    async def run(self) -> None:
        """The first sweep, then one every hour, until cancelled."""
        await asyncio.gather(*(self._begin(provider) for provider in await self._known()))
        while True:
            await self.context.clock.sleep(EVERY)
            for provider in await self._known():
                await self._try(provider, starting=False)

    async def _known(self) -> list[Provider]:
        """The providers, or at least those of the settings."""
        try:
            return await self._providers()
        except Exception:
            # Own keys must never keep the accounts of the host from being swept.
            log.exception("it could not be looked up at which own keys videos of orders may turn up")
            return list(self.context.providers.values())

    async def _begin(self, provider: Provider) -> None:
        for _ in range(MOST_TRIES):
            if await self._try(provider, starting=True):
                return
            self.context.throttle.hold(provider.name, Request.PAID, HOLD, self.context.now(), RECONCILING)
            await self.context.clock.sleep(RETRY)
        log.warning("%s would not list its videos; orders go on without having compared", provider.host)
        self._go_on(provider)

    async def _try(self, provider: Provider, *, starting: bool) -> bool:
        """False if it has to be tried again."""
        try:
            if starting:
                await self.context.circuit.try_now(provider.name)
            await self.sweep(provider, starting=starting)
            if starting:
                self._go_on(provider)
                for account in self._sharers(provider):
                    await self.context.queue.hurry(account)
        except AccountTrouble as trouble:
            await self.context.circuit.note_refusal(provider, trouble)
            return False
        except Unavailable as trouble:
            log.info("%s could not be swept: %s", provider.host, trouble.sentence)
            return False
        except Exception:
            # Whatever goes wrong here, renders continue.
            log.exception("the sweep of %s failed", provider.host)
            return False
        return True

    def _go_on(self, provider: Provider) -> None:
        self.context.throttle.release(provider.name, Request.PAID)
        self.context.comparisons.end(provider.name)

    def _sharers(self, provider: Provider) -> set[str]:
        """The account itself, and those that have one of its models."""
        cards = self.context.catalogue.cards.values()
        shared = [card.account_names for card in cards if provider.name in card.account_names]
        return {provider.name}.union(*shared)

    async def sweep(self, provider: Provider, *, starting: bool) -> None:
        """Raises Unavailable and AccountTrouble."""
        await self._adopt_named(provider)
        lost = await self._lost(provider)
        since = self._since([*await self._compared(provider, starting=starting), *lost])
        listed = await provider.recent(since, self.context.catalogue.cards.values())
        if listed is None:  # most services without a list were not asked at all
            return
        await self.context.note_success(provider.name)
        # The order matters: a video whose id is stored in between counts as known.
        orders = await self._compared(provider, starting=starting)
        free = await unclaimed(self.context.provider_orders, provider.name, listed)
        left, doubtful = await self._adopt(provider, free, [*sent_ones(orders), *lost])
        if starting:
            waiting = [_at(provider, order) for order in orders if is_unsent(order.job)]
            left = await self._adopt_for_waiting(left, waiting)
            await self._keep_from_ordering(doubtful, waiting)
        await self._say_once(provider, left, since)

    async def _adopt_named(self, provider: Provider) -> None:
        """Give orders that wait for a decision, or to be sent once more, whatever has turned up under our name for
        them. Raises like `sweep`.
        """
        for job in [order.job for order in await self._orders(provider.name)]:
            sent_at = _waits_since(job)
            if sent_at is None or sent_at < self.context.now() - FURTHEST:
                continue
            if named := await named_for(self.context.provider_orders, provider, job, sent_at):
                await self._give(named[0].remote_id, named[0].sent_at, job, named[0].sent_at)

    def _since(self, orders: Sequence[Expected]) -> datetime:
        oldest = min((order.earliest for order in orders), default=self.context.now())
        return max(min(oldest - WIDE, self.context.now() - BACK), self.context.now() - FURTHEST)

    async def _compared(self, provider: Provider, *, starting: bool) -> list[Expected]:
        """The orders of an account; at start-up also those waiting at others that may have been sent to this one."""
        orders = await self._orders(provider.name)
        others = self._sharers(provider) - {provider.name} if starting else set[str]()
        for account in sorted(others):
            orders += [order for order in await self._orders(account) if self._may_be_at(provider, order)]
        return orders

    def _may_be_at(self, provider: Provider, order: Expected) -> bool:
        card = self.context.card(order.job)
        return is_unsent(order.job) and card is not None and provider.name in card.account_names

    @property
    def _doubled(self) -> DoubledOrders:
        return DoubledOrders(context=self.context)

    async def _lost(self, provider: Provider) -> list[Expected]:
        """Replaced requests that are not found by a name or an id."""
        left = await self._doubled.take_named(provider, await self._doubled.open(provider.name))
        return lost_ones(self.context.catalogue, left, self.context.suspend_detector)

    async def _orders(self, account: str) -> list[Expected]:
        context = self.context
        return await expectations(context.provider_orders, context.catalogue, account, context.suspend_detector)

    async def _adopt(
        self, provider: Provider, free: Sequence[Listed], orders: list[Expected]
    ) -> tuple[Sequence[Listed], Sequence[Listed]]:
        """Give videos to orders that were sent. A video that is left over fits none of them, or fits some badly."""
        left, doubtful = [], []
        for entry in free:
            mine = owner(entry, orders)
            if (
                mine is not None
                and mine.fit(entry) is MatchConfidence.SURE
                and await self._hand_over(provider, entry, mine)
            ):
                orders.remove(mine)
                orders += await self._beside(provider, mine, [each.lost.replaced for each in orders if each.lost])
                continue
            best = max((order.fit(entry) for order in orders if order.lost is None), default=MatchConfidence.NO)
            if best is MatchConfidence.NO:
                left.append(entry)
            elif best is MatchConfidence.MAYBE:
                doubtful.append(entry)
        return left, doubtful

    async def _adopt_for_waiting(self, free: Sequence[Listed], orders: list[Expected]) -> Sequence[Listed]:
        """Give videos to waiting jobs that, according to this database, were never sent. Only exact matches count."""
        left = []
        for entry in free:
            exact = [order for order in orders if order.is_exactly(entry)]
            if not exact:
                left.append(entry)
            elif _are_alike(exact):
                await self._give(entry.remote_id, entry.created_at, exact[0].job)
                orders.remove(exact[0])
            else:
                await self._set_aside(entry, exact, orders)
        return left

    async def _keep_from_ordering(self, doubtful: Sequence[Listed], orders: list[Expected]) -> None:
        """A video that fits a sent order badly, and a waiting one exactly, may have been made for either."""
        for entry in doubtful:
            exact = [order for order in orders if order.is_exactly(entry)]
            await self._set_aside(entry, exact[:1] if _are_alike(exact) else exact, orders)

    async def _set_aside(self, entry: Listed, lookalikes: Sequence[Expected], orders: list[Expected]) -> None:
        for order in lookalikes:
            aside = NeedsReview(was="unknown", reason=LOOKALIKE, sent_at=entry.created_at, guessed=True)
            await self._decide(order.job, aside)
            orders.remove(order)

    async def _hand_over(self, provider: Provider, entry: Listed, order: Expected) -> bool:
        if order.lost is None:
            return await self._give(entry.remote_id, entry.created_at, order.job, order.made_of(entry))
        await self._doubled.take_unless_unseen(provider, order.lost, entry.remote_id, entry.created_at)
        return True

    async def _beside(self, provider: Provider, order: Expected, known: Sequence[ReplacedOrder]) -> list[Expected]:
        """Other requests of an order that was given its video: their videos may be in the same list."""
        if order.lost is not None or not order.job.replaced:
            return []
        lost = [each for each in await self._doubled.open(provider.name) if each.job.id == order.job.id]
        others = [each for each in lost if each.replaced not in known]
        return lost_ones(self.context.catalogue, others, self.context.suspend_detector)

    async def _give(self, remote_id: str, made_at: datetime, job: Job, sent_at: datetime | None = None) -> bool:
        """`sent_at` is that of the request that made it, if one is known to have been sent."""
        if not isinstance(job.phase, Unsent | Unknown | NeedsReview):
            return False  # being sent right now: its sender will get the answer
        started = Rendering(remote_id=remote_id, started_at=made_at, method=method_of(job, sent_at))
        return await self._decide(as_made_of(job, sent_at), started)

    async def _decide(self, job: Job, phase: Phase) -> bool:
        try:
            await self.context.decide(job, phase, 0.0)
        except (MovedOn, NotFree) as no:
            log.info("%s is left alone by the sweep: %s", job.id, no.sentence)
            return False
        return True

    async def _say_once(self, provider: Provider, strangers: Sequence[Listed], since: datetime) -> None:
        found = {entry.remote_id: entry.created_at for entry in strangers}
        unattributed = UnattributedSpending(records=self.records, counters=self.context.counters)
        await unattributed.say_once(provider, found, since)


def _at(provider: Provider, order: Expected) -> Expected:
    """As if it had moved to this account: if its video is there, it has."""
    return replace(order, job=replace(order.job, account=provider.name))


def _are_alike(exact: Sequence[Expected]) -> bool:
    """Whether it makes no difference which of them gets a video."""
    return len({_unseen(order.job) for order in exact}) == 1


def _unseen(job: Job) -> tuple[object, ...]:
    """What distinguishes orders without showing in a list."""
    request, options = job.request, job.request.options
    picture = None if request.picture is None else request.picture.sha256
    return (picture, request.source, options.with_pictures([each.sha256 for each in options.pictures]))


def _waits_since(job: Job) -> datetime | None:
    """When it was sent, if nobody but the sweep looks for it any more."""
    sent_at, _ = sent_as(job)
    return sent_at if job.is_sent_once_more or isinstance(job.phase, NeedsReview) else None
