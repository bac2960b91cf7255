"""Several videos that are ordered at once: all of them or none, shown on one card."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.ids import JobId

LARGEST_BATCH = 8  # videos; a card has a button or two for each of them


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPlace:
    """Which of a batch a video is."""

    lead: JobId  # the first of them, by whose id the batch is known
    number: int  # from 1
