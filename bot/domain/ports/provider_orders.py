"""What was ordered at a provider, to compare with what it has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.job import Job
from bot.domain.recovery.first_try import FirstTry
from bot.domain.recovery.replaced import ReplacedOrder


@value_object
class OpenOrder:
    """A job whose video is not known, and what it is a remix of."""

    job: Job
    source: Job | None


@value_object
class SentOrder:
    """A job whose paid request was sent. `remote_id` is None if its answer was lost."""

    job: Job
    remote_id: str | None


@value_object
class LostOrder:
    """A request in whose place another was sent, with the job as it is now; whether it was accepted is unknown."""

    job: Job
    source: Job | None
    replaced: ReplacedOrder

    def is_of(self, first: FirstTry | None) -> bool:
        """Whether it is that first try of the job."""
        return first is not None and first.sent_at == self.replaced.sent_at


class ProviderOrders(Protocol):
    """Our side of a provider's list of videos."""

    async def without_video(self, provider: str) -> Sequence[OpenOrder]:
        """Jobs without a known video at their provider that may have or get one; oldest first.

        In Queued, Submitting and Unknown, and in NeedsReview if nobody knows.
        """
        ...

    async def replaced(self, provider: str, since: datetime) -> Sequence[LostOrder]:
        """Requests sent there since then that were replaced by a second one and have not turned up so far."""
        ...

    async def rendering(self, provider: str) -> Sequence[Job]:
        """Jobs that it is making now, as far as known here."""
        ...

    async def known(self, provider: str, remote_ids: Iterable[str]) -> frozenset[str]:
        """Those of the ids that belong to a job of ours."""
        ...

    async def sent_since(self, provider: str, since: datetime) -> Sequence[SentOrder]:
        """Orders since then whose paid request was sent, or may have been, oldest first."""
        ...
