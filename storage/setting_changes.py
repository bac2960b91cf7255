"""What was changed of each server's settings, page by page: a page costs the same however far back it is."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.audit.changes import ChangeCursor, ChangesPage, NotedChange, SettingChange
from bot.domain.history import Direction
from bot.domain.messages import Message
from storage.db.database import Database
from storage.guild_tables import setting_changes
from storage.type_adapters import adapter_of

log = logging.getLogger(__name__)


@wired
class SqlSettingChanges:
    """The ChangeStore."""

    database: Database

    async def add(self, changes: Sequence[SettingChange], at: datetime) -> None:
        rows = [_row_of(change, at) for change in changes]
        await self.database.write(lambda connection: connection.execute(insert(setting_changes), rows))

    async def page(self, guild_id: int, most: int, cursor: ChangeCursor | None = None) -> ChangesPage:
        async def read(connection: AsyncConnection) -> ChangesPage:
            rows = (await connection.execute(page_query(guild_id, most, cursor))).all()
            more, noted = len(rows) > most, [_change_of(row) for row in rows[:most]]
            found = [each for each in noted if each is not None]
            if cursor is not None and cursor.direction is Direction.NEWER:
                return ChangesPage(changes=found[::-1], newer=more, older=True)
            return ChangesPage(changes=found, newer=cursor is not None, older=more)

        return await self.database.read(read)


def page_query(guild_id: int, most: int, cursor: ChangeCursor | None) -> Select[*tuple[Any, ...]]:
    """Nearest first, and one more than fits on a page."""
    number = setting_changes.c.id
    forwards = cursor is not None and cursor.direction is Direction.NEWER
    wanted = select(setting_changes).where(setting_changes.c.guild_id == guild_id)
    if cursor is not None:
        wanted = wanted.where(number > cursor.at if forwards else number < cursor.at)
    return wanted.order_by(number if forwards else number.desc()).limit(most + 1)


def _row_of(change: SettingChange, at: datetime) -> dict[str, Any]:
    return {
        "guild_id": change.guild_id,
        "changed_by": change.by,
        "at": at,
        "what": _data(change.what),
        "before": _data(change.before),
        "after": _data(change.after),
    }


def _data(message: Message | None) -> object:
    return None if message is None else adapter_of(Message).dump_python(message, mode="json")


def _change_of(row: Row[*tuple[Any, ...]]) -> NotedChange | None:
    """None, with a line in the log, for one that a newer version wrote in its own terms, or that is broken."""
    try:
        change = SettingChange(
            guild_id=row.guild_id,
            by=row.changed_by,
            what=adapter_of(Message).validate_python(row.what),
            before=_read(row.before),
            after=_read(row.after),
        )
    except ValueError as error:
        reason = str(error).partition("\n")[0]
        log.warning("change %s of the server %s cannot be read and is left out: %s", row.id, row.guild_id, reason)
        return None
    return NotedChange(id=row.id, at=row.at, change=change)


def _read(data: object) -> Message | None:
    return None if data is None else adapter_of(Message).validate_python(data)
