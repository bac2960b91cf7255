"""How long renders of a kind usually take, as people are told. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from bot.data_classes import value_object
from bot.domain.models.card import TYPICAL_SECONDS, ModelCard
from bot.domain.ports.render_history import PastRenders

ENOUGH_HISTORY = 3  # renders; with fewer, the model card's own figure is the better guess


@value_object(kw_only=False)
class RenderTimes:
    """What is known about one kind of render: seconds of past ones, and the card's figure if there are none.

    `here`: those made on the server that asks.
    """

    times: Sequence[float]
    typical: float | None
    here: Sequence[float] = ()

    @classmethod
    def of(cls, past: PastRenders, card: ModelCard | None) -> RenderTimes:
        """`card` is None when the model has left the catalogue."""
        return cls(past.anywhere, card.typical if card else None, past.here)

    @property
    def usual(self) -> float:
        """Seconds from accepted order to finished video, as an internal estimate."""
        if len(self.times) >= ENOUGH_HISTORY:
            return statistics.median(self.times)
        return TYPICAL_SECONDS if self.typical is None else self.typical

    @property
    def told(self) -> float | None:
        """What people are told is usual: on their server, otherwise on this installation, otherwise by the card."""
        times = self.here or self.times
        return statistics.median(times) if times else self.typical
