"""What becomes of an ordered job: cancelled, deleted, or delivered because somebody asked."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.access.rules import check_may_end, check_may_see
from bot.domain.errors import BadRequest, ProviderError
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import msg
from bot.domain.ports.files import FileStore
from bot.domain.ports.jobs import JobQueries, JobQueue
from bot.domain.ports.provider import Provider
from bot.jobs.events import JobEvents
from bot.jobs.ordering.remix_methods import remote_id

log = logging.getLogger(__name__)


@value_object
class Deletion:
    """What a deletion really removed. `at_service` is None if the service had nothing of it."""

    job: Job
    at_service: bool | None


@wired
class ManageVideos:
    """Raises NotFound and NotAllowed for jobs that they may not see or end."""

    queue: JobQueue
    queries: JobQueries
    files: FileStore
    providers: Mapping[str, Provider]
    events: JobEvents

    async def cancel(self, member: Member, job_id: JobId) -> Job:
        """Cancel for free while it waits; later the service is asked, and the card shows the result."""
        await self._to_end(member, job_id)
        job = await self.queue.cancel(job_id, member.id)
        self.events.tell(job)
        return job

    async def delete(self, member: Member, job_id: JobId) -> Deletion:
        """Remove a video's files here, and at the service if possible. Its costs stay in the books."""
        job = await self._to_end(member, job_id)
        if not job.is_at_rest:
            raise BadRequest(msg("This video is still being made. Cancel it first."))
        return await self.remove(job, member.id)

    async def remove(self, job: Job, by: int) -> Deletion:
        """Remove what is stored of a job at rest. Repeated after an interruption, it removes what is left."""
        await self.erase(job, by)
        return Deletion(job=job, at_service=await self._forget_at_service(job))

    async def erase(self, job: Job, by: int) -> None:
        """Remove the files of a job at rest. The caller handles what shows it, and what its service has."""
        await self.queue.mark_deleted(job.id)
        await self.files.remove(files_of(replace(job, deleted=False)))
        log.info("%s deleted by %s", job.id, by)
        self.events.tell(replace(job, deleted=True))

    async def forget(self, job: Job) -> bool | None:
        """Whether its service has deleted its copy; None if it has none. Raises ProviderError."""
        provider, remote = self.providers.get(job.account), remote_id(job)
        if provider is None or remote is None:
            return None
        return await provider.forget(remote)

    async def delivered(self, job_id: JobId) -> Job:
        """A job's video was posted because somebody asked: if it was Undelivered, it is Done.

        Returns the job as it is now.
        """
        job = await self.queue.delivered(job_id)
        self.events.tell(job)
        return job

    async def _to_end(self, member: Member, job_id: JobId) -> Job:
        job = check_may_see(member, await self.queries.get(job_id))
        check_may_end(member, job)
        return job

    async def _forget_at_service(self, job: Job) -> bool | None:
        try:
            return await self.forget(job)
        except ProviderError as trouble:
            log.info("%s was not deleted at its service: %s", job.id, trouble.sentence)
            return False


def files_of(job: Job) -> list[str]:
    """The keys of everything that is stored for a job."""
    video = job.video
    keys = () if video is None else video.keys
    return [*keys, *(key for picture in job.request.pictures for key in (picture.key, picture.preview))]
