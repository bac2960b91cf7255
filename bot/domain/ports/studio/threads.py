"""Threads that start from a video's message."""

from __future__ import annotations

from typing import Protocol

from bot.domain.job import PostedMessage


class ThreadOpener(Protocol):
    """Raises Undeliverable, and Unavailable if Discord cannot be reached."""

    async def open(self, message: PostedMessage, name: str) -> int:
        """The id of the thread at that message, including one that somebody started there before."""
        ...

    async def is_there(self, thread_id: int) -> bool: ...
