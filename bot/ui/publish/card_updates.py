"""Redraws cards: latest state wins, terminal states first, never faster than Discord likes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.domain.ids import JobId

log = logging.getLogger(__name__)

BURST = 0.25  # seconds; changes that follow each other so fast are drawn as one
LEAST_GAP = 5.0  # seconds between two edits of one card
GAP_PER_CARD = 1.5  # seconds, times the cards alive in the channel: they share one bucket (about 5 edits per 5 s)


@dataclass(slots=True)
class _Change:
    since: float  # monotonic seconds
    urgent: bool


@dataclass(slots=True)
class _Channel:
    wanted: dict[JobId, _Change] = field(default_factory=dict)
    drawn_at: dict[JobId, float] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class CardUpdater:
    """One consumer a channel, alive while there is something to draw. `draw` looks up the newest state itself."""

    def __init__(self, draw: Callable[[JobId], Awaitable[None]], *, least_gap: float = LEAST_GAP) -> None:
        self._draw = draw
        self._least_gap = least_gap
        self._channels: dict[int, _Channel] = {}

    def want(self, channel_id: int, job_id: JobId, *, urgent: bool) -> None:
        """A card has changed. Urgent ones (a job at rest, a cancel) are drawn at once."""
        channel = self._channels.setdefault(channel_id, _Channel())
        change = channel.wanted.setdefault(job_id, _Change(since=time.monotonic(), urgent=False))
        change.urgent = change.urgent or urgent
        channel.changed.set()
        if channel.task is None:
            channel.task = asyncio.create_task(self._consume(channel_id, channel), name=f"cards of {channel_id}")

    async def close(self) -> None:
        """Stop drawing. What is missing is drawn when the bot is back."""
        tasks = [channel.task for channel in self._channels.values() if channel.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _consume(self, channel_id: int, channel: _Channel) -> None:
        while channel.wanted:
            channel.changed.clear()
            job_id, wait = self._next(channel)
            if wait > 0:
                await _either(channel.changed, wait)
                continue
            channel.wanted.pop(job_id)
            channel.drawn_at[job_id] = time.monotonic()
            try:
                await self._draw(job_id)
            except Exception:
                # One card never stops the others.
                log.exception("the card of %s could not be drawn", job_id)
        del self._channels[channel_id]

    def _next(self, channel: _Channel) -> tuple[JobId, float]:
        gap = max(self._least_gap, GAP_PER_CARD * len(channel.wanted)) if self._least_gap else 0.0
        due = {
            job_id: max(change.since + BURST, channel.drawn_at.get(job_id, 0.0) + gap) if not change.urgent else 0.0
            for job_id, change in channel.wanted.items()
        }
        job_id = min(due, key=due.__getitem__)
        return job_id, due[job_id] - time.monotonic()


async def _either(changed: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await changed.wait()
    except TimeoutError:
        pass
