"""Archives of several videos, created while they are downloaded: at most one block is in memory."""

from __future__ import annotations

import io
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from aiohttp import web

from bot.data_classes import wired
from bot.domain.errors import StoreAway
from bot.domain.ids import JobId, shown
from bot.domain.job import Job
from bot.domain.links import ARCHIVE, ArchiveLinks
from bot.domain.ports.clock import Clock
from bot.domain.ports.files import FileStore
from bot.network.drive import DRIVE
from bot.web.pages.document import NOT_KEPT, refusal
from bot.web.pages.phrases import DELETED, WRONG, Writer

log = logging.getLogger(__name__)

BLOCK = 1024 * 1024  # bytes
EARLIEST = (1980, 1, 1, 0, 0, 0)  # the earliest date in a zip file


@wired
class ArchivePages:
    """Anyone who has the signed address can open it until it expires."""

    find: Callable[[Collection[JobId]], Awaitable[Mapping[JobId, Job]]]
    files: FileStore
    links: ArchiveLinks
    clock: Clock
    write: Writer = str

    def routes(self) -> list[web.RouteDef]:
        return [web.get(r"/zip/{ids:[\w.]+}", self._archive, allow_head=False)]

    async def _archive(self, request: web.Request) -> web.StreamResponse:
        """403 for an invalid link, 410 if everything was deleted."""
        query, named = request.query, request.match_info["ids"]
        job_ids = self.links.opens(named, query.get("until", ""), query.get("sig", ""), self.clock.now())
        if not job_ids:
            raise refusal(request, web.HTTPForbidden, WRONG, self.write)
        found = await self.find(job_ids)
        jobs = [job for id_ in job_ids if (job := found.get(id_)) is not None and job.video is not None]
        if not jobs:
            raise refusal(request, web.HTTPGone, DELETED, self.write)
        headers = {"Content-Type": "application/zip", "Content-Disposition": f'attachment; filename="{ARCHIVE}"'}
        answer = web.StreamResponse(headers=NOT_KEPT | headers)
        await answer.prepare(request)
        return await self._send(request, answer, jobs)

    async def _send(self, request: web.Request, answer: web.StreamResponse, jobs: Sequence[Job]) -> web.StreamResponse:
        try:
            async for block in self._blocks(jobs):
                await answer.write(block)
            await answer.write_eof()
        except ConnectionError:
            pass  # the visitor has left
        except (OSError, StoreAway) as error:
            log.warning("an archive broke off on its way: %s", error)
            if request.transport is not None:
                request.transport.close()  # an incomplete archive must not look complete
        return answer

    async def _blocks(self, jobs: Sequence[Job]) -> AsyncIterator[bytes]:
        pipe = _Pipe()
        archive = ZipFile(pipe, "w", ZIP_STORED)
        for job in jobs:
            if job.video is None:
                continue
            try:
                async with self.files.local(job.video.video) as path:
                    with await DRIVE.quick(path.open, "rb") as video:
                        entry = ZipInfo(f"{shown(job.id)}{path.suffix}", max(EARLIEST, job.created_at.timetuple()[:6]))
                        with archive.open(entry, "w") as target:
                            while block := await DRIVE.quick(video.read, BLOCK):
                                target.write(block)
                                yield pipe.taken()
            except FileNotFoundError:
                continue  # in another process's store, or lost
        archive.close()
        yield pipe.taken()


class _Pipe(io.RawIOBase):
    """Keeps what is written to it until it is taken."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._held += data
        return len(data)

    def taken(self) -> bytes:
        taken = bytes(self._held)
        self._held.clear()
        return taken
