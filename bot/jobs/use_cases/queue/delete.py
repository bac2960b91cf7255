"""Bulk deletion by a manager: files, messages, and the services' copies. Costs stay in the books."""

from __future__ import annotations

import secrets

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import msg
from bot.domain.moderation.cases import TAKEN_DOWN, TakenDown
from bot.domain.money.usd import FREE, Usd
from bot.domain.ports.clock import Clock
from bot.domain.ports.guilds import GuildStore
from bot.domain.ports.jobs import JobQueries
from bot.domain.ports.records import Records
from bot.domain.queue.ages import moment_before
from bot.domain.queue.bulk import (
    MOST_ITEMS,
    PHASE_OF,
    PLAN,
    BulkKind,
    BulkMessages,
    BulkPlan,
    BulkQueries,
    Deletable,
    Leftover,
    Outcome,
    Wanted,
)
from bot.domain.texts.names import words_of
from bot.jobs.use_cases.manage import ManageVideos
from bot.jobs.use_cases.queue.manage import LONGEST_REASON, check_may_manage_queue

NOTHING_TO_DELETE = msg("No video here fits that. Nothing was deleted.")


@value_object
class DeletePreview:
    """What would be deleted."""

    plan: BulkPlan
    wanted: Wanted
    bytes: int  # of the videos
    spent: Usd  # what they cost
    is_all: bool  # False: there are more than are done in one go


@wired
class DeleteMany:
    """Raises NotAllowed and BadRequest."""

    queries: JobQueries
    bulk: BulkQueries
    manage: ManageVideos
    messages: BulkMessages
    guilds: GuildStore
    records: Records
    clock: Clock

    async def preview(
        self,
        member: Member,
        which: Deletable,
        owner_id: int | None,
        older_than: str,
        *,
        take_down: str | None = None,
    ) -> DeletePreview:
        """The matching videos; nothing is deleted. `older_than` may be empty, and so may the reason for a take-down."""
        check_may_manage_queue(member)
        now = self.clock.now()
        before = None
        if older_than.strip():
            calendar = (await self.guilds.guild_settings(member.guild_id)).calendar
            before = moment_before(older_than, now, calendar)
        wanted = Wanted(which=which, owner_id=owner_id, before=before)
        found = await self.bulk.deletable(member.guild_id, wanted, MOST_ITEMS + 1)
        if not found:
            raise BadRequest(NOTHING_TO_DELETE)
        chosen = found[:MOST_ITEMS]
        plan = BulkPlan(
            id=secrets.token_hex(6),
            kind=BulkKind.DELETE if take_down is None else BulkKind.TAKE_DOWN,
            guild_id=member.guild_id,
            by=member.id,
            made_at=now,
            items=tuple(job.id for job in chosen),
            reason=words_of(take_down or "", LONGEST_REASON),
        )
        await self.records.write(PLAN, plan.id, plan)
        return DeletePreview(
            plan=plan,
            wanted=wanted,
            bytes=sum(job.bytes for job in chosen),
            spent=sum((job.cost for job in chosen), FREE),
            is_all=len(found) <= MOST_ITEMS,
        )

    async def one(self, plan: BulkPlan, item: int) -> Outcome:
        """Delete one; also what is left of one that was being deleted when the bot was stopped."""
        job = await self.queries.get(JobId(plan.items[item]))
        if job is None or not isinstance(job.phase, tuple(PHASE_OF.values())):
            return Outcome(left=Leftover.GONE)
        if plan.kind is BulkKind.TAKE_DOWN:
            taken = TakenDown(by=plan.by, at=plan.made_at, reason=plan.reason)
            await self.records.update(TAKEN_DOWN, job.id, lambda known: known or taken)
        deletion = await self.manage.remove(job, plan.by)
        removed = await self.messages.remove_posts(job.id)
        is_kept = deletion.at_service is False and not job.deleted
        return Outcome(amount=_bytes(job), remains=not removed or is_kept)


def _bytes(job: Job) -> int:
    return 0 if job.video is None else job.video.bytes
