"""Notifies listeners when a job has changed. Callers do not know who listens, and never wait for them."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.job import Job

Listener = Callable[[Job], None]
QueueListener = Callable[[int], None]


class JobEvents:
    """Called after each stored change, in this process. A listener takes note and returns at once."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._queue_listeners: list[QueueListener] = []

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def tell(self, job: Job) -> None:
        for listener in self._listeners:
            listener(job)

    def listen_to_queues(self, listener: QueueListener) -> None:
        self._queue_listeners.append(listener)

    def tell_of_queue(self, guild_id: int) -> None:
        """All orders waiting on a server now wait for a different reason."""
        for listener in self._queue_listeners:
            listener(guild_id)
