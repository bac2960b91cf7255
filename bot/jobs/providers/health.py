"""How the models do: from the jobs table and the accounts' circuits, so it is the same for all processes."""

from __future__ import annotations

import statistics
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.domain.models.card import ModelCard
from bot.domain.models.catalogue import Catalogue
from bot.domain.models.health import Ending, Health, TrackRecord, failing
from bot.domain.ports.clock import Clock
from bot.domain.ports.provider import Provider
from bot.domain.ports.render_history import RenderHistory
from bot.domain.video import RemixMethod
from bot.jobs.providers.circuit_breaker import Circuit

FRESH = timedelta(seconds=5)  # what suggestions while typing may be behind


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReport:
    """One model that can be ordered, as /models shows it."""

    card: ModelCard
    health: Health
    usual: float | None  # seconds from accepted order to video; None while there is no history
    videos: int  # that the usual time was taken from
    ends: date | None  # the day its service closes it
    remix: Sequence[RemixMethod]  # the ways that are open there, best first


OpenMethods = Callable[[Sequence[tuple[str, ModelCard]]], Awaitable[Sequence[Sequence[RemixMethod]]]]
Refused = Mapping[str, datetime]  # since when, by the names of the accounts that are refused


@dataclass(slots=True)
class _Seen:
    at: datetime
    ailing: Mapping[str, Health]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelHealth:
    """Nothing is stored: health is judged anew from what the last orders came to."""

    render_history: RenderHistory
    circuit: Circuit
    catalogue: Catalogue
    providers: Mapping[str, Provider]
    clock: Clock
    open_methods: OpenMethods  # to remix, of models at accounts
    _seen: list[_Seen] = field(default_factory=list, repr=False)

    async def of(self, card: ModelCard) -> Health:
        return (await self._health([card]))[card.id]

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
        refused = await self._refused(cards)
        records = await self._records(cards, refused)
        endings = {model: record.endings for model, record in records.items()}
        health = self._judged(cards, endings, refused)
        methods = await self.open_methods([(chosen(card, refused), card) for card in cards])
        return [
            self._report(card, health[card.id], records[card.id], remix)
            for card, remix in zip(cards, methods, strict=True)
        ]

    def _report(
        self, card: ModelCard, health: Health, record: TrackRecord, remix: Sequence[RemixMethod]
    ) -> ModelReport:
        return ModelReport(
            card=card,
            health=health,
            usual=statistics.median(record.seconds) if record.seconds else None,
            videos=len(record.seconds),
            ends=self.ends(card),
            remix=remix,
        )

    def ends(self, card: ModelCard) -> date | None:
        """The day the configured service closes the model."""
        provider = self.providers.get(card.account)
        return None if provider is None else card.ends(provider.host)

    async def _health(self, cards: Iterable[ModelCard]) -> Mapping[str, Health]:
        asked = list(cards)
        refused = await self._refused(asked)
        keys = _keys(asked, refused)
        found = await self.render_history.endings(keys.values())
        return self._judged(asked, {model: found[key] for model, key in keys.items()}, refused)

    async def account_for(self, card: ModelCard) -> str:
        """Where a new video of a model is sent: the first of its accounts that is not refused."""
        return chosen(card, await self._refused([card]))

    async def _records(self, cards: Sequence[ModelCard], refused: Refused) -> Mapping[str, TrackRecord]:
        keys = _keys(cards, refused)
        records = await self.render_history.track_records(keys.values())
        return {model: records[key] for model, key in keys.items()}

    def _judged(
        self, cards: Sequence[ModelCard], endings: Mapping[str, Sequence[Ending]], refused: Refused
    ) -> Mapping[str, Health]:
        now = self.clock.now()
        return {
            card.id: Health(failing=failing(endings[card.id], now), refused_since=refused.get(chosen(card, refused)))
            for card in cards
        }

    async def _refused(self, cards: Iterable[ModelCard]) -> Refused:
        return await self.circuit.refused_since({name for card in cards for name in card.account_names})


def _keys(cards: Iterable[ModelCard], refused: Refused) -> dict[str, tuple[str, str]]:
    """By the models' ids: under which account and model their orders are found."""
    return {card.id: (chosen(card, refused), card.id) for card in cards}


def chosen(card: ModelCard, refused: Refused) -> str:
    """The first of a model's accounts that is not refused; when all are, the first."""
    return next((name for name in card.account_names if name not in refused), card.account)
