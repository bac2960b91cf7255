"""Finished files in an object store: S3 and compatible ones, Google's, Azure's. The latest ones are on disk as well.

https://developmentseed.org/obstore/ streams both ways: no file is in memory as a whole.
"""

from __future__ import annotations

import logging
import os
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import ObjectStore

from bot.domain.errors import StoreAway, StoreRefuses
from bot.domain.messages import Foreign, msg
from bot.domain.ports.files import StoredFile
from bot.network.drive import whole
from storage.files.local import KEY, LocalFiles, checked

log = logging.getLogger(__name__)

BLOCK = 4 * 1024 * 1024  # bytes read or written at once
PART = 5 * 1024 * 1024  # bytes of one part of an upload, the minimum that S3 accepts
READ_AT_ONCE = 1024 * 1024  # bytes of a file that is uploaded
LOOK_AGAIN = 15.0  # seconds for which the store's last known state is trusted
SHARE = 100  # of the bytes that copies may have: how much they may exceed that before they are checked
PROBE = "probe/kinora"  # a file that nobody reads, written to see whether files can be
# In the words of obstore: a definite refusal, but for what passes by itself; and a region that is not the bucket's.
# S3 says 400 also of a body that came too slowly.
REFUSED = re.compile(
    r"status code: 4(?!08|09|29)\d\d(?!.*<Code>RequestTimeout</Code>)|redirect without LOCATION", re.DOTALL
)
CODE = re.compile(r"<Code>(\w{1,60})</Code>")
XML_BEGINS = ': <?xml version="1.0" encoding="UTF-8"?>'
CHECK_ADDRESS = msg("Check FILES_URL and the settings beside it.")


class ObjectFiles:
    """A `bot.domain.ports.files.FileStore`. `disk` has the scratch files, and copies of recently used files.

    The store is authoritative: a copy counts only while its original exists, so a file that another process removed is
    gone here, too. Raises StoreAway if the store does not answer, or refuses.
    """

    def __init__(self, store: ObjectStore, disk: LocalFiles, *, most: int) -> None:
        """`most`: bytes that the copies on disk may have."""
        self._store = store
        self._disk = disk
        self._threads = disk.threads
        self._most = most
        self._in_use: Counter[str] = Counter()
        self._added = most  # bytes copied since the copies were last looked through; before that nothing is known
        self._writable: tuple[float, bool] | None = None  # when it was looked at, and what was seen
        self.scratch = disk.scratch
        self.free_bytes = disk.free_bytes
        self.sweep = disk.sweep

    async def keep(self, path: Path, key: str) -> None:
        """Upload a scratch file to its key. Repeating it is harmless.

        Raises FileNotFoundError if neither the scratch file nor the key exists.
        """
        if not await self._threads.quick(path.is_file):
            await self._size(checked(key))
            return
        await self._upload(path, checked(key))
        await self._copied(path, key)

    async def put(self, data: bytes, key: str) -> None:
        async with self.scratch() as path:
            await self._threads.run(path.write_bytes, data)
            await self.keep(path, key)

    @asynccontextmanager
    async def local(self, key: str) -> AsyncIterator[Path]:
        """A copy of the file on disk, fetched if necessary. Raises FileNotFoundError if the store has none.

        It has a name of its own: another process, which does not know that it is read here, may remove the copy.
        """
        self._in_use[checked(key)] += 1
        try:
            async with self.scratch(Path(key).suffix) as own:
                await self._fetch(key)
                yield await self._own(key, own)
        finally:
            self._in_use[key] -= 1
            if not self._in_use[key]:
                del self._in_use[key]

    async def read(self, key: str, most: int | None = None) -> bytes:
        async with self.local(key) as path:
            return await self._threads.quick(whole, path, most)

    async def look(self, key: str) -> StoredFile:
        """Local if there is a complete copy on disk, and that answers."""
        size = await self._size(checked(key))
        try:
            copy = await self._disk.look(key)
        except (FileNotFoundError, StoreAway):
            return StoredFile(size=size, path=None)
        return copy if copy.size == size else StoredFile(size=size, path=None)

    async def part(self, key: str, start: int, length: int) -> bytes:
        """Some of its bytes, requested only from the store. Raises FileNotFoundError if it has none."""
        with self._asked_about(checked(key)):
            return bytes(await obstore.get_range_async(self._store, key, start=start, length=length))

    async def signed(self, key: str, seconds: int) -> str | None:
        """None if the keys can't sign, such as those that Google's machines are given."""
        signer: Any = self._store  # of S3, Google or Azure: all can be asked
        try:
            address: str = await obstore.sign_async(signer, "GET", checked(key), expires_in=timedelta(seconds=seconds))
        except BaseError as error:
            log.warning("no address can be signed for %s, so it is streamed: %s", key, error)
            return None
        return address

    async def remove(self, keys: Iterable[str]) -> None:
        """Remove files; it doesn't matter if some are already gone."""
        for key in (keys := [checked(key) for key in keys]):
            try:
                await obstore.delete_async(self._store, key)
            except FileNotFoundError:
                continue
            except BaseError as error:
                raise self._away(error) from error
        await self._disk.remove(keys)

    async def old(self, under: str, untouched_for: timedelta) -> Sequence[str]:
        """The keys in a folder such as `videos` whose files have not been written for that long."""
        before = datetime.now(UTC) - untouched_for
        return sorted([key for key, written in await self._listed(under) if written < before])

    async def keys(self) -> Sequence[str]:
        """All of them."""
        return sorted([key for key, _ in await self._listed(None) if key != PROBE])

    async def writable(self) -> bool:
        """Whether a file can be stored now, as seen in the last few seconds."""
        now = time.monotonic()
        if self._writable is None or now - self._writable[0] > LOOK_AGAIN:
            self._writable = now, await self._takes_files()
        return self._writable[1]

    async def check(self) -> None:
        """Raise OSError unless files can be written to the disk, StoreAway unless the store accepts them."""
        await self._disk.check()
        try:
            await obstore.put_async(self._store, PROBE, b"Kinora was here")
        except FileNotFoundError as missing:
            self._writable = time.monotonic(), False
            raise StoreRefuses(msg("The file store has no such bucket. {fix}", fix=CHECK_ADDRESS)) from missing
        except BaseError as error:
            raise self._away(error) from error

    async def _takes_files(self) -> bool:
        try:
            await self.check()
        except (OSError, StoreAway) as error:
            log.warning("no file can be kept now: %s", error)
            return False
        return True

    async def _size(self, key: str) -> int:
        """In bytes. Raises FileNotFoundError."""
        with self._asked_about(key):
            return (await obstore.head_async(self._store, key))["size"]

    @contextmanager
    def _asked_about(self, key: str) -> Iterator[None]:
        """Wraps requests about a file. Raises FileNotFoundError if there is none, and StoreAway."""
        try:
            yield
        except FileNotFoundError:
            raise FileNotFoundError(f"no file is kept as {key}") from None
        except BaseError as error:
            raise self._away(error) from error

    async def _upload(self, path: Path, key: str) -> None:
        """Part by part, one at a time.

        The file exists only once all of it was written; otherwise its parts are removed.
        """
        writing = obstore.open_writer_async(self._store, key, buffer_size=PART, max_concurrency=1)
        try:
            async with writing as writer:
                with await self._threads.quick(path.open, "rb") as file:
                    while block := await self._threads.quick(file.read, READ_AT_ONCE):
                        await writer.write(block)
        except (BaseError, OSError) as error:
            await self.check()  # a writer raises a plain OSError whatever is wrong; a file put at once tells what it is
            raise self._away(error) from error

    async def _fetch(self, key: str) -> None:
        """Unless there is a complete copy of the store's file."""
        try:
            async with self._disk.local(key) as copy:
                if (await self._threads.quick(copy.stat)).st_size == await self._size(key):
                    await self._threads.quick(os.utime, copy)  # used last; `touch` would create one that is gone by now
                    return
        except FileNotFoundError:
            pass  # no copy, or no original: the download will tell
        async with self.scratch() as path:
            await self._download(key, path)
            await self._copied(path, key)

    async def _own(self, key: str, own: Path) -> Path:
        """The copy under its own name; fetched for this use alone if another process has just removed it."""
        try:
            return await self._disk.linked(key, own)
        except FileNotFoundError:
            await self._download(key, own)
            return own

    async def _copied(self, path: Path, key: str) -> None:
        """A scratch file becomes the copy on disk. All copies are checked once that may matter."""
        self._added += (await self._threads.quick(path.stat)).st_size
        await self._disk.keep(path, key)
        if self._added >= self._most // SHARE:
            self._added = 0
            await self._make_room()

    async def _download(self, key: str, path: Path) -> None:
        with self._asked_about(key):
            found = await obstore.get_async(self._store, key)
        try:
            with await self._threads.quick(path.open, "wb") as file:
                async for block in found.stream(min_chunk_size=BLOCK):
                    await self._threads.run(file.write, block)
        except BaseError as error:
            raise self._away(error) from error

    async def _listed(self, under: str | None) -> Sequence[tuple[str, datetime]]:
        """Others may use the bucket, too: whatever is not a key is not ours."""
        try:
            batches = [batch async for batch in obstore.list(self._store, under)]
        except BaseError as error:
            raise self._away(error) from error
        found = ((each["path"], each["last_modified"]) for batch in batches for each in batch)
        return [(path, written) for path, written in found if KEY.fullmatch(path)]

    async def _make_room(self) -> None:
        """Remove the least recently used copies that are not in use, until the rest is small enough."""
        await self._disk.remove(await self._disk.beyond(self._most, frozenset(self._in_use)))

    def _away(self, error: BaseError | OSError) -> StoreAway:
        """What is said about it. Nothing more is ordered until the store has been seen to accept a file again."""
        self._writable = time.monotonic(), False
        fault = Foreign(_said(error))
        if isinstance(error, (PermissionDeniedError, UnauthenticatedError)):
            return StoreRefuses(msg("The file store refuses the bot's keys: {fault}.", fault=fault))
        if REFUSED.search(str(error)):
            return StoreRefuses(msg("The file store refuses the bot: {fault}. {fix}", fault=fault, fix=CHECK_ADDRESS))
        return StoreAway(msg("The file store doesn't answer: {fault}.", fault=fault))


def _said(error: Exception) -> str:
    """Its first line, and the code from S3's XML."""
    first = str(error).strip().partition("\n")[0].removesuffix(XML_BEGINS)
    code = CODE.search(str(error))
    return f"{first} ({code[1]})" if code else first
