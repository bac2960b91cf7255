"""A server's queue under its managers' control: paused or closed, orders moved up or cancelled."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import Foreign, Message, Moment, Person, VideoId, msg
from bot.domain.phases import Queued, Trait
from bot.domain.ports.clock import Clock
from bot.domain.ports.jobs import JobQueries, JobQueue
from bot.domain.queue.state import HoldKind, QueueHold, QueueHolds, QueueTotals
from bot.domain.texts.names import words_of
from bot.jobs.events import JobEvents
from bot.jobs.timing.estimates import JobEstimate
from bot.jobs.use_cases.browse import BrowseVideos

log = logging.getLogger(__name__)

LONGEST_REASON = 200  # characters
NO_REASON = msg("Say why in a few words: members read it. Nothing was changed.")
NOT_HELD = msg("The queue isn't paused or closed. Nothing was changed.")


@value_object
class QueueOverview:
    """One page of a server's unfinished orders, in the order they are served."""

    jobs: Sequence[Job]
    estimates: Mapping[JobId, JobEstimate]
    totals: QueueTotals
    places: int  # renders at once
    hold: QueueHold | None
    page: int  # from 0
    pages: int
    to_decide: int


def check_may_manage_queue(member: Member) -> None:
    """Raises NotAllowed."""
    if not member.manages:
        raise NotAllowed(msg("Only members with Manage Server can manage the queue. `/status` shows it to everyone."))


@wired
class ManageQueue:
    """For members with Manage Server. Raises NotAllowed for others, and BadRequest where there is nothing to do."""

    holds: QueueHolds
    queue: JobQueue
    queries: JobQueries
    browse: BrowseVideos
    events: JobEvents
    clock: Clock

    async def overview(self, member: Member, page: int, per_page: int) -> QueueOverview:
        """A page that no longer exists is replaced by the last one."""
        check_may_manage_queue(member)
        totals = await self.queries.queue_totals(member.guild_id)
        pages = max(1, -(-totals.under_way // per_page))
        page = min(page, pages - 1)
        shown = await self.queries.under_way(member.guild_id, page * per_page, per_page)
        known = await self.browse.private_videos.as_known(member, shown)
        return QueueOverview(
            jobs=known,
            estimates=await self.browse.estimates(member.guild_id, known),
            totals=totals,
            places=self.browse.limits.total,
            hold=await self.holds.queue_hold(member.guild_id),
            page=page,
            pages=pages,
            to_decide=len(await self.browse.to_decide(member)),
        )

    async def hold(self, member: Member, kind: HoldKind, reason: str) -> QueueHold:
        """Pause it, or stop new orders, replacing an earlier decision."""
        check_may_manage_queue(member)
        said = words_of(reason, LONGEST_REASON)
        if not said:
            raise BadRequest(NO_REASON)
        hold = QueueHold(kind=kind, reason=said, by=member.id, since=self.clock.now())
        if not await self.holds.hold(member.guild_id, hold):
            raise BadRequest(_held_already(await self.holds.queue_hold(member.guild_id) or hold))
        log.info("the queue of %s: %s by %s", member.guild_id, kind, member.id)
        self.events.tell_of_queue(member.guild_id)
        return hold

    async def resume(self, member: Member) -> None:
        check_may_manage_queue(member)
        if not await self.holds.resume(member.guild_id):
            raise BadRequest(NOT_HELD)
        log.info("the queue of %s: resumed by %s", member.guild_id, member.id)
        self.events.tell_of_queue(member.guild_id)

    async def move_to_front(self, member: Member, job: Job) -> None:
        """It is sent next of all orders of its server."""
        check_may_manage_queue(member)
        if not isinstance(job.phase, Queued):
            raise BadRequest(msg("{video} isn't waiting any more. Nothing was changed.", video=VideoId(job.id)))
        if not await self.holds.bump(member.guild_id, job.id):
            raise BadRequest(msg("{video} is already first. Nothing was changed.", video=VideoId(job.id)))
        log.info("%s moved to the front by %s", job.id, member.id)
        self.events.tell(await self.queries.get(job.id) or job)

    def check_may_cancel(self, member: Member, job: Job) -> None:
        """Whether it can still be cancelled, before anybody is asked and when they have answered."""
        check_may_manage_queue(member)
        if Trait.CANCELLABLE not in job.phase.traits or job.cancel_asked_by is not None:
            raise BadRequest(msg("{video} can't be cancelled any more. Nothing was changed.", video=VideoId(job.id)))

    async def cancel(self, member: Member, job: Job) -> Job:
        """Free while it waits; later the service is asked, and its card shows the result."""
        self.check_may_cancel(member, job)
        cancelled = await self.queue.cancel(job.id, member.id)
        log.info("%s cancelled by %s, a manager", job.id, member.id)
        self.events.tell(cancelled)
        return cancelled


def _held_already(hold: QueueHold) -> Message:
    by, since, reason = Person(hold.by), Moment(hold.since), Foreign(hold.sentence)
    if hold.kind is HoldKind.PAUSE:
        return msg(
            "{member} already paused the queue {when}: {reason} Nothing was changed.",
            member=by,
            when=since,
            reason=reason,
        )
    return msg(
        "{member} already stopped new orders {when}: {reason} Nothing was changed.",
        member=by,
        when=since,
        reason=reason,
    )
