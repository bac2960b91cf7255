"""Take-downs by managers: what one would remove, and removing it video by video, so that it can go on after a crash."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.data_classes import value_object, wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.audit.changes import SettingChange
from bot.domain.errors import BadRequest, ProviderError
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import VideoId, msg
from bot.domain.moderation.cases import (
    CASE,
    MOST_REMIXES,
    TAKEN_DOWN,
    CaseDecision,
    DecisionKind,
    Leftovers,
    ModerationCase,
    TakeDown,
    TakenDown,
)
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import NeedsReview, Trait
from bot.domain.ports.jobs import JobQueries, JobQueue
from bot.domain.queue.bulk import BulkMessages
from bot.domain.texts.names import words_of
from bot.jobs.use_cases.audit.changes import SettingChanges
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.manage import ManageVideos
from bot.jobs.use_cases.moderation.cases import ModerationCases

log = logging.getLogger(__name__)

LONGEST_REASON = 300  # characters
POSTED, DOWN = msg("shown"), msg("taken down")
CLEAN = Leftovers()


@value_object
class TakeDownPreview:
    """What a take-down would remove."""

    job: Job
    remixes: Sequence[Job]  # all below it that are still there
    is_all: bool = True  # False: there are more than are done in one go
    doubles: Sequence[Job] = ()  # what was made beside it of the same order, and goes with it

    @property
    def cost(self) -> Usd:
        """Of the remixes."""
        return sum((job.cost or FREE for job in self.remixes), FREE)


@value_object
class Removed:
    """What became of one video. `at_service` is None when its service had nothing of it."""

    remainder: Leftovers
    at_service: bool | None = None


@wired
class TakeDowns:
    """Raises NotAllowed, and BadRequest when it was done before."""

    cases: ModerationCases
    queries: JobQueries
    authorization: Authorization
    changes: SettingChanges

    async def preview(self, member: Member, job: Job) -> TakeDownPreview:
        await self.authorization.authorize(member, Act.MODERATE)
        known = await self.cases.of(job.id)
        if known is not None and known.take_down is not None:
            raise BadRequest(msg("{video} was taken down already.", video=VideoId(job.id)))
        remixes = await remixes_below(self.queries, job, MOST_REMIXES + 1)
        doubles = [each for each in await self.queries.doubles(job.id) if not each.deleted]
        return TakeDownPreview(
            job=job, remixes=remixes[:MOST_REMIXES], is_all=len(remixes) <= MOST_REMIXES, doubles=doubles
        )

    async def begin(
        self, member: Member, job: Job, *, reason: str, with_remixes: bool, was_reported: bool
    ) -> ModerationCase:
        """It is stored, and then done by whoever works on cases. `was_reported`: it answers reports."""
        await self.authorization.authorize(member, Act.MODERATE)
        now, said = self.cases.clock.now(), words_of(reason, LONGEST_REASON)
        remixes = await remixes_below(self.queries, job, MOST_REMIXES) if with_remixes else ()
        decision = CaseDecision(kind=DecisionKind.TAKEN_DOWN, by=member.id, at=now, reason=said)
        items = (job.id, *(remix.id for remix in remixes))
        take_down = TakeDown(with_remixes=with_remixes, todo=items)
        decided = await self.cases.decide(member, job, decision, take_down, must_be_open=was_reported)
        log.info("%s is taken down by %s, with %d remixes", job.id, member.id, len(remixes))
        what = msg("the video {video}", video=VideoId(job.id))
        await self.changes.note(
            SettingChange(guild_id=job.guild_id, by=member.id, what=what, before=POSTED, after=DOWN)
        )
        return decided


@wired
class TakeDownSteps:
    """One video at a time. Done a second time, each step finds its work done."""

    cases: ModerationCases
    queries: JobQueries
    queue: JobQueue
    manage: ManageVideos
    messages: BulkMessages

    async def next(self, root: JobId, case: ModerationCase) -> ModerationCase | None:
        """The first of what is still to do. A video's remixes that came to be meanwhile go with it.

        So does what was made beside it of the same order: what is not posted yet is withheld from now on, and what was
        just being posted would stay.
        """
        down, decision = case.take_down, case.decision
        if down is None or decision is None or not down.todo:
            return case
        job_id = JobId(down.todo[0])
        removed = await self.remove(job_id, decision)
        beside = await self.queries.doubles(job_id)
        remixes = await self.queries.remixes([job_id]) if down.with_remixes else ()
        further = _unknown(down, [*beside, *remixes])
        if job_id != root:
            await self._close_own_case(job_id, decision)
        return await self.cases.note(root, lambda known: _after(known, job_id, removed, further))

    async def again(self, root: JobId, case: ModerationCase, job_id: JobId) -> ModerationCase | None:
        """What was left of one."""
        if case.decision is None:
            return case
        removed = await self.remove(job_id, case.decision)
        return await self.cases.note(root, lambda known: _after(known, job_id, removed, ()))

    async def remove(self, job_id: JobId, decision: CaseDecision) -> Removed:
        """Its files, its messages, and what its service has. Its row and what it cost stay in the books."""
        job = await self.queries.get(job_id)
        if job is None:
            return Removed(remainder=CLEAN)
        taken = TakenDown(by=decision.by, at=decision.at, reason=decision.reason)
        await self.cases.records.update(TAKEN_DOWN, job.id, lambda known: known or taken)
        if not job.is_at_rest or isinstance(job.phase, NeedsReview):
            if Trait.CANCELLABLE in job.phase.traits and job.cancel_asked_by is None:
                self.manage.events.tell(await self.queue.cancel(job.id, decision.by))
            return Removed(remainder=Leftovers(unfinished=True))
        await self.manage.erase(job, decision.by)
        posts = not await self.messages.remove_posts(job.id)
        try:
            at_service = await self.manage.forget(job)
        except ProviderError as trouble:
            log.info("%s is not deleted at its service yet: %s", job.id, trouble.sentence)
            return Removed(remainder=Leftovers(posts=posts, service=True))
        return Removed(remainder=Leftovers(posts=posts), at_service=at_service)

    async def _close_own_case(self, job_id: JobId, decision: CaseDecision) -> None:
        """Of a remix that was reported, too: its reports are answered with this."""
        job = await self.queries.get(job_id)
        if job is not None and await self.cases.records.read(CASE, job_id) is not None:
            await self.cases.change(job, lambda known: replace(known, decision=known.decision or decision))


async def remixes_below(queries: JobQueries, job: Job, most: int) -> Sequence[Job]:
    """All remixes of a video, and of those, that are still there: sources before what was made of them."""
    found, seen, level = list[Job](), {job.id}, [job.id]
    while level and len(found) < most:
        remixes = [remix for remix in await queries.remixes(level) if remix.id not in seen]
        seen |= {remix.id for remix in remixes}
        found += [remix for remix in remixes if not remix.deleted]
        level = [remix.id for remix in remixes]
    return found[:most]


def _unknown(down: TakeDown, found: Iterable[Job]) -> tuple[str, ...]:
    known = {*down.todo, *down.done, *down.remaining}
    return tuple(job.id for job in found if job.id not in known and not job.deleted)


def _after(case: ModerationCase, job_id: JobId, removed: Removed, further: tuple[str, ...]) -> ModerationCase:
    down = case.take_down
    if down is None:
        return case
    remaining = {known: left for known, left in down.remaining.items() if known != job_id}
    is_done = removed.remainder == CLEAN
    if not is_done:
        remaining[job_id] = removed.remainder
    kept = removed.at_service is False and job_id not in down.not_at_service
    after = replace(
        down,
        todo=(*(each for each in down.todo if each != job_id), *(each for each in further if each not in down.todo)),
        done=(*down.done, job_id) if is_done and job_id not in down.done else down.done,
        remaining=remaining,
        not_at_service=(*down.not_at_service, job_id) if kept else down.not_at_service,
    )
    return replace(case, take_down=after)
