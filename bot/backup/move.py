"""`python -m bot files move`: moves every kept file from the place in FILES_URL to another one."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from bot.backup.manifest import copied, kept_file, unwritten
from bot.domain.errors import CannotStart, StoreAway
from bot.domain.messages import Term, msg
from bot.domain.ports.files import FileStore
from bot.settings import Settings
from bot.wiring.files import KeptFiles, open_files, open_store
from bot.wiring.paths import files_folder
from storage.files.local import LocalFiles

HERE = "data"  # instead of an address: DATA_DIR


async def move_files(settings: Settings, to: str) -> Sequence[str]:
    """What to print. Files that are already there are skipped, so it can be repeated. Raises CannotStart."""
    if to == (settings.files_url or HERE):
        raise CannotStart(msg("The files are in {place} already.", place=Term(to)))
    with tempfile.TemporaryDirectory(prefix="kinora-files-") as scratch:
        target = _target(settings, to, Path(scratch))
        try:
            await target.check()
            count = await _copy(open_files(settings), target)
        except StoreAway as away:
            raise CannotStart(away.message) from None
        except OSError as error:
            raise CannotStart(unwritten(str(error.strerror))) from None
    now = "Unset FILES_URL" if to == HERE else f"Set FILES_URL={to}"
    return [
        f"✓ {count:,} files copied to {to}, and each read there again",
        f"{now} and restart every process. Run this once more first if videos were made meanwhile.",
        "The files that were copied are still where they were.",
    ]


def _target(settings: Settings, to: str, scratch: Path) -> KeptFiles:
    if to == HERE:
        return LocalFiles(files_folder(settings))
    return open_store(settings, to, scratch, most=0, given_by="--to")


async def _copy(source: FileStore, target: FileStore) -> int:
    """How many were copied."""
    there, count = set(await target.keys()), 0
    for key in tqdm(await source.keys(), desc="files", unit="file", disable=None):
        if key not in there and await _moved(source, target, key):
            count += 1
    return count


async def _moved(source: FileStore, target: FileStore, key: str) -> bool:
    """False if it was deleted meanwhile. Raises CannotStart if the copy differs from the original."""
    try:
        async with source.local(key) as path, target.scratch() as copy:
            before = await asyncio.to_thread(copied, path, copy)
            await target.keep(copy, key)
    except FileNotFoundError:
        return False
    async with target.local(key) as kept:
        if await asyncio.to_thread(kept_file, kept) != before:
            await target.remove([key])
            raise CannotStart(msg("{key} arrived damaged and was removed there. Run it again.", key=Term(key)))
    return True
