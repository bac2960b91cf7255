"""Who posts finished videos."""

from __future__ import annotations

from typing import Protocol

from bot.domain.job import Job, PostedMessage


class Reposter(Protocol):
    async def repost(self, job: Job, *, asked_by: int, nonce: str) -> PostedMessage:
        """Post a kept video as a new message to the job's `channel_id`, within its `upload_limit`.

        The same nonce within a few minutes gives the same message. Raises Undeliverable when the channel will not take
        it, Unavailable when Discord cannot be reached.
        """
        ...


class ResultPublisher(Protocol):
    async def deliver(self, job: Job, *, again: bool) -> None:
        """Post a finished video as a message of its own, once. `again`: an earlier try may have got through.

        Raises Undeliverable when its channel will not take it, Unavailable when Discord cannot be reached.
        """
        ...
