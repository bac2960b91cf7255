"""The cases of a server: read, changed by whoever decides, and handed to whoever works on them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import field, replace
from datetime import datetime, timedelta

from bot.data_classes import wired
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import Message, Person, VideoId, msg
from bot.domain.moderation.cases import (
    CASE,
    OPEN_CASES,
    CaseDecision,
    DecisionKind,
    ModerationCase,
    OpenCases,
    TakeDown,
)
from bot.domain.ports.clock import Clock
from bot.domain.ports.records import Records

SAFETY = timedelta(minutes=1)  # until a case is looked at that somebody has begun to change
CaseChange = Callable[[ModerationCase], ModerationCase]
NOT_REPORTED = msg("Nobody has reported this video. Nothing was changed.")


@wired
class ModerationCases:
    """`news` is set when there is work."""

    records: Records
    clock: Clock
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def of(self, job_id: JobId) -> ModerationCase | None:
        return await self.records.read(CASE, job_id)

    async def change(self, job: Job, change: CaseChange) -> tuple[ModerationCase, ModerationCase]:
        """As it was and as it is, atomically; a new one where there was none. It is worked on next.

        That is noted before, for a little later: a process that dies in between leaves nothing that nobody looks at.
        """
        fresh = ModerationCase(guild_id=job.guild_id, owner_id=job.owner_id, opened_at=self.clock.now())
        await self._make_due(job.guild_id, job.id, self.clock.now() + SAFETY)
        updated = await self.records.update(CASE, job.id, lambda known: change(known or fresh))
        await self.hand_over(job.guild_id, job.id)
        return updated.before or fresh, updated.after or fresh

    async def note(self, job_id: JobId, change: CaseChange) -> ModerationCase | None:
        """What the work on it has done, on top of what people did meanwhile."""
        return (await self.records.update(CASE, job_id, lambda known: known and change(known))).after

    async def hand_over(self, guild_id: int, job_id: JobId) -> None:
        """Make it due now, whoever holds it: a change during the work on it is seen to afterwards."""
        await self._make_due(guild_id, job_id, self.clock.now())
        self.news.set()

    async def _make_due(self, guild_id: int, job_id: JobId, at: datetime) -> None:
        def due(known: OpenCases | None) -> OpenCases:
            return OpenCases(due={**(known or OpenCases()).due, job_id: at})

        await self.records.update(OPEN_CASES, str(guild_id), due)

    async def decide(
        self, member: Member, job: Job, decision: CaseDecision, take_down: TakeDown | None, *, must_be_open: bool
    ) -> ModerationCase:
        """One decision, however many managers decide at once. Raises BadRequest for all but the first.

        `must_be_open`: nothing was decided before, not even to leave the video where it is.
        """

        def decided(known: ModerationCase) -> ModerationCase:
            if known.is_final or (must_be_open and known.decision is not None):
                return known
            return replace(known, decision=decision, take_down=take_down, told=())

        before, after = await self.change(job, decided)
        if after.decision != decision or before.decision == decision:
            raise BadRequest(decided_already(job.id, after.decision, member))
        return after


def decided_already(job_id: JobId, decision: CaseDecision | None, member: Member) -> Message:
    """Said to whoever comes second."""
    if decision is None:
        return NOT_REPORTED
    video, by = VideoId(job_id), Person(decision.by)
    if decision.kind is DecisionKind.TAKEN_DOWN:
        if decision.by == member.id:
            return msg("You've already taken {video} down.", video=video)
        return msg("{member} has already taken {video} down.", member=by, video=video)
    return msg("{member} has already dismissed the reports of {video}. Nothing was changed.", member=by, video=video)
