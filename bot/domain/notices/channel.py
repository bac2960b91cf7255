"""Notifying a server's managers in the channel of their choice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.notices.troubles import Notice


class NoticeChannel(Protocol):
    """All raise Undeliverable if that channel accepts nothing from us, and Unavailable if Discord can't be asked."""

    def guilds(self) -> Collection[int]:
        """The servers that the bot is on, as far as this process knows."""
        ...

    async def post(self, channel_id: int, notice: Notice, *, nonce: str) -> int:
        """Post it. Returns its message id. The same nonce within a few minutes gives the same message."""
        ...

    async def find_posted(self, channel_id: int, notice: Notice, since: datetime) -> int | None:
        """Our message that says it, posted since then."""
        ...

    async def close(self, channel_id: int, message_id: int, job_id: JobId) -> None:
        """That order no longer needs a manager: update its notice, without buttons."""
        ...

    async def close_request(self, channel_id: int, message_id: int, job: Job) -> None:
        """That order no longer waits for approval: its notice shows the decision, without buttons."""
        ...
