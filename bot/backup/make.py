"""`python -m bot backup`: everything Kinora knows, copied to one folder while it runs."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tqdm import tqdm

from bot.backup.alone import alone_in
from bot.backup.manifest import (
    DATABASE,
    FILES,
    KEY,
    NAME,
    KeptFile,
    Manifest,
    copied,
    kept_file,
    read_manifest,
    write_manifest,
)
from bot.backup.rows import write_rows
from bot.clock import SystemClock
from bot.data_classes import value_object
from bot.domain.errors import CannotStart, StoreAway
from bot.domain.messages import Foreign, Message, Term, msg
from bot.settings import Settings
from bot.wiring.files import open_files
from bot.wiring.paths import database_url, player_key
from storage.db.address import sqlite_url
from storage.db.copies import copy_file, finish_file, remove_file
from storage.db.database import failing_in_words
from storage.db.inspection import NO_DATABASE, looked_at_current, sqlite_file

DRAFT = "kinora.db.new"


@value_object
class Backup:
    """`folder` is created if needed; an earlier backup in it is brought up to date."""

    settings: Settings
    folder: Path
    with_files: bool

    async def make(self) -> Manifest:
        """Copies the database first, so every file that it names exists by then. Raises CannotStart."""
        sqlite_url(self.folder / DATABASE)  # raises if the copy could not be opened again
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with alone_in(self.folder):
                return await self._make()
        except OSError as error:
            raise CannotStart(_unwritable(self.folder, error)) from None
        except StoreAway as away:
            raise CannotStart(away.message) from None

    async def _make(self) -> Manifest:
        before = self._files_of_the_last()
        database = await self._database()
        files, gone = await self._files(before) if self.with_files else ({}, ())
        self._key()
        manifest = Manifest(
            made_at=SystemClock().now(), database=database, with_files=self.with_files, files=files, gone=gone
        )
        write_manifest(self.folder, manifest)
        return manifest

    def _files_of_the_last(self) -> dict[str, KeptFile]:
        with suppress(CannotStart):
            return dict(read_manifest(self.folder).files)
        return {}

    async def _database(self) -> KeptFile:
        draft = self.folder / DRAFT
        remove_file(draft)
        try:
            await self._copied_to(draft)
            await asyncio.to_thread(_finished, draft)
        except CannotStart:
            remove_file(draft)  # the disk may be full
            raise
        (self.folder / NAME).unlink(missing_ok=True)  # the backup is incomplete until this is written again
        draft.replace(self.folder / DATABASE)
        return await asyncio.to_thread(kept_file, self.folder / DATABASE)

    async def _copied_to(self, draft: Path) -> None:
        url = database_url(self.settings)
        file = sqlite_file(url)
        if file is None:
            await _rows_of(url, draft)
        elif file.exists():
            await asyncio.to_thread(_copy_of, file, draft)
        else:
            raise CannotStart(NO_DATABASE)

    async def _files(self, before: dict[str, KeptFile]) -> tuple[dict[str, KeptFile], Sequence[str]]:
        store, kept, gone = open_files(self.settings), dict[str, KeptFile](), list[str]()
        for key in tqdm(await store.keys(), desc="files", unit="file", disable=None):
            try:
                async with store.local(key) as path:
                    kept[key] = await asyncio.to_thread(self._file, key, path, before.get(key))
            except FileNotFoundError:
                gone.append(key)
        return kept, gone

    def _file(self, key: str, path: Path, before: KeptFile | None) -> KeptFile:
        """The content of a key never changes, so a file of the right size need not be copied again."""
        target = self.folder / FILES / key
        if before is not None and target.is_file() and target.stat().st_size == before.size == path.stat().st_size:
            return before
        return copied(path, target)

    def _key(self) -> None:
        """With another key, existing player links would no longer open."""
        if player_key(self.settings).exists():
            shutil.copy(player_key(self.settings), self.folder / KEY)
            (self.folder / KEY).chmod(0o600)


def _unwritable(folder: Path, error: OSError) -> Message:
    return msg(
        "The backup could not be written to {folder}: {fault}. What was there before may be incomplete now.",
        folder=Term(str(folder)),
        fault=Foreign(str(error.strerror)),
    )


def _copy_of(file: Path, draft: Path) -> None:
    try:
        copy_file(file, draft)
    except sqlite3.Error as error:
        raise _uncopied(file, error) from None


def _finished(draft: Path) -> None:
    try:
        finish_file(draft)
    except sqlite3.Error as error:
        raise _uncopied(draft, error) from None


def _uncopied(file: Path, error: sqlite3.Error) -> CannotStart:
    return CannotStart(
        msg("The database {file} cannot be copied: {fault}.", file=Term(str(file)), fault=Foreign(str(error)))
    )


async def _rows_of(url: str, draft: Path) -> None:
    """Write PostgreSQL's rows to a SQLite file, which can be restored to either."""
    target = sqlite_url(draft)
    async with looked_at_current(url) as source:
        with failing_in_words(target):  # the disk may be full
            await write_rows(source, target)
