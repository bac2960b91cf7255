"""Which of a model's accounts gets its next order: the first that may, works, and has a free slot."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import field, replace
from datetime import datetime

from bot.data_classes import value_object, wired
from bot.domain.models.card import ModelCard
from bot.domain.queue.accounts import NO_LOAD, AccountLoad, AccountQueues
from bot.jobs.providers.circuit_breaker import Circuit
from bot.jobs.providers.drains import Drains
from bot.jobs.providers.throttle import Throttle


@value_object
class AccountStates:
    """The state of accounts.

    `places`: simultaneous renders, for accounts with their own limit. `on_trial`: refused accounts that an order may
    try now. `busy`: accounts whose services asked to wait with new videos.
    """

    refused: Mapping[str, datetime] = field(default_factory=dict)
    on_trial: Collection[str] = ()
    drained: Mapping[str, datetime] = field(default_factory=dict)
    busy: Collection[str] = ()
    loads: Mapping[str, AccountLoad] = field(default_factory=dict)
    places: Mapping[str, int] = field(default_factory=dict)

    def takes_orders(self, account: str) -> bool:
        return account not in self.refused and account not in self.drained

    @property
    def with_trials(self) -> AccountStates:
        """As if those on trial worked: without an order, nobody would see that they do again."""
        return replace(self, refused={name: at for name, at in self.refused.items() if name not in self.on_trial})

    def load(self, account: str) -> AccountLoad:
        return self.loads.get(account, NO_LOAD)

    def has_room(self, account: str) -> bool:
        """Whether one more order would start at once, as far as this account is concerned."""
        return account not in self.busy and self.load(account).free(self.places.get(account)) != 0

    def is_full(self, account: str) -> bool:
        """Whether nothing that waits there can start."""
        most = self.places.get(account)
        return account in self.busy or (most is not None and self.load(account).rendering >= most)

    def chosen(self, card: ModelCard, ailing: Collection[str] = ()) -> str:
        """Where its next order goes. `ailing`: accounts at which the model is failing now."""
        return min(
            card.account_names,
            key=lambda name: (not self.takes_orders(name), name in ailing, not self.has_room(name)),
        )

    def moved(self, here: str, there: str) -> AccountStates:
        """With one waiting order at another account."""
        loads = {**self.loads}
        loads[here] = replace(self.load(here), waiting=self.load(here).waiting - 1)
        loads[there] = replace(self.load(there), waiting=self.load(there).waiting + 1)
        return replace(self, loads=loads)


@wired
class AccountWatch:
    """Queried each time, so it is the same for all processes; only `busy` is known per process."""

    circuit: Circuit
    drains: Drains
    queues: AccountQueues
    places: Mapping[str, int]
    throttle: Throttle = field(default_factory=Throttle)

    async def closed(self, accounts: Iterable[str]) -> AccountStates:
        """Which of these accept no orders; what runs there is ignored."""
        names, now = set(accounts), self.circuit.clock.now()
        opened = await self.circuit.opened(names)
        return AccountStates(
            refused={name: each.since for name, each in opened.items()},
            on_trial={name for name, each in opened.items() if not each.wait(now)},
            drained=await self.drains.since(names),
            busy={name for name in names if self.throttle.is_busy(name, now)},
            places=self.places,
        )

    async def states(self, accounts: Iterable[str]) -> AccountStates:
        return replace(await self.closed(accounts), loads=await self.queues.loads())
