"""Looking at videos: one, a member's own, the server's queue, and how long one will take."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import field

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.access.rules import check_may_see, may_see
from bot.domain.errors import NotFound
from bot.domain.ids import JobId, typed
from bot.domain.job import Job, QueuePosition
from bot.domain.messages import Foreign, msg
from bot.domain.models.catalogue import Catalogue
from bot.domain.phases import Queued
from bot.domain.ports.clock import Clock
from bot.domain.ports.jobs import ConcurrencyLimits, JobQueries
from bot.domain.ports.render_history import PastRenders, RenderHistory, RenderKind
from bot.domain.queue.state import QueueHold, QueueHolds, QueueTotals
from bot.jobs.timing.estimates import JobEstimate, RenderOutlook, estimate
from bot.jobs.timing.outlooks import RenderOutlooks
from bot.jobs.timing.render_times import RenderTimes
from bot.jobs.use_cases.private_videos import PrivateVideos

MOST_SUGGESTIONS = 25  # Discord shows no more
MOST_LISTED = 60  # rows of a queue; a message of Discord's has room for about forty


@value_object
class Overview:
    """The answer to /status: the member's own latest, and what the server's queue looks like."""

    mine: Sequence[Job]
    queue: Sequence[Job]  # as far as it is listed
    totals: QueueTotals
    limits: ConcurrencyLimits
    to_decide: Sequence[Job] = ()  # for managers only
    hold: QueueHold | None = None
    hidden: frozenset[JobId] = frozenset()  # those in the queue of which the member may know only that they exist
    estimates: Mapping[JobId, JobEstimate] = field(default_factory=dict)  # of those in progress


@wired
class BrowseVideos:
    """Nothing is changed here. Raises NotFound for what does not exist, and for what they may not see."""

    queries: JobQueries
    render_history: RenderHistory
    catalogue: Catalogue
    limits: ConcurrencyLimits
    clock: Clock
    private_videos: PrivateVideos
    holds: QueueHolds
    outlooks: RenderOutlooks

    async def find(self, job_id: JobId) -> Job | None:
        """One video, before it is known who asks; `named` and `watched` decide what they may see."""
        return await self.queries.get(job_id)

    async def named(self, member: Member, text: str) -> Job:
        """One video by the id somebody typed, to be watched or used. NotAllowed for one that is not theirs to watch."""
        return await self.private_videos.check(member, await self._typed(text))

    async def known(self, member: Member, text: str) -> Job:
        """One video by the id somebody typed, as far as they may know it: for showing only."""
        (job,) = await self.private_videos.as_known(member, [check_may_see(member, await self._typed(text))])
        return job

    async def _typed(self, text: str) -> Job | None:
        job_id = typed(text)
        if job_id is None:
            raise NotFound(
                msg(
                    "“{typed}” isn't a video id. They look like K7Q-4FD, and `/history` lists yours.",
                    typed=Foreign(text[:40]),
                )
            )
        return await self.queries.get(job_id)

    async def remixable(self, member: Member, text: str) -> Sequence[Job]:
        return await self.queries.finished(member.guild_id, member.id, text, MOST_SUGGESTIONS)

    async def mine(self, member: Member, most: int) -> Sequence[Job]:
        """The member's own, newest first."""
        return await self.queries.latest(member.guild_id, member.id, most)

    async def overview(self, member: Member, most: int) -> Overview:
        mine, listed, totals, hold = await asyncio.gather(
            self.mine(member, most),
            self.queries.under_way(member.guild_id, most=MOST_LISTED),
            self.queries.queue_totals(member.guild_id),
            self.holds.queue_hold(member.guild_id),
        )
        queue = await self.private_videos.as_known(member, listed)
        own_open = [job for job in mine if not job.is_at_rest]
        to_decide = await self.to_decide(member)
        hidden = frozenset(job.id for job in queue if not may_see(member, job))
        return Overview(
            mine=mine,
            queue=queue,
            totals=totals,
            limits=self.limits,
            to_decide=to_decide,
            hold=hold,
            hidden=hidden,
            estimates=await self.estimates(member.guild_id, [*queue, *own_open]),
        )

    async def to_decide(self, member: Member) -> Sequence[Job]:
        """Orders that wait for this member's decision; none for those who may not decide."""
        if not member.manages:
            return []
        return await self.private_videos.as_known(member, await self.queries.in_review(member.guild_id))

    async def waiting(self, guild_id: int) -> Sequence[tuple[JobId, int]]:
        """The cards of the server's queued jobs, in the order these will be served, each with its channel."""
        return await self.queries.waiting(guild_id)

    async def batch(self, lead: JobId) -> Sequence[Job]:
        """Those that were ordered together, in their order."""
        return await self.queries.batch(lead)

    async def estimate(self, job: Job) -> JobEstimate:
        """Place in the queue and remaining time, for the card."""
        kind = RenderKind.of(job)
        past = await self.render_history.render_times([kind], job.guild_id)
        position = await self.queries.line(job, self.limits) if isinstance(job.phase, Queued) else None
        outlooks = await self.outlooks.of([job])
        return self._estimate(job, position, past[kind], outlooks.get(job.id))

    async def estimates(self, guild_id: int, queue: Sequence[Job]) -> Mapping[JobId, JobEstimate]:
        """For several unfinished ones on a server, in as many statements as for one."""
        kinds = {job.id: RenderKind.of(job) for job in queue}
        past = await self.render_history.render_times(kinds.values(), guild_id)
        is_any_queued = any(isinstance(job.phase, Queued) for job in queue)
        positions = await self.queries.lines(guild_id, self.limits) if is_any_queued else {}
        outlooks = await self.outlooks.of(queue)
        return {
            job.id: self._estimate(job, positions.get(job.id), past[kinds[job.id]], outlooks.get(job.id))
            for job in queue
        }

    def _estimate(
        self, job: Job, position: QueuePosition | None, past: PastRenders, outlook: RenderOutlook | None
    ) -> JobEstimate:
        times = RenderTimes.of(past, self.catalogue.cards.get(job.request.model))
        return estimate(job, position, times, self.clock.now(), outlook)

    def label(self, job: Job) -> str:
        """Its model's name for people."""
        return self.catalogue.label(job.request.model)
