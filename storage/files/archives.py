"""Zip files, written in threads and in parts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from bot.network.drive import DRIVE

ABOUT_A_FILE = 200  # bytes for what a zip says of a file at its two places, beside its name
AT_THE_END = 100  # bytes


class ZipArchive:
    """The Archive. Of text, only the part being written is in memory; of files, nothing."""

    def __init__(self, zip_file: ZipFile) -> None:
        self._zip = zip_file
        self._entry: IO[bytes] | None = None

    async def begin(self, name: str) -> None:
        await self.end()
        self._entry = await DRIVE.run(self._zip.open, name, "w", force_zip64=False)

    async def write(self, text: str) -> None:
        if self._entry is None:
            raise RuntimeError("no file of the archive was begun")
        await DRIVE.run(self._entry.write, text.encode())

    async def end(self) -> None:
        if self._entry is not None:
            entry, self._entry = self._entry, None
            await DRIVE.run(entry.close)

    async def add(self, name: str, path: Path) -> None:
        await self.end()
        await DRIVE.run(self._zip.write, path, name, ZIP_STORED)  # videos do not compress further

    async def size(self) -> int:
        await self.end()
        names = sum(len(each.filename.encode()) for each in self._zip.filelist)
        return self._zip.start_dir + 2 * names + ABOUT_A_FILE * len(self._zip.filelist) + AT_THE_END


class ZipArchives:
    """The Archives."""

    @asynccontextmanager
    async def open(self, path: Path) -> AsyncIterator[ZipArchive]:
        # Files from before 1980 are due to an unset clock.
        zip_file = await DRIVE.run(ZipFile, path, "w", ZIP_DEFLATED, strict_timestamps=False)
        archive = ZipArchive(zip_file)
        try:
            yield archive
        finally:
            await archive.end()
            await DRIVE.run(zip_file.close)
