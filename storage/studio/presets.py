"""Stores presets in rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.studio.presets import MOST_PRESETS, NOBODYS, Preset
from bot.domain.video import Lora, Size, VideoOptions
from storage.db import upserts
from storage.db.database import Database
from storage.jobs.mapping import JobRow
from storage.locks import NamedLock, hold_named
from storage.studio.presets_table import presets as rows


@wired
class SqlPresets:
    """The PresetStore."""

    database: Database

    async def listed(self, guild_id: int, member_id: int) -> Sequence[Preset]:
        whose = or_(_in(NOBODYS, member_id), _in(guild_id, NOBODYS))
        query = select(rows).where(whose).order_by(rows.c.guild_id, rows.c.key)

        async def read(connection: AsyncConnection) -> list[Preset]:
            return [_preset_of(row) for row in await connection.execute(query)]

        return await self.database.read(read)

    async def add(self, presets: Sequence[Preset], at: datetime) -> Sequence[Preset]:
        async def write(connection: AsyncConnection) -> list[Preset]:
            added: list[Preset] = []
            if not presets:
                return added
            await _alone(connection, presets[0])
            room = MOST_PRESETS - await _count(connection, presets[0])
            for preset in presets:
                if len(added) < room and await _inserted(connection, preset, at):
                    added.append(preset)
            return added

        return await self.database.write(write)

    async def change(self, before: Preset, after: Preset, at: datetime) -> bool:
        async def write(connection: AsyncConnection) -> bool:
            await _alone(connection, before)
            taken = select(rows.c.key).where(_is(after))
            if after.key != before.key and (await connection.execute(taken)).one_or_none() is not None:
                return False
            if not (await connection.execute(delete(rows).where(_is(before)))).rowcount:
                return False
            return await _inserted(connection, after, at)

        return await self.database.write(write)

    async def remove(self, preset: Preset) -> bool:
        async def write(connection: AsyncConnection) -> bool:
            return bool((await connection.execute(delete(rows).where(_is(preset)))).rowcount)

        return await self.database.write(write)


async def _alone(connection: AsyncConnection, preset: Preset) -> None:
    """Nobody else adds to this owner's presets, or renames one, before the transaction ends."""
    await hold_named(connection, NamedLock.PRESETS, f"{preset.guild_id} {preset.member_id}")


async def _count(connection: AsyncConnection, preset: Preset) -> int:
    here = select(func.count()).select_from(rows).where(_in(preset.guild_id, preset.member_id))
    return (await connection.execute(here)).scalar_one()


async def _inserted(connection: AsyncConnection, preset: Preset, at: datetime) -> bool:
    new = upserts.insert(connection, rows).values(**_row_of(preset), at=at).on_conflict_do_nothing()
    return (await connection.execute(new.returning(rows.c.key))).one_or_none() is not None


def _in(guild_id: int, member_id: int) -> ColumnElement[bool]:
    return and_(rows.c.member_id == member_id, rows.c.guild_id == guild_id)


def _is(preset: Preset) -> ColumnElement[bool]:
    return and_(_in(preset.guild_id, preset.member_id), rows.c.key == preset.key)


def _row_of(preset: Preset) -> dict[str, Any]:
    return {
        "member_id": preset.member_id,
        "guild_id": preset.guild_id,
        "key": preset.key,
        "name": preset.name,
        "style": preset.style,
        "model": preset.model,
        "seconds": preset.seconds,
        "size": None if preset.size is None else str(preset.size),
        "sound": preset.options.sound,
        "seed": preset.options.seed,
        "negative_prompt": preset.options.negative_prompt,
        "lora": None if preset.options.lora is None else str(preset.options.lora),
    }


def _preset_of(row: JobRow) -> Preset:
    return Preset(
        guild_id=row.guild_id,
        member_id=row.member_id,
        name=row.name,
        style=row.style,
        model=row.model,
        seconds=row.seconds,
        size=None if row.size is None else Size.of(row.size),
        options=VideoOptions(
            sound=row.sound, seed=row.seed, negative_prompt=row.negative_prompt, lora=Lora.of(row.lora or "")
        ),
    )
