"""Moves waiting orders to another account of their model that could start them, when their own account can't.

They have not been sent, they never move to where they would cost more than agreed, and their price is checked again
before they are sent.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

from bot.data_classes import wired
from bot.domain.job import Job
from bot.domain.models.card import ModelCard
from bot.domain.money.usd import Usd
from bot.jobs.context import StepContext
from bot.jobs.providers.accounts import AccountStates, AccountWatch
from bot.jobs.providers.throttle import Request
from bot.jobs.upkeep import repeat

log = logging.getLogger(__name__)

EVERY = 2.0  # seconds
MOST = 25  # orders per account in one round


@wired
class AccountSharing:
    """`total`: simultaneous renders over all accounts."""

    context: StepContext
    accounts: AccountWatch
    total: int

    async def run(self) -> None:
        """Until cancelled. Whatever goes wrong here, orders continue where they are."""
        pause = partial(self.context.clock.sleep, EVERY)
        await pause()
        await repeat(self.round, pause, log, "waiting orders could not be shared out")

    async def round(self) -> int:
        """How many orders moved. Nothing is queried unless a model has several accounts."""
        shared = self._shared()
        names = {name for card in shared.values() for name in card.account_names}
        if not names:
            return 0
        states, moved = await self.accounts.states(names), 0
        for account in sorted(names):
            if self._is_held_up(account, states):
                states, more = await self._relieve(account, shared, states)
                moved += more
        return moved

    def _shared(self) -> Mapping[str, ModelCard]:
        cards = self.context.catalogue.cards.items()
        return {model: card for model, card in cards if len(card.account_names) > 1}

    def _is_held_up(self, account: str, states: AccountStates) -> bool:
        """Whether orders wait there that cannot start. While its list is being checked, nothing is taken from it."""
        waits, takes = states.load(account).waiting > 0, states.with_trials.takes_orders(account)
        is_compared = not self._is_free(account) and account not in states.busy
        return waits and not is_compared and (states.is_full(account) or not takes)

    def _is_free(self, account: str) -> bool:
        """Whether orders may be sent there: neither its service nor our own check of its list stands in their way."""
        return not self.context.throttle.seconds_left(account, Request.PAID, self.context.now())

    async def _relieve(
        self, account: str, shared: Mapping[str, ModelCard], states: AccountStates
    ) -> tuple[AccountStates, int]:
        moved = 0
        for job in await self.accounts.queues.movable(account, MOST):
            card = shared.get(job.request.model)
            place = None if card is None else self._place(self._others(card, job), states)
            if place is not None and await self._move(job, place):
                states, moved = states.moved(account, place), moved + 1
        return states, moved

    def _others(self, card: ModelCard, job: Job) -> Iterable[str]:
        """Never one where it would cost more than agreed."""
        others = (name for name in card.account_names if name != job.account and name in self.context.providers)
        return (name for name in others if _is_within(job.quote, card.price_now(job.request, name)))

    def _place(self, others: Iterable[str], states: AccountStates) -> str | None:
        """The first account where an order could start at once."""
        if sum(load.rendering for load in states.loads.values()) >= self.total:
            return None
        fitting = (
            name for name in others if states.takes_orders(name) and states.has_room(name) and self._is_free(name)
        )
        return next(fitting, None)

    async def _move(self, job: Job, place: str) -> bool:
        if not await self.accounts.queues.reassign(job, place):
            return False
        log.info("%s waits no more at %s: it goes to %s", job.id, job.account, place)
        self.context.events.tell(replace(job, account=place))
        return True


def _is_within(quote: Usd, price: Usd | None) -> bool:
    return price is not None and price <= quote
