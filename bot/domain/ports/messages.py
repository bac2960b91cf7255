"""Stores which messages show a job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.phases import Phase


@value_object
class Shown:
    """The messages that show a job. A batch's card is also the result of its videos, if they are shown there."""

    card: PostedMessage | None = None
    result: PostedMessage | None = None

    @property
    def is_on_its_card(self) -> bool:
        return self.card is not None and self.result is not None and self.card.message_id == self.result.message_id


@value_object
class CardState:
    """What a card shows of a job that others may change at any time."""

    phase: Phase
    cancel_asked_by: int | None = None

    @classmethod
    def of(cls, job: Job) -> CardState:
        return cls(phase=job.phase, cancel_asked_by=job.cancel_asked_by)

    def in_job(self, job: Job) -> Job:
        """The job as it stands now."""
        return replace(job, phase=self.phase, cancel_asked_by=self.cancel_asked_by)


class Route(StrEnum):
    """Where a result may be posted, in the order these are tried."""

    CHOSEN = "chosen"  # in the channel that the server chose for its videos
    ORDERED = "result"  # where it was ordered
    PARENT = "parent"  # in the channel of the thread it was ordered in
    DIRECT = "direct"  # to its owner alone


class MessageStore(Protocol):
    async def shown(self, job_id: JobId) -> Shown: ...

    async def remember_card(
        self, job_id: JobId, message: PostedMessage, drawn: str | None = None
    ) -> Mapping[JobId, CardState]:
        """The card of the job, or of the batch that it leads. Returns their current state, of those that can be read.

        `drawn`: the state that it shows, as in `remember_drawn`.
        """
        ...

    async def remember_drawn(self, job_id: JobId, state: str) -> None:
        """The card now shows the job in this state (a phase's name), or can no longer be changed."""
        ...

    async def outdated_cards(self, most: int) -> Sequence[Job]:
        """Jobs whose card shows a different state, newest first."""
        ...

    async def open_cards(self, most: int) -> Sequence[Job]:
        """Jobs that are not at rest and have a card, newest first."""
        ...

    async def forget_card(self, job_id: JobId, *, unless_noted: bool = False) -> None:
        """Record that this job, or the batch that it leads, has no card, or none that can be found.

        It is no longer drawn or looked for. With `unless_noted`, a recorded card stays.
        """
        ...

    async def cardless(self, since: datetime, most: int) -> Sequence[Job]:
        """Jobs ordered since then for which neither a card was recorded nor that there is none; newest first.

        Of a batch, only its lead.
        """
        ...

    async def remember_result(self, job_id: JobId, message: PostedMessage) -> None: ...

    async def remember_route(self, job_id: JobId, route: Route, channel_id: int = 0) -> None:
        """The intent to post the result there, because no earlier place accepted it; `channel_id` as soon as it is
        known.
        """
        ...

    async def route_taken(self, job_id: JobId) -> Route | None:
        """The last of them; None while it goes where it was ordered."""
        ...

    async def place_of(self, job_id: JobId, route: Route) -> int | None:
        """The channel recorded with a route; None if it was never taken."""
        ...

    async def forget_result(self, job_id: JobId) -> None: ...

    async def remember_repost(self, job_id: JobId, message: PostedMessage) -> None:
        """It is the result from now on; the previous one becomes a copy."""
        ...

    async def remember_copy(self, job_id: JobId, message: PostedMessage) -> None:
        """Another message that shows the video."""
        ...

    async def copies(self, job_id: JobId) -> Sequence[PostedMessage]: ...
