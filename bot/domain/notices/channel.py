"""Telling a server's managers something, in the channel of their choice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.notices.troubles import Notice


class NoticeChannel(Protocol):
    """All raise Undeliverable when that channel takes nothing of ours, and Unavailable when Discord cannot be asked."""

    def guilds(self) -> Collection[int]:
        """The servers that the bot is on, as far as this process is told of them."""
        ...

    async def post(self, channel_id: int, notice: Notice, *, nonce: str) -> int:
        """Post it; the id of its message. The same nonce within a few minutes gives the same message."""
        ...

    async def find_posted(self, channel_id: int, notice: Notice, since: datetime) -> int | None:
        """The message of ours that says it, posted since then."""
        ...

    async def close(self, channel_id: int, message_id: int, job_id: JobId) -> None:
        """That order no longer needs a manager: its notice says so, without buttons."""
        ...

    async def close_request(self, channel_id: int, message_id: int, job: Job) -> None:
        """That order no longer waits for approval: its notice says what was decided, without buttons."""
        ...
