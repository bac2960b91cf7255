"""Remembers which channel a thread belongs to: once the thread is gone, nobody can say any more."""

from __future__ import annotations

from bot.data_classes import value_object, wired
from bot.domain.ports.records import Record, Records


@value_object
class ThreadParent:
    channel_id: int


PARENT = Record("thread parent", ThreadParent)  # by thread


@wired
class ThreadParents:
    records: Records

    async def remember(self, thread_id: int, parent_id: int) -> None:
        parent, key = ThreadParent(channel_id=parent_id), str(thread_id)
        if await self.records.read(PARENT, key) != parent:
            await self.records.write(PARENT, key, parent)

    async def of(self, channel_id: int) -> int | None:
        """None if it is no thread, or a private one: what is ordered there is never shown in its channel."""
        parent = await self.records.read(PARENT, str(channel_id))
        return None if parent is None else parent.channel_id
