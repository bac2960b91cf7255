"""What many steps ask for at the same moment is read once.

A list tells of a hundred renders at a time. If each of their looks found the same thing out of date, a hundred reads
would stand in line before whatever a person asks the database for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Read = Callable[[Sequence[K]], Coroutine[Any, Any, Mapping[K, V]]]  # what is found of each of these


class SharedReads(Generic[K, V]):
    """Nothing is kept: who asks after the end of a read has it read again. What one raises, all who wait for it get."""

    def __init__(self) -> None:
        self._under_way: dict[K, asyncio.Task[Mapping[K, V]]] = {}

    async def of_each(self, keys: Iterable[K], read: Read[K, V]) -> dict[K, V]:
        """What is found of these keys; `read` is asked, in one go, for those that nobody is reading yet."""
        wanted = list(dict.fromkeys(keys))
        if unread := [key for key in wanted if key not in self._under_way]:
            self._begin(unread, read)
        reads = {key: self._under_way[key] for key in wanted}
        # Who is cancelled leaves the read to the others.
        return {key: (await asyncio.shield(task))[key] for key, task in reads.items()}

    def _begin(self, keys: Sequence[K], read: Read[K, V]) -> None:
        task = asyncio.create_task(read(keys), name="shared read")
        self._under_way |= dict.fromkeys(keys, task)
        task.add_done_callback(lambda _: self._end(keys))

    def _end(self, keys: Sequence[K]) -> None:
        for key in keys:
            del self._under_way[key]
