"""Redraws cards: the latest state wins, important changes first, within Discord's rate limits, retried until done."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import IntEnum

from bot.domain.errors import Unavailable
from bot.domain.ids import JobId

log = logging.getLogger(__name__)

BURST = 0.25  # seconds; changes in so quick succession are drawn as one
LEAST_GAP = 5.0  # seconds between two edits of one card
GAP_PER_CARD = 1.5  # seconds per card in use in the channel: they share one bucket (about 5 edits per 5 s)
FIRST_PAUSE = 1.0  # seconds after a failed edit; doubled after each further failure
LONGEST_PAUSE = 30.0  # seconds; so a card is up to date within a minute of Discord's recovery
REMEMBERED = 600.0  # seconds for which the time of an edit is remembered; longer than any gap


class Haste(IntEnum):
    """How soon a change should be visible."""

    NEWS = 0  # a figure: waits for the card's own gap
    PHASE = 1  # a new phase: waits only for other cards
    AT_ONCE = 2  # a finished job, or a cancellation


@dataclass(slots=True)
class _Change:
    since: float  # seconds on the loop's clock, as all times here
    haste: Haste = Haste.NEWS
    tries: int = 0  # failures in a row
    not_before: float = 0.0


@dataclass(slots=True)
class _Channel:
    wanted: dict[JobId, _Change] = field(default_factory=dict)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    until: float = float("-inf")  # when the next card is due, unless a change makes one due earlier
    task: asyncio.Task[None] | None = None


class CardUpdater:
    """One consumer per channel, running while there is something to draw.

    `draw` looks up the latest state itself and returns whether it made an edit. If it raises, it is called again, ever
    more slowly. There is one edit of a card at a time, so none can overtake a newer one.
    """

    def __init__(self, draw: Callable[[JobId], Awaitable[bool]], *, least_gap: float = LEAST_GAP) -> None:
        self._draw = draw
        self._least_gap = least_gap
        self._channels: dict[int, _Channel] = {}
        self._drawn_at: dict[JobId, float] = {}

    def want(self, channel_id: int, job_id: JobId, haste: Haste) -> None:
        """Request a redraw of a card that has changed."""
        channel = self._channels.setdefault(channel_id, _Channel())
        change = self._put(channel, job_id, _Change(_now(), haste))
        # Do not look through a thousand cards for each change that can wait.
        if self._due(job_id, change, len(channel.wanted)) < channel.until:
            channel.changed.set()
        if channel.task is None:
            channel.task = asyncio.create_task(self._consume(channel_id, channel), name=f"cards of {channel_id}")

    async def close(self) -> None:
        """Stop drawing. What is missing is drawn after the next start."""
        tasks = [channel.task for channel in self._channels.values() if channel.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _put(self, channel: _Channel, job_id: JobId, change: _Change) -> _Change:
        """The pending request for the card, merged with this one."""
        known = channel.wanted.setdefault(job_id, change)
        if (known.haste is Haste.AT_ONCE) == (change.haste is Haste.AT_ONCE):
            known.not_before = max(known.not_before, change.not_before)
        elif change.haste is Haste.AT_ONCE:  # it ignores the pause after failures of a lesser change
            known.not_before = change.not_before
        known.haste = max(known.haste, change.haste)
        known.tries = max(known.tries, change.tries)
        return known

    async def _consume(self, channel_id: int, channel: _Channel) -> None:
        while channel.wanted:
            channel.changed.clear()
            job_id, channel.until = self._next(channel)
            if (wait := channel.until - _now()) > 0:
                await _either(channel.changed, wait)
                continue
            change = channel.wanted.pop(job_id)
            try:
                if await self._draw(job_id):
                    self._drawn_at[job_id] = _now()
            except Unavailable as later:
                self._again(channel, job_id, change, str(later.message), later.retry_after)
            except Exception as error:
                # A failing card must not stop the others.
                if not change.tries:
                    log.exception("the card of %s could not be drawn", job_id)
                self._again(channel, job_id, change, repr(error))
        del self._channels[channel_id]
        recent = _now() - REMEMBERED
        self._drawn_at = {card: at for card, at in self._drawn_at.items() if at > recent}

    def _again(
        self, channel: _Channel, job_id: JobId, change: _Change, reason: str, wished: float | None = None
    ) -> None:
        pause = wished or min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(change.tries, 10))
        log.log(
            logging.DEBUG if change.tries else logging.WARNING,
            "the card of %s is drawn again in %.0f s: %s",
            job_id,
            pause,
            reason,
        )
        self._put(channel, job_id, _Change(change.since, change.haste, change.tries + 1, _now() + pause))

    def _next(self, channel: _Channel) -> tuple[JobId, float]:
        """The next card, and when it is due."""
        due = {job_id: self._due(job_id, change, len(channel.wanted)) for job_id, change in channel.wanted.items()}
        job_id = min(due, key=due.__getitem__)
        return job_id, due[job_id]

    def _due(self, job_id: JobId, change: _Change, cards: int) -> float:
        if change.haste is Haste.AT_ONCE:
            return change.not_before
        gap = GAP_PER_CARD * (cards - 1) if change.haste is Haste.PHASE else max(self._least_gap, GAP_PER_CARD * cards)
        since = self._drawn_at.get(job_id)
        after_gap = since + gap if since is not None and self._least_gap else 0.0
        return max(change.since + BURST, after_gap, change.not_before)


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _either(changed: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await changed.wait()
    except TimeoutError:
        pass
