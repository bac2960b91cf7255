"""Moving on in a thread: the remixes of a video, and of what came of it, go to a thread at its message."""

from __future__ import annotations

import logging

from bot.data_classes import wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.job import Job, PostedMessage
from bot.domain.messages import VideoId, msg
from bot.domain.ports.messages import MessageStore
from bot.domain.ports.studio.threads import ThreadOpener
from bot.domain.texts.names import tidied
from bot.jobs.delivery.projects import ProjectThread, ProjectThreads
from bot.jobs.delivery.threads import ThreadParents
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.private_videos import PrivateVideos

log = logging.getLogger(__name__)

LONGEST_NAME = 80  # characters; Discord takes 100
STAYS_ALONE = msg("Private videos stay in direct messages. Nothing was changed.")


@wired
class MoveToThread:
    """Raises NotAllowed for who may not make videos, NotFound, and BadRequest where there is no thread to be had."""

    projects: ProjectThreads
    thread_parents: ThreadParents
    messages: MessageStore
    authorization: Authorization
    private_videos: PrivateVideos
    threads: ThreadOpener

    async def result_of(self, member: Member, job: Job) -> PostedMessage:
        """The message at which a thread would begin."""
        await self.authorization.authorize(member, Act.MAKE)
        await self.private_videos.check(member, job)
        if job.private:
            raise BadRequest(STAYS_ALONE)
        if job.deleted:
            raise BadRequest(msg("{video} was deleted. Nothing was changed.", video=VideoId(job.id)))
        result = (await self.messages.shown(job.id)).result
        if result is None or result.direct:
            raise BadRequest(
                msg("{video} isn't in any channel. `/show` posts it. Nothing was changed.", video=VideoId(job.id))
            )
        return result

    async def begin(self, member: Member, job: Job) -> tuple[int, bool]:
        """The thread, and whether it is new. There is one of each family, as long as nobody deletes it."""
        result = await self.result_of(member, job)
        known = await self.projects.of(job)
        if known is not None and await self.threads.is_there(known.thread_id):
            return known.thread_id, False
        thread_id = await self.threads.open(result, thread_name(job))
        await self.thread_parents.remember(thread_id, result.channel_id)
        root = await self.projects.root_of(job)
        await self.projects.remember(root, ProjectThread(thread_id=thread_id, channel_id=result.channel_id))
        log.info("%s goes on in the thread %s", job.id, thread_id)
        return thread_id, True


def thread_name(job: Job) -> str:
    """Its prompt in one line."""
    words = tidied(job.request.prompt, len(job.request.prompt))
    return words if len(words) <= LONGEST_NAME else f"{words[: LONGEST_NAME - 1].rstrip()}…"
