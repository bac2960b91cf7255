"""Our PostgreSQL advisory locks: each purpose has its own number. SQLite needs none."""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection


class WholeLock(IntEnum):
    """One lock for all. The numbers never change, because an older Kinora may be running as well."""

    MIGRATION = 0x4B69_6E6F_0001
    PLACES = 0x4B69_6E6F_0002


class NamedLock(IntEnum):
    """One lock per name, as far as the hash of the name distinguishes them."""

    RECORD = 0x4B69_6E6F
    GRANTS = 0x4B69_6E70
    PRESETS = 0x4B69_6E71
    CONTESTS = 0x4B69_6E72
    WEBHOOKS = 0x4B69_6E73


async def hold(connection: AsyncConnection, lock: WholeLock) -> None:
    """Hold it exclusively until the transaction ends. On SQLite, writers are exclusive anyway."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(lock.value)))


async def hold_named(connection: AsyncConnection, lock: NamedLock, name: str) -> None:
    """Hold the lock of this name exclusively until the transaction ends. On SQLite, writers are exclusive anyway."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(lock.value, func.hashtext(name))))
