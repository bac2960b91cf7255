"""Threads that begin at the message of a video."""

from __future__ import annotations

from typing import Protocol

from bot.domain.job import PostedMessage


class ThreadOpener(Protocol):
    """Raises Undeliverable, and Unavailable when Discord cannot be reached."""

    async def open(self, message: PostedMessage, name: str) -> int:
        """The id of the thread at that message, also of one that somebody began there before."""
        ...

    async def is_there(self, thread_id: int) -> bool: ...
