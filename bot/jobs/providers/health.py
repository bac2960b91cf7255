"""How the models do: from the jobs table and the accounts' circuits, so it is the same for all processes."""

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

FRESH = timedelta(seconds=5)  # what suggestions while typing may be behind


@value_object
class Whereabouts:
    """One of the accounts that a model runs at. `most`: renders at once there, if it has a bound of its own.

    `is_busy`: its service asked to wait with new videos.
    """

    service: Message
    load: AccountLoad
    most: int | None
    health: Health
    prices: AccountPrices | None = None  # of its own
    is_busy: bool = False

    @property
    def free(self) -> int | None:
        """Places for renders that could begin at once; None where there is no bound."""
        return 0 if self.is_busy else self.load.free(self.most)


@value_object
class ModelReport:
    """One model that can be ordered, as /models shows it."""

    card: ModelCard
    health: Health
    usual: float | None  # seconds from accepted order to video; None while there is no history
    videos: int  # that the usual time was taken from
    ends: date | None  # the day its service closes it
    remix: Sequence[RemixMethod]  # the ways that are open there, best first
    runs_at: Sequence[Whereabouts] = ()  # best first; nothing is said where one account is set up alone


Pair = tuple[str, str]  # an account's name, and a model's id
OpenMethods = Callable[[Sequence[tuple[str, ModelCard]]], Awaitable[Sequence[Sequence[RemixMethod]]]]
Endings = Mapping[Pair, Sequence[Ending]]


@dataclass(slots=True)
class _Seen:
    at: datetime
    ailing: Mapping[str, Health]


@wired
class ModelHealth:
    """Nothing is stored: health is judged anew from what the last orders came to."""

    render_history: RenderHistory
    accounts: AccountWatch
    catalogue: Catalogue
    providers: Mapping[str, Provider]
    clock: Clock
    open_methods: OpenMethods  # to remix, of models at accounts
    _seen: list[_Seen] = field(default_factory=list, repr=False)

    async def of(self, card: ModelCard, ordered: RenderKind | None = None) -> Health:
        """`ordered`: what is about to be, if it is well."""
        return (await self._health([card], ordered))[card.id]

    async def ailing(self) -> Mapping[str, Health]:
        """Those models that are not well, by id."""
        health = await self._health(self.catalogue.cards.values())
        return {model: each for model, each in health.items() if not each.is_well}

    async def ailing_lately(self) -> Mapping[str, Health]:
        """The same, a few seconds old at most: suggestions are asked for with each letter typed."""
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
        """The day the configured service closes the model."""
        provider = self.providers.get(card.account)
        return None if provider is None else card.ends(provider.host)

    async def _health(self, cards: Iterable[ModelCard], ordered: RenderKind | None = None) -> Mapping[str, Health]:
        asked = list(cards)
        judged = await self._judged(asked, await self.accounts.closed(_accounts(asked)), ordered)
        return {card.id: judged.health(card) for card in asked}

    async def account_for(self, card: ModelCard) -> str:
        """Where a new video of a model is sent: to the first of its accounts that takes orders, works and has a place.

        One that was refused is tried with an order now and then. What none has at once waits for the best of those
        there are.
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
    """How models do at their accounts, by how their orders ended there."""

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
    """Under which account and model their orders are found."""
    return [(name, card.id) for card in cards for name in card.account_names]


def _accounts(cards: Iterable[ModelCard]) -> set[str]:
    return {name for card in cards for name in card.account_names}
