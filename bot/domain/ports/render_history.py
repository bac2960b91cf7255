"""How long renders took and how orders ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from bot.domain.models.health import TrackRecord
from bot.domain.video import Size


class RenderHistory(Protocol):
    """What past jobs say about the next one."""

    async def render_times(self, provider: str, model: str, seconds: int, size: Size) -> Sequence[float]:
        """Seconds from accepted order to the end, of the last 200 of this kind."""
        ...

    async def track_records(self, models: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], TrackRecord]:
        """By provider and model: how the last orders ended and how long the last 200 videos took."""
        ...
