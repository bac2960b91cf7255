"""Several videos that a member chose in /history: deleted, or put into one file."""

from __future__ import annotations

import logging
import secrets
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.access.own_data import Archive, Archives
from bot.domain.access.rules import may_end
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.ids import JobId, shown
from bot.domain.job import Job
from bot.domain.links import ArchiveLinks
from bot.domain.messages import Count, Message, msg
from bot.domain.phases import Failed
from bot.domain.ports.clock import Clock
from bot.domain.ports.files import FileStore
from bot.domain.ports.jobs import JobQueries
from bot.domain.ports.records import Record, Records
from bot.domain.queue.bulk import BulkMessages
from bot.domain.studio.batches import LARGEST_BATCH
from bot.domain.video import StoredVideo
from bot.jobs.ordering.quoting import Quote
from bot.jobs.use_cases.create import CreateVideo
from bot.jobs.use_cases.manage import ManageVideos
from bot.jobs.use_cases.moderation.venues import VenueRules
from bot.jobs.use_cases.private_videos import PrivateVideos
from bot.jobs.use_cases.studio.sharing import check_may_share

log = logging.getLogger(__name__)

LASTS = timedelta(hours=1)
LINK_LASTS = timedelta(hours=1)
ABOUT = 1000  # bytes that an archive has beside its files, and for each of them
TOO_OLD = msg("That choice is too old. Choose again. Nothing was changed.")
NOTHING_TO_DELETE = msg("You can't delete any of these. Nothing was deleted.")
NONE_FAILED = msg("None of these failed, so there is nothing to retry. Nothing was ordered.")
BOTH_KINDS = msg("Some of these are private and some aren't. Retry them separately. Nothing was ordered.")
NOTHING_TO_PACK = msg("None of these has a video to download.")


@value_object
class ChosenVideos:
    """`name` is that of this very choice: a later one has another."""

    name: str
    job_ids: tuple[str, ...]


CHOSEN = Record("history choice", ChosenVideos, lasts=LASTS)  # by the member's id


@value_object
class ManyDeleted:
    """How many were deleted, of how many a message or the service's copy remains, and how many stay as they are."""

    deleted: int
    remains: int
    left: int


@value_object
class Packed:
    """An archive. `left_out`: videos whose files could not be had."""

    path: Path
    videos: int
    left_out: int


@wired
class SeveralVideos:
    """Raises BadRequest. What a member may not watch is never among what they chose."""

    queries: JobQueries
    private_videos: PrivateVideos
    venues: VenueRules
    manage: ManageVideos
    messages: BulkMessages
    files: FileStore
    archives: Archives
    records: Records
    clock: Clock
    links: ArchiveLinks | None = None  # None: people can't reach this machine

    async def choose(self, member: Member, job_ids: Collection[JobId]) -> tuple[str, Sequence[Job]]:
        """The name of the choice, and what is in it."""
        jobs = await self._watchable(member, job_ids)
        chosen = ChosenVideos(name=secrets.token_hex(4), job_ids=tuple(job.id for job in jobs))
        await self.records.write(CHOSEN, str(member.id), chosen)
        return chosen.name, jobs

    async def chosen(self, member: Member, name: str) -> Sequence[Job]:
        """As they are now."""
        return await self._watchable(member, await _remembered(self.records, member, name))

    async def deletable(self, member: Member, name: str) -> Sequence[Job]:
        found = [job for job in await self.chosen(member, name) if _is_deletable(member, job)]
        if not found:
            raise BadRequest(NOTHING_TO_DELETE)
        return found

    async def delete(self, member: Member, name: str) -> ManyDeleted:
        """One after the other: what is cut off has deleted some of them."""
        chosen, remains = await self.chosen(member, name), 0
        deletable = [job for job in chosen if _is_deletable(member, job)]
        for job in deletable:
            deletion = await self.manage.delete(member, job.id)
            is_gone = await self.messages.remove_posts(job.id)
            remains += not is_gone or deletion.at_service is False
        return ManyDeleted(deleted=len(deletable), remains=remains, left=len(chosen) - len(deletable))

    async def packable(self, member: Member, name: str) -> Sequence[Job]:
        found = [job for job in await self.chosen(member, name) if job.video is not None]
        if not found:
            raise BadRequest(NOTHING_TO_PACK)
        return found

    async def link(self, member: Member, jobs: Sequence[Job]) -> tuple[str, datetime] | None:
        """To an archive that is made while it is downloaded, and when it closes.

        None where nobody could follow it; and, as it works for whoever has it, where one is not the member's to share.
        """
        if self.links is None:
            return None
        try:
            for job in jobs:
                await check_may_share(member, job, self.venues)
        except NotAllowed:
            return None
        until = self.clock.now() + LINK_LASTS
        return self.links.to([job.id for job in jobs], until), until

    @asynccontextmanager
    async def packed(self, jobs: Sequence[Job]) -> AsyncIterator[Packed]:
        """An archive on disk: no video is in memory as a whole."""
        async with self.files.scratch(".zip") as path:
            async with self.archives.open(path) as archive:
                added = [await self._add(archive, job.id, job.video) for job in jobs if job.video is not None]
            yield Packed(path=path, videos=sum(added), left_out=len(added) - sum(added))

    async def _add(self, archive: Archive, job_id: JobId, video: StoredVideo) -> bool:
        """False for one whose file is with another process, or lost."""
        try:
            async with self.files.local(video.video) as file:
                await archive.add(f"{shown(job_id)}{file.suffix}", file)
        except FileNotFoundError:
            return False
        return True

    async def _watchable(self, member: Member, job_ids: Collection[JobId]) -> Sequence[Job]:
        return await _watchable(self.queries, self.private_videos, member, job_ids)


@wired
class RetrySeveral:
    """Orders that failed, once more at once, by who asks and for them. Raises BadRequest."""

    queries: JobQueries
    private_videos: PrivateVideos
    records: Records
    create: CreateVideo

    async def quotes(self, member: Member, name: str) -> Sequence[Quote]:
        """Of all that failed among a choice, at today's prices."""
        ids = await _remembered(self.records, member, name)
        chosen = await _watchable(self.queries, self.private_videos, member, ids)
        failed = [job for job in chosen if isinstance(job.phase, Failed)]
        if not failed:
            raise BadRequest(NONE_FAILED)
        if len(failed) > LARGEST_BATCH:
            raise BadRequest(too_many(len(failed)))
        if len({job.private for job in failed}) > 1:
            raise BadRequest(BOTH_KINDS)
        return [await self.create.quote_again(member, job.id) for job in failed]


def too_many(failed: int) -> Message:
    return msg(
        "{failed} of these failed, and {most} can be retried at once. Choose fewer. Nothing was ordered.",
        failed=Count(failed),
        most=Count(LARGEST_BATCH),
    )


async def _remembered(records: Records, member: Member, name: str) -> Sequence[JobId]:
    known = await records.read(CHOSEN, str(member.id))
    if known is None or known.name != name:
        raise BadRequest(TOO_OLD)
    return [JobId(job_id) for job_id in known.job_ids]


async def _watchable(
    queries: JobQueries, private_videos: PrivateVideos, member: Member, job_ids: Collection[JobId]
) -> Sequence[Job]:
    found = await queries.get_many(job_ids)
    jobs = await private_videos.watchable(member, [found[id_] for id_ in job_ids if id_ in found])
    return [job for job in jobs if not job.deleted]


def size_of(jobs: Sequence[Job]) -> int:
    """Bytes that an archive of their videos has, at most."""
    return ABOUT + sum(job.video.bytes + ABOUT for job in jobs if job.video is not None)


def _is_deletable(member: Member, job: Job) -> bool:
    return job.is_at_rest and may_end(member, job)
