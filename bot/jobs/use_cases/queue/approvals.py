"""Orders that wait for approval: who may decide about one, and each decision once."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.data_classes import value_object, wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.access.rules import NO_VIDEO_HERE, check_is_not_own
from bot.domain.errors import BadRequest, MovedOn, NotAllowed, NotFound
from bot.domain.ids import JobId
from bot.domain.job import Approval, Job, one_of_each
from bot.domain.messages import Foreign, Message, Moment, Person, VideoId, msg, value
from bot.domain.money.allowances import Remainder
from bot.domain.phases import AwaitingApproval, Cancelled, Phase, Queued, name_of
from bot.domain.ports.clock import Clock
from bot.domain.ports.jobs import JobQueries, JobQueue
from bot.domain.queue.state import as_sentence
from bot.domain.texts.names import words_of
from bot.jobs.events import JobEvents
from bot.jobs.use_cases.allowances import MemberAllowances
from bot.jobs.use_cases.authorization import Authorization

log = logging.getLogger(__name__)

LONGEST_REASON = 200  # characters
NO_REASON = msg("Say why in a few words: the member reads it. Nothing was changed.")


@value_object
class ApprovalRequest:
    """An order that waits for approval, and what is left of its tightest budget once it is made.

    `others`: those of its batch that wait with it, and are decided with it.
    """

    job: Job
    left: Remainder | None
    others: Sequence[Job] = ()


@wired
class Approvals:
    """For members with Manage Server, and of tiers that may approve; never what they asked for, unless they manage.

    Raises NotFound, NotAllowed, and BadRequest for what was decided already, with who decided what.
    An approver reads the words of what they decide about, wherever it was ordered.
    """

    queue: JobQueue
    queries: JobQueries
    authorization: Authorization
    allowances: MemberAllowances
    events: JobEvents
    clock: Clock

    async def to_decide(self, member: Member) -> Sequence[Job]:
        """Orders that wait for this member's decision, oldest first; none for those who may not approve."""
        try:
            await self.authorization.authorize(member, Act.APPROVE)
        except NotAllowed:
            return []
        waiting = one_of_each(await self.queries.awaiting_approval(member.guild_id))
        return [job for job in waiting if member.manages or job.owner_id != member.id]

    async def may_decide(self, member: Member, job: Job) -> bool:
        try:
            await self.check(member, job.id)
        except (NotFound, NotAllowed, BadRequest):
            return False
        return True

    async def request(self, member: Member, job_id: JobId) -> ApprovalRequest:
        """One of them, for members who may decide about it."""
        job = await self.check(member, job_id)
        left, others = await self.allowances.remainder(job), await self._waiting_with(job)
        return ApprovalRequest(job=job, left=left, others=others)

    async def _waiting_with(self, job: Job) -> Sequence[Job]:
        """The rest of its batch, as far as that waits, too."""
        batch = [] if job.batch is None else await self.queries.batch(job.batch.lead)
        return [each for each in batch if isinstance(each.phase, AwaitingApproval) and each.id != job.id]

    async def check(self, member: Member, job_id: JobId) -> Job:
        """The order, as long as it waits for a decision that this member may make."""
        job = await self.queries.get(job_id)
        if job is None or job.guild_id != member.guild_id:
            raise NotFound(NO_VIDEO_HERE)
        await self.authorization.authorize(member, Act.APPROVE)
        check_is_not_own(member, job)
        if not isinstance(job.phase, AwaitingApproval):
            raise BadRequest(_decided(job))
        return job

    async def approve(self, member: Member, job_id: JobId) -> Job:
        """From now on it waits in the queue, with all of its batch, and is checked once more when it is sent."""
        job = await self.check(member, job_id)
        approval = Approval(by=member.id, at=self.clock.now())
        return await self._decide(member, job, lambda each: replace(each, approval=approval, phase=Queued()))

    async def deny(self, member: Member, job_id: JobId, reason: str) -> Job:
        """It ends, free of charge, with all of its batch, and its owner is told why."""
        job = await self.check(member, job_id)
        said = words_of(reason, LONGEST_REASON)
        if not said:
            raise BadRequest(NO_REASON)
        denied = Cancelled(by=member.id, finished_at=self.clock.now(), reason=value(Foreign(as_sentence(said))))
        return await self._decide(member, job, lambda each: each.moved_to(denied))

    async def _decide(self, member: Member, job: Job, decided: Callable[[Job], Job]) -> Job:
        """The database makes one of two simultaneous decisions the first; the other manager is told.

        The rest of a batch follows.
        """
        try:
            stored = await self._write(member, job, decided(job))
        except MovedOn:
            raise BadRequest(_decided(await self.queries.get(job.id) or job)) from None
        for other in await self._waiting_with(job):
            with contextlib.suppress(MovedOn):  # it was cancelled just now
                await self._write(member, other, decided(other))
        return stored

    async def _write(self, member: Member, job: Job, decided: Job) -> Job:
        stored = await self.queue.decide(job, decided, 0.0)
        log.info("%s awaitingapproval -> %s, decided by %s", job.id, name_of(stored.phase), member.id)
        self.events.tell(stored)
        return stored


def _decided(job: Job) -> Message:
    """Who decided what."""
    video = VideoId(job.id)
    if job.approval is not None:
        who, when = Person(job.approval.by), Moment(job.approval.at)
        return msg("{member} approved {video} {when}. Nothing was changed.", member=who, video=video, when=when)
    return _ended(job.phase, video)


def _ended(phase: Phase, video: VideoId) -> Message:
    match phase:
        case Cancelled(by=by, finished_at=at, was_denied=True):
            return msg(
                "{member} denied {video} {when}. Nothing was changed.", member=Person(by), video=video, when=Moment(at)
            )
        case Cancelled(reason=Message()):
            return msg("Nobody decided about {video} in time, so it has ended. Nothing was changed.", video=video)
        case Cancelled(by=by, finished_at=at):
            return msg(
                "{member} cancelled {video} {when}. Nothing was changed.",
                member=Person(by),
                video=video,
                when=Moment(at),
            )
        case _:
            return msg("{video} doesn't wait for approval. Nothing was changed.", video=video)
