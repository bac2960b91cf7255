"""How the models are doing, from the jobs table and the accounts' circuits, so it is the same for all processes."""

from __future__ import annotations

import statistics
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.data_classes import value_object, wired
from bot.domain.messages import Message
from bot.domain.models.card import ModelCard
from bot.domain.models.catalogue import Catalogue
from bot.domain.models.health import Ending, Failing, Health, TrackRecord, failing
from bot.domain.models.prices import AccountPrices
from bot.domain.ports.clock import Clock
from bot.domain.ports.provider import Provider
from bot.domain.ports.render_history import RenderHistory, RenderKind
from bot.domain.queue.accounts import AccountLoad
from bot.domain.video import RemixMethod
from bot.jobs.providers.accounts import AccountStates, AccountWatch

FRESH = timedelta(seconds=5)  # how old the data behind suggestions may be


@value_object
class Whereabouts:
    """One of the accounts that a model runs at.

    `most`: simultaneous renders there, if it has its own limit. `is_busy`: its service asked to wait with new videos.
    """

    service: Message
    load: AccountLoad
    most: int | None
    health: Health
    prices: AccountPrices | None = None  # of its own
    is_busy: bool = False

    @property
    def free(self) -> int | None:
        """How many renders could start at once; None if there is no limit."""
        return 0 if self.is_busy else self.load.free(self.most)


@value_object
class ModelReport:
    """One model that can be ordered, as /models shows it."""

    card: ModelCard
    health: Health
    usual: float | None  # seconds from accepted order to video; None without history
    videos: int  # how many renders the usual time is based on
    ends: date | None  # the day its service shuts it down
    remix: Sequence[RemixMethod]  # the methods available there, best first
    runs_at: Sequence[Whereabouts] = ()  # best first; empty if only one account is set up


Pair = tuple[str, str]  # an account's name, and a model's id
OpenMethods = Callable[[Sequence[tuple[str, ModelCard]]], Awaitable[Sequence[Sequence[RemixMethod]]]]
Endings = Mapping[Pair, Sequence[Ending]]


@dataclass(slots=True)
class _Seen:
    at: datetime
    ailing: Mapping[str, Health]


@wired
class ModelHealth:
    """Nothing is stored: health is judged each time from the outcome of the last orders."""

    render_history: RenderHistory
    accounts: AccountWatch
    catalogue: Catalogue
    providers: Mapping[str, Provider]
    clock: Clock
    open_methods: OpenMethods  # remix methods of models at accounts
    _seen: list[_Seen] = field(default_factory=list, repr=False)

    async def of(self, card: ModelCard, ordered: RenderKind | None = None) -> Health:
        """`ordered`: the model about to be ordered, if it is doing well."""
        return (await self._health([card], ordered))[card.id]

    async def ailing(self) -> Mapping[str, Health]:
        """The ids of those models that are not doing well."""
        health = await self._health(self.catalogue.cards.values())
        return {model: each for model, each in health.items() if not each.is_well}

    async def ailing_lately(self) -> Mapping[str, Health]:
        """The same, at most a few seconds old: suggestions are requested with each letter typed."""
        now = self.clock.now()
        if not self._seen or now - self._seen[0].at > FRESH:
            self._seen[:] = [_Seen(now, await self.ailing())]
        return self._seen[0].ailing

    async def reports(self, cards: Sequence[ModelCard]) -> Sequence[ModelReport]:
        records = await self.render_history.track_records(_pairs(cards))
        states = await (self.accounts.states if self._are_several else self.accounts.closed)(_accounts(cards))
        judged = _Judged(states, {pair: record.endings for pair, record in records.items()}, self.clock.now())
        methods = await self.open_methods([(judged.chosen(card), card) for card in cards])
        return [self._report(card, judged, records, remix) for card, remix in zip(cards, methods, strict=True)]

    @property
    def _are_several(self) -> bool:
        return len(self.providers) > 1

    def _report(
        self, card: ModelCard, judged: _Judged, records: Mapping[Pair, TrackRecord], remix: Sequence[RemixMethod]
    ) -> ModelReport:
        record = records[judged.chosen(card), card.id]
        return ModelReport(
            card=card,
            health=judged.health(card),
            usual=statistics.median(record.seconds) if record.seconds else None,
            videos=len(record.seconds),
            ends=self.ends(card),
            remix=remix,
            runs_at=[*self._runs_at(card, judged)] if self._are_several else (),
        )

    def _runs_at(self, card: ModelCard, judged: _Judged) -> Iterable[Whereabouts]:
        states = judged.states
        for name in card.account_names:
            if (provider := self.providers.get(name)) is not None:
                yield Whereabouts(
                    service=provider.label,
                    load=states.load(name),
                    most=states.places.get(name),
                    health=judged.health_at(name, card),
                    prices=card.prices_at.get(name),
                    is_busy=name in states.busy,
                )

    def ends(self, card: ModelCard) -> date | None:
        """The day the configured service shuts the model down."""
        provider = self.providers.get(card.account)
        return None if provider is None else card.ends(provider.host)

    async def _health(self, cards: Iterable[ModelCard], ordered: RenderKind | None = None) -> Mapping[str, Health]:
        asked = list(cards)
        judged = await self._judged(asked, await self.accounts.closed(_accounts(asked)), ordered)
        return {card.id: judged.health(card) for card in asked}

    async def account_for(self, card: ModelCard) -> str:
        """Where a new video of a model is sent: to the first of its accounts that accepts orders, works and has a slot.

        A refused account is tried with an order from time to time. If none can start at once, the order waits at the
        best of those there are.
        """
        if len(card.account_names) == 1:
            return card.account
        states = await self.accounts.states(card.account_names)
        return (await self._judged([card], states.with_trials)).chosen(card)

    async def _judged(
        self, cards: Sequence[ModelCard], states: AccountStates, ordered: RenderKind | None = None
    ) -> _Judged:
        return _Judged(states, await self.render_history.endings(_pairs(cards), ordered), self.clock.now())


@value_object(kw_only=False)
class _Judged:
    """How models are doing at their accounts, by the outcome of their orders there."""

    states: AccountStates
    endings: Endings
    now: datetime

    def chosen(self, card: ModelCard) -> str:
        """Where its next order goes."""
        ailing = {name for name in card.account_names if self._failing(name, card) is not None}
        return self.states.chosen(card, ailing)

    def health(self, card: ModelCard) -> Health:
        return self.health_at(self.chosen(card), card)

    def health_at(self, account: str, card: ModelCard) -> Health:
        return Health(
            failing=self._failing(account, card),
            refused_since=self.states.refused.get(account),
            drained_since=self.states.drained.get(account),
        )

    def _failing(self, account: str, card: ModelCard) -> Failing | None:
        return failing(self.endings[account, card.id], self.now)


def _pairs(cards: Iterable[ModelCard]) -> list[Pair]:
    """The accounts and models by which their orders are found."""
    return [(name, card.id) for card in cards for name in card.account_names]


def _accounts(cards: Iterable[ModelCard]) -> set[str]:
    return {name for card in cards for name in card.account_names}
