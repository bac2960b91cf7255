"""Moderation cases without a person: the decision stays, but not who reported it or decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.access.own_data import ERASED_MEMBER, OwnFact
from bot.domain.ports.records import Record
from storage.tables import records

REPORT = "report"  # the kind of fact that it is
THEIRS = ("at", "reason")  # fields of a report, beside the video


async def reports_of(connection: AsyncConnection, cases: Sequence[Record[Any]], member_id: int) -> list[OwnFact]:
    """A member's reports, as far as they are theirs: which video, when, and their words."""
    kept = records.c.namespace.in_([record.namespace for record in cases])
    rows = await connection.execute(select(records).where(kept).order_by(records.c.key))
    return [
        OwnFact(kind=REPORT, value={"video": row.key, **{name: report.get(name) for name in THEIRS}})
        for row in rows
        if isinstance(row.value, dict)
        for report in row.value.get("reports") or ()
        if report.get("by") == member_id
    ]


async def take_out_of_cases(connection: AsyncConnection, cases: Sequence[Record[Any]], member_id: int) -> None:
    kept = records.c.namespace.in_([record.namespace for record in cases])
    for row in await connection.execute(select(records).where(kept).with_for_update()):
        value = _without(row.value, member_id)
        if value != row.value:
            key = and_(records.c.namespace == row.namespace, records.c.key == row.key)
            await connection.execute(update(records).where(key).values(value=value))


def _without(value: Any, member_id: int) -> Any:
    """Nobody in their place, and nothing that they wrote."""
    match value:
        case {"by": by} if by == member_id:
            words = {"reason": ""} if "reason" in value else {}
            return {**value, "by": ERASED_MEMBER, **words}
        case dict():
            return {name: _without(each, member_id) for name, each in value.items()}
        case list():
            return [_without(each, member_id) for each in value]
        case str() if value.endswith(f":{member_id}"):
            return value.removesuffix(str(member_id)) + str(ERASED_MEMBER)
        case _:
            return ERASED_MEMBER if value == member_id else value
