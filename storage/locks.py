"""PostgreSQL's advisory locks that are ours: each purpose has a number of its own. SQLite needs none."""

from __future__ import annotations

from enum import IntEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection


class WholeLock(IntEnum):
    """One lock for all. The numbers stay, since an older Kinora may run beside."""

    MIGRATION = 0x4B69_6E6F_0001
    PLACES = 0x4B69_6E6F_0002


class NamedLock(IntEnum):
    """One lock for each name, as far as the hash of the name tells them apart."""

    RECORD = 0x4B69_6E6F
    GRANTS = 0x4B69_6E70
    PRESETS = 0x4B69_6E71
    CONTESTS = 0x4B69_6E72
    WEBHOOKS = 0x4B69_6E73


async def hold(connection: AsyncConnection, lock: WholeLock) -> None:
    """Be alone with it until the transaction ends. On SQLite, whoever writes is alone anyway."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(lock.value)))


async def hold_named(connection: AsyncConnection, lock: NamedLock, name: str) -> None:
    """Be alone with what has this name until the transaction ends. On SQLite, whoever writes is alone anyway."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(lock.value, func.hashtext(name))))
