"""Forecasts for each kind of render, cached for a while: a poll need not read two hundred past ones."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta

from bot.data_classes import value_object, wired
from bot.domain.models.card import ModelCard
from bot.domain.ports.clock import Clock
from bot.domain.ports.render_history import PastRender, RenderHistory, RenderKind
from bot.jobs.timing.forecast import ENOUGH, RenderForecast

FRESH = timedelta(minutes=5)
FRESH_AT_FIRST = timedelta(seconds=15)  # while each render that ends adds much
MOST_KINDS = 128  # about 20 kB each


@value_object
class _Kept:
    at: datetime
    forecast: RenderForecast
    is_young: bool  # based on few renders

    @classmethod
    def of(cls, past: Sequence[PastRender], card: ModelCard | None, now: datetime) -> _Kept:
        forecast = RenderForecast.of(past, card.typical if card else None)
        return cls(at=now, forecast=forecast, is_young=len(past) < ENOUGH)


@wired
class RenderForecasts:
    """One per process."""

    history: RenderHistory
    clock: Clock
    _kept: OrderedDict[RenderKind, _Kept] = field(default_factory=OrderedDict)

    async def of(self, kind: RenderKind, card: ModelCard | None) -> RenderForecast:
        """`card` is None if the model has left the catalogue."""
        return (await self.of_each({kind: card}))[kind]

    async def of_each(self, kinds: Mapping[RenderKind, ModelCard | None]) -> Mapping[RenderKind, RenderForecast]:
        """For several, in as many statements as for one."""
        now = self.clock.now()
        fresh = {kind: self._kept[kind] for kind in kinds if self._is_fresh(kind, now)}
        old = [kind for kind in kinds if kind not in fresh]
        renders = await self.history.renders(old) if old else {}
        read = {kind: _Kept.of(past, kinds[kind], now) for kind, past in renders.items()}
        self._keep(read)
        return {kind: kept.forecast for kind, kept in (fresh | read).items()}

    def _is_fresh(self, kind: RenderKind, now: datetime) -> bool:
        kept = self._kept.get(kind)
        return kept is not None and timedelta(0) <= now - kept.at < (FRESH_AT_FIRST if kept.is_young else FRESH)

    def _keep(self, read: Mapping[RenderKind, _Kept]) -> None:
        """Keep the newest; the one read longest ago goes."""
        for kind, kept in read.items():
            self._kept[kind] = kept
            self._kept.move_to_end(kind)
        while len(self._kept) > MOST_KINDS:
            self._kept.popitem(last=False)
