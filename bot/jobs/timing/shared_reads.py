"""One read for all callers that need the same value at the same moment.

A list answers a hundred polls at once. If each of them then read the same outdated value, a hundred reads would be
ahead of the ones that a person's command needs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Read = Callable[[Sequence[K]], Coroutine[Any, Any, Mapping[K, V]]]  # returns a value for each key


class SharedReads(Generic[K, V]):
    """Shares reads in progress and keeps no results. What a read raises, all its callers get."""

    def __init__(self) -> None:
        self._under_way: dict[K, asyncio.Task[Mapping[K, V]]] = {}

    async def of_each(self, keys: Iterable[K], read: Read[K, V]) -> dict[K, V]:
        """The values of these keys. `read` is called once, with the keys that are not being read already."""
        wanted = list(dict.fromkeys(keys))
        if unread := [key for key in wanted if key not in self._under_way]:
            self._begin(unread, read)
        reads = {self._under_way[key] for key in wanted}
        # A cancelled caller must not end the read for the others.
        answers = await asyncio.gather(*map(asyncio.shield, reads))
        found = {key: value for answer in answers for key, value in answer.items()}
        return {key: found[key] for key in wanted}

    def _begin(self, keys: Sequence[K], read: Read[K, V]) -> None:
        task = asyncio.create_task(read(keys), name="shared read")
        self._under_way |= dict.fromkeys(keys, task)
        task.add_done_callback(lambda _: self._end(keys))

    def _end(self, keys: Sequence[K]) -> None:
        for key in keys:
            del self._under_way[key]
