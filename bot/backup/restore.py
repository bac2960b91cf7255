"""`python -m bot restore`: replaces what is there with a backup, after checking it."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from bot.backup.checks import check_backup, check_target
from bot.backup.manifest import DATABASE, FILES, KEY, KeptFile, Manifest, copied, kept_file, read_manifest, unwritten
from bot.backup.rows import write_rows
from bot.clock import SystemClock
from bot.data_classes import value_object
from bot.domain.errors import CannotStart, StoreAway
from bot.domain.messages import joined, msg
from bot.domain.ports.files import FileStore
from bot.domain.retention.rounds import ROUNDS
from bot.settings import Settings
from bot.wiring.files import open_files
from bot.wiring.paths import database_url, make_data_dir, player_key
from storage.db.address import sqlite_url
from storage.db.copies import BESIDE, finish_file, forget_records, remove_file
from storage.db.database import Database, failing_in_words
from storage.db.inspection import sqlite_file

DATABASE_KEPT = msg("The database was not changed.")


@value_object
class Restored:
    manifest: Manifest
    kept_as: Path | None  # where the previous SQLite database is now
    missing: Sequence[str]  # keys of files that are missing or damaged in the backup


@value_object
class Restore:
    """`replace` allows it even if there are orders."""

    settings: Settings
    folder: Path
    replace: bool

    async def run(self) -> Restored:
        """Restore files first, then the database in one step. If it raises CannotStart, the database is unchanged."""
        manifest = read_manifest(self.folder)
        await check_backup(self.folder, manifest)
        await check_target(self.settings, replace=self.replace)
        make_data_dir(self.settings)
        missing = await self._files(manifest)
        # Copying files takes a while: a bot may have been started meanwhile.
        await check_target(self.settings, replace=self.replace)
        url = database_url(self.settings)
        file, kept_as = sqlite_file(url), None
        if file is None:
            await self._rows(url)
        else:
            kept_as = await asyncio.to_thread(self._file, file)
        self._key()
        return Restored(manifest=manifest, kept_as=kept_as, missing=missing)

    async def _files(self, manifest: Manifest) -> Sequence[str]:
        """Files are only ever added, so this can be repeated."""
        store, missing = open_files(self.settings), list[str]()
        for key, kept in tqdm(sorted(manifest.files.items()), desc="files", unit="file", disable=None):
            try:
                if not (await _has(store, key, kept) or await self._restored(store, key, kept)):
                    missing.append(key)
            except OSError as error:
                raise _unwritten(str(error.strerror)) from None
            except StoreAway as away:
                raise CannotStart(joined(away.message, DATABASE_KEPT)) from None
        return missing

    async def _restored(self, store: FileStore, key: str, kept: KeptFile) -> bool:
        """False if the file is missing or different in the backup."""
        source = self.folder / FILES / key
        async with store.scratch() as path:
            if not source.is_file():
                return False
            if await asyncio.to_thread(copied, source, path) != kept:
                return False
            await store.keep(path, key)
        return True

    def _file(self, file: Path) -> Path | None:
        """The previous database is kept beside it."""
        fresh, kept_as = file.with_name(f"{file.name}.restoring"), None
        self._database(fresh)
        if file.exists():
            kept_as = file.with_name(f"{file.name}.before-{SystemClock().now():%Y%m%d-%H%M%S}")
            for end in BESIDE:
                if (part := file.with_name(f"{file.name}{end}")).exists():
                    part.rename(kept_as.with_name(f"{kept_as.name}{end}"))
        fresh.rename(file)
        return kept_as

    def _database(self, copy: Path) -> None:
        """Drops the rounds of removals: marks and choices made since their warnings are lost, so they start again."""
        try:
            shutil.copyfile(self.folder / DATABASE, copy)
            forget_records(copy, ROUNDS.namespace)
            finish_file(copy)  # it is moved without the log beside it
        except (OSError, sqlite3.Error) as error:
            remove_file(copy)  # the disk may be full
            raise _unwritten(str(error.strerror if isinstance(error, OSError) else error)) from None

    async def _rows(self, url: str) -> None:
        """In one transaction: all rows are replaced, or none."""
        with tempfile.TemporaryDirectory(prefix="kinora-restore-") as folder:
            copy = Path(folder) / DATABASE
            await asyncio.to_thread(self._database, copy)
            source = await Database.open(sqlite_url(copy))  # migrates an older backup to this version
            try:
                with failing_in_words(url), failing_in_words(sqlite_url(copy)):
                    await write_rows(source, url)
            finally:
                await source.close()

    def _key(self) -> None:
        if (self.folder / KEY).is_file():
            shutil.copy(self.folder / KEY, player_key(self.settings))
            player_key(self.settings).chmod(0o600)


def _unwritten(fault: str) -> CannotStart:
    return CannotStart(joined(unwritten(fault), DATABASE_KEPT))


async def _has(store: FileStore, key: str, kept: KeptFile) -> bool:
    try:
        async with store.local(key) as path:
            return await asyncio.to_thread(kept_file, path) == kept
    except (FileNotFoundError, ValueError):
        return False
