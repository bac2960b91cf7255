"""Forecasts for each kind of render, kept for a while: a look costs no reading of two hundred past ones."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.models.card import ModelCard
from bot.domain.ports.clock import Clock
from bot.domain.ports.render_history import RenderHistory, RenderKind
from bot.jobs.timing.forecast import ENOUGH, RenderForecast

FRESH = timedelta(minutes=5)
FRESH_AT_FIRST = timedelta(seconds=15)  # while each render that ends tells much
MOST_KINDS = 128  # about 20 kB each


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    at: datetime
    forecast: RenderForecast
    is_young: bool  # it knows few renders


@dataclass(frozen=True, slots=True)
class RenderForecasts:
    """One per process."""

    history: RenderHistory
    clock: Clock
    _kept: OrderedDict[RenderKind, _Kept] = field(default_factory=OrderedDict)

    async def of(self, kind: RenderKind, card: ModelCard | None) -> RenderForecast:
        """`card` is None when the model has left the catalogue."""
        now, kept = self.clock.now(), self._kept.get(kind)
        if kept is None or not timedelta(0) <= now - kept.at < (FRESH_AT_FIRST if kept.is_young else FRESH):
            past = await self.history.renders(kind)
            forecast = RenderForecast.of(past, card.typical if card else None)
            kept = self._kept[kind] = _Kept(at=now, forecast=forecast, is_young=len(past) < ENOUGH)
            while len(self._kept) > MOST_KINDS:
                self._kept.popitem(last=False)
        self._kept.move_to_end(kind)
        return kept.forecast
