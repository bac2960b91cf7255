"""Turns a video in a folder into a member's finished job."""

from __future__ import annotations

import asyncio
import errno
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from bot.data_classes import value_object
from bot.domain.errors import CannotStart, SpoiltVideo, StoreAway
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.media import MediaProcessor
from bot.domain.money.usd import FREE
from bot.domain.phases import Done
from bot.domain.ports.clock import Clock
from bot.domain.ports.files import FileStore
from bot.domain.texts.files import storable
from bot.domain.video import StoredVideo, VideoRequest
from bot.importing.folder import Found, Skipped
from bot.importing.history import EARLIEST, moment
from bot.jobs.steps.extension import Fetched
from bot.jobs.steps.save import kept_video, scratch_files
from bot.network.drive import DRIVE
from storage.jobs.imports import ImportedJob, SqlImports

ACCOUNT = "imported from files"  # no account of the settings has blanks in its name
UNKNOWN_MODEL = "unknown"
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}  # no other video would fit on this disk either


@value_object
class Recipient:
    """The future owner of the videos. Without a channel they are private."""

    guild_id: int
    member_id: int
    channel_id: int | None = None

    def has(self, job: ImportedJob) -> bool:
        return (job.guild_id, job.owner_id) == (self.guild_id, self.member_id)


@dataclass(slots=True, kw_only=True)
class ImportReport:
    imported: int = 0
    already_there: int = 0
    unfinished: int = 0  # failed where they were ordered, so there is nothing to import
    skipped: list[Skipped] = field(default_factory=list)


@value_object
class ImportVideos:
    recipient: Recipient
    files: FileStore
    media: MediaProcessor
    imports: SqlImports
    clock: Clock

    async def run(self, videos: Iterable[Found], report: ImportReport) -> None:
        """Skips broken videos and goes on with the rest. Raises CannotStart when no more files can be stored."""
        known = dict(await self.imports.known())
        for found in videos:
            if found.entry.id in known:
                report.already_there += 1
                continue
            try:
                job = await self._made(found, known.get(found.entry.remix_of or ""))
            except SpoiltVideo as spoilt:
                report.skipped.append(Skipped(name=found.video.name, reason=spoilt.sentence))
            except StoreAway as away:
                raise CannotStart(away.message) from None
            except OSError as error:
                if error.errno in NO_ROOM:
                    raise CannotStart(f"Files cannot be written: {error.strerror}. Run it again later.") from None
                report.skipped.append(Skipped(name=found.video.name, reason=f"it can't be read: {error.strerror}"))
            else:
                known[found.entry.id] = ImportedJob(id=job.id, guild_id=job.guild_id, owner_id=job.owner_id)
                await self._add(job, report)

    async def _add(self, job: Job, report: ImportReport) -> None:
        """Another import of the same folder may have added it first."""
        if await self.imports.add(job):
            report.imported += 1
        else:
            report.already_there += 1

    async def _made(self, found: Found, source: ImportedJob | None) -> Job:
        job_id = await self.imports.free_id()
        video = await self._kept(job_id, found)
        entry, whose = found.entry, self.recipient
        now = self.clock.now()
        made_at = min(await _made_at(found) or now, now)
        cost = entry.cost or FREE
        return Job(
            id=job_id,
            request=VideoRequest(
                prompt=entry.prompt or storable(found.video.name),
                model=entry.model or UNKNOWN_MODEL,
                seconds=entry.seconds or max(1, round(video.seconds)),
                size=entry.size or video.size,
                source=source.id if source is not None and whose.has(source) else None,
            ),
            account=ACCOUNT,
            owner_id=whose.member_id,
            guild_id=whose.guild_id,
            channel_id=whose.channel_id or 0,
            private=whose.channel_id is None,
            quote=cost,
            promised=cost,
            cost=cost,
            phase=Done(video=video, remote_id=entry.id, finished_at=made_at),
            created_at=made_at,
        )

    async def _kept(self, job_id: JobId, found: Found) -> StoredVideo:
        """A contact sheet is always made: scrubbing needs one with a known layout."""
        async with scratch_files(self.files) as scratch:
            await DRIVE.run(shutil.copyfile, found.video, scratch.fetched)
            is_converted = await self.media.to_mp4(scratch.fetched, scratch.converted)
            video = scratch.converted if is_converted else scratch.fetched
            footage = await self.media.inspect(video, scratch.poster, scratch.sheet, found.poster, scratch.moving)
            return await kept_video(self.files, job_id, Fetched(file=video, footage=footage), scratch)


async def _made_at(found: Found) -> datetime | None:
    """From the history, otherwise when the file was written; None if the clock was not set then."""
    if found.entry.created_at is not None:
        return found.entry.created_at
    written_at = moment((await asyncio.to_thread(found.video.stat)).st_mtime)
    return written_at if written_at is not None and written_at > EARLIEST else None
