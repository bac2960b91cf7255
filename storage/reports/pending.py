"""Servers whose kept totals are being rebuilt, or not compared yet, so that readers of a report are told."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.db import upserts
from storage.tables import records

NAMESPACE = "wrong sums"  # of `records`, by server
ANY_SERVER = "*"  # instead of one: it is not known yet which ones have any

_is_one = records.c.namespace == NAMESPACE
ANY = select(records.c.key).where(_is_one).limit(1)
OF_SERVER = ANY.where(or_(records.c.key == bindparam("guild"), records.c.key == ANY_SERVER))


async def note_all(connection: AsyncConnection, guild_ids: Collection[int]) -> None:
    """These, and no others."""
    await connection.execute(delete(records).where(_is_one))
    for guild_id in guild_ids:
        await _note(connection, str(guild_id))


async def note_unknown(connection: AsyncConnection) -> None:
    """After an update, until they are compared: an older version may have kept fewer than are read now."""
    await _note(connection, ANY_SERVER)


async def _note(connection: AsyncConnection, key: str) -> None:
    await upserts.put(connection, records, namespace=NAMESPACE, key=key, value={}, expires_at=None)


async def forget(connection: AsyncConnection, guild_id: int) -> None:
    await connection.execute(delete(records).where(_is_one, records.c.key == str(guild_id)))


async def of_any_server(connection: AsyncConnection) -> bool:
    return await is_any(connection, None)


async def is_any(connection: AsyncConnection, guild_id: int | None) -> bool:
    """Whether this one is among them, or may be; None: any."""
    asked = ANY if guild_id is None else OF_SERVER
    return (await connection.execute(asked, {"guild": str(guild_id)})).first() is not None
