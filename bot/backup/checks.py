"""Checks before a backup replaces what is there."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.backup.manifest import DATABASE, Manifest, kept_file
from bot.clock import SystemClock
from bot.domain.errors import CannotStart
from bot.domain.messages import Term, joined, msg
from bot.health.heartbeat import heartbeats
from bot.settings import Settings
from bot.wiring.paths import database_url
from storage.db.address import sqlite_url
from storage.db.copies import has_jobs
from storage.db.inspection import found_damage, looked_at, sqlite_file
from storage.db.schema import SchemaState, schema_state
from storage.gateway_lock import holders

NOTHING_CHANGED = msg("Nothing was changed.")
NEWER = msg("The backup was made by a newer version of Kinora. Start that version.")
RUNNING = msg("Kinora is running. Stop every process that uses this database first.")
USED = msg("There is a database with orders already. With --replace, the backup takes its place.")
LONG = 3600.0  # seconds that a check for damage may take


async def check_backup(folder: Path, manifest: Manifest) -> None:
    """The backup's database is intact, and of this version or an older one. Raises CannotStart."""
    copy = folder / DATABASE
    try:
        same = await asyncio.to_thread(kept_file, copy) == manifest.database
    except OSError:
        same = False
    if not same or await found_damage(copy, LONG):
        damaged = msg("The database in {folder} is damaged or incomplete.", folder=Term(str(folder)))
        raise CannotStart(joined(damaged, NOTHING_CHANGED))
    async with looked_at(sqlite_url(copy)) as database:
        if await database.read(schema_state) is SchemaState.NEWER:
            raise CannotStart(joined(NEWER, NOTHING_CHANGED))


async def check_target(settings: Settings, *, replace: bool) -> None:
    """Nobody is using it: their later writes would go to a database that is gone. Raises CannotStart."""
    if heartbeats(settings.data_dir):
        raise CannotStart(joined(RUNNING, NOTHING_CHANGED))
    url = database_url(settings)
    file = sqlite_file(url)
    if file is not None and not file.exists():
        return
    async with looked_at(url) as database:
        state = await database.read(schema_state)
        if state is SchemaState.NONE:
            return
        if await holders(database, SystemClock()):
            raise CannotStart(joined(RUNNING, NOTHING_CHANGED))
        if not replace and (state is not SchemaState.CURRENT or await has_jobs(database)):
            raise CannotStart(joined(USED, NOTHING_CHANGED))
