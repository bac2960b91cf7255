"""Storage: the database, the folder of videos, and the free space on its disk."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from bot.doctor.report import Finding, failure, fine, warning
from bot.domain.phases import Submitting, Unknown
from bot.jobs.steps.room import ROOM_FOR_A_VIDEO
from storage.db.address import address, shown
from storage.db.inspection import (
    found_damage,
    looked_at,
    looked_at_if_current,
    network_file_system,
    sqlite_file,
)
from storage.db.schema import SchemaState, schema_state
from storage.jobs.provider_orders import SqlProviderOrders
from storage.money.audit import audit

SPARE_ROOM = 2 * 1024**3  # bytes; a few hundred videos of ten seconds
MIB = 1024**2
TOUCHED_BY_HAND = "Restore a backup, or ask for help with this line; no video is lost by it."


async def database(url: str) -> Sequence[Finding]:
    """Whether it opens, and whether its tables have this version's schema."""
    file = sqlite_file(url)
    if file is not None and not file.exists():
        return [fine("database", f"none yet; the first start creates {file}"), *_drive(file)]
    async with looked_at(url) as there:
        now = await there.read(schema_state)
    unwritable = [_read_only(file)] if file is not None and not os.access(file, os.W_OK) else []
    return [_version(now, shown(address(url))), *unwritable, *(_drive(file) if file else [])]


async def integrity(url: str, seconds: float) -> Sequence[Finding]:
    """SQLite's own integrity check; PostgreSQL is left to its administrators."""
    file = sqlite_file(url)
    if file is None or not file.exists():
        return []
    complaints = await found_damage(file, seconds)
    if complaints is None:
        return [warning("integrity", f"not fully checked within {seconds:g} seconds; nothing wrong so far")]
    if not complaints:
        return [fine("integrity", "the database file is sound")]
    words = f"the database file is damaged: {complaints[0]}"
    return [failure("integrity", words, "Stop the bot, keep a copy of the file, and restore a backup.")]


async def books(url: str) -> Sequence[Finding]:
    """Whether ledger, budgets and jobs agree. Only a database of this version can be checked."""
    async with looked_at_if_current(url) as there:
        if there is None:
            return []
        complaints = await audit(there)
    if not complaints:
        return [fine("books", "ledger, budgets and videos add up to the cent")]
    more = f" ({len(complaints) - 1} more like it)" if len(complaints) > 1 else ""
    return [failure("books", f"they do not add up: {complaints[0]}{more}", TOUCHED_BY_HAND)]


async def unsettled(url: str, provider: str) -> bool:
    """Whether an order of ours at that provider has an unknown video."""
    async with looked_at_if_current(url) as there:
        if there is None:
            return False
        waiting = await SqlProviderOrders(database=there).without_video(provider)
    return any(isinstance(order.job.phase, Submitting | Unknown) for order in waiting)


async def files(folder: Path) -> Sequence[Finding]:
    """Whether the data folder can be written to, and how much room there is. Does not create a missing folder."""
    return await asyncio.to_thread(_files, folder)


def _files(folder: Path) -> list[Finding]:
    there = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())
    places = [place for place in (there, folder / "files", folder / "files" / "tmp") if place.exists()]
    for place in places:
        try:
            # Nameless from the start if the system supports that, so nothing is left, whatever happens.
            with tempfile.TemporaryFile(dir=place) as file:
                file.write(b"Kinora was here")
        except OSError as error:
            if error.errno != errno.ENOSPC:
                owner = "Let the user that runs the bot write there, or set DATA_DIR to another folder."
                return [failure("files", f"cannot write to {place}: {error.strerror}", owner)]
    is_new = "" if folder.exists() else "; the first start creates it"
    return [fine("files", f"DATA_DIR {folder} is writable{is_new}"), room(shutil.disk_usage(there).free)]


class Store(Protocol):
    """A file store, of which only the check is used."""

    async def check(self) -> None:
        """Raise StoreAway unless files can be kept there."""
        ...


async def store(url: str, opened_in: Callable[[Path], Store]) -> Sequence[Finding]:
    """Whether the object store accepts files: a few bytes are written, as at each start.

    Raises StoreAway with the reason. Nothing is left on the disk, whose folder is passed to `opened_in`.
    """
    with tempfile.TemporaryDirectory(prefix="kinora-doctor-") as folder:
        await opened_in(Path(folder)).check()
    return [fine("store", f"{url} takes files")]


def room(free: int) -> Finding:
    """`free` is in bytes."""
    if free < ROOM_FOR_A_VIDEO:
        words = f"{free // MIB:,} MB free; below {ROOM_FOR_A_VIDEO // MIB} MB no videos are ordered"
        return failure("room", words, "Delete something, or move DATA_DIR to a larger disk.")
    if free < SPARE_ROOM:
        words = f"only {free // MIB:,} MB free; below {ROOM_FOR_A_VIDEO // MIB} MB no videos are ordered"
        return warning("room", words, "Make room soon: finished videos are kept.")
    return fine("room", f"{free / 1024**3:,.0f} GB free")


def _version(now: SchemaState, where: str) -> Finding:
    match now:
        case SchemaState.CURRENT:
            return fine("database", f"{where} opens; its tables are those of this version")
        case SchemaState.NONE:
            return fine("database", f"{where} opens; it is empty, and the next start makes the tables")
        case SchemaState.OLD:
            return fine("database", f"{where} opens; the database will be upgraded at the next start")
        case SchemaState.NEWER:
            words = "the database was written by a newer version of Kinora, and this one could damage it"
            return failure("database", words, "Start the newer version, or restore a backup from before the update.")


def _read_only(file: Path) -> Finding:
    return failure("database", f"{file} cannot be written to", "Let the user that runs the bot write to it.")


def _drive(file: Path) -> list[Finding]:
    kind = network_file_system(file)
    if kind is None:
        return []
    words = f"{file} is on a network drive ({kind}), where SQLite cannot be relied on"
    return [warning("database", words, "Put DATA_DIR on a local disk, or use PostgreSQL (DATABASE_URL).")]
