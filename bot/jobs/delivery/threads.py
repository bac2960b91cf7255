"""Which channel a thread belongs to, remembered: when the thread is gone, nobody can say any more."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.ports.records import Records


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadParents:
    records: Records

    async def remember(self, thread_id: int, parent_id: int) -> None:
        key = _key(thread_id)
        if await self.records.read(key) is None:
            await self.records.write(key, str(parent_id))

    async def of(self, channel_id: int) -> int | None:
        """None for what is no thread, or a private one: what is ordered there is never shown in its channel."""
        noted = await self.records.read(_key(channel_id))
        return None if noted is None else int(noted)


def _key(thread_id: int) -> str:
    return f"parent of thread {thread_id}"
