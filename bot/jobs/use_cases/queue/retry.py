"""Failed orders, retried by a manager in their owners' names: those that can succeed and have cost nothing so far."""

from __future__ import annotations

import logging
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.accounts import is_members
from bot.domain.errors import BadRequest, OverBudget, Refusal, TooManyWaiting
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import msg
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import Failed
from bot.domain.ports.clock import Clock
from bot.domain.ports.costs import CostReports
from bot.domain.ports.guilds import GuildStore
from bot.domain.ports.jobs import JobQueries
from bot.domain.ports.records import Records
from bot.domain.queue.ages import moment_before
from bot.domain.queue.bulk import (
    MOST_ITEMS,
    PLAN,
    BulkKind,
    BulkMessages,
    BulkPlan,
    BulkQueries,
    GuildPeople,
    Leftover,
    Outcome,
    retry_id,
    total_price,
)
from bot.domain.queue.state import HoldKind, QueueHolds
from bot.jobs.ordering.quoting import Quote
from bot.jobs.use_cases.create import CreateVideo, Destination
from bot.jobs.use_cases.queue.manage import check_may_manage_queue

log = logging.getLogger(__name__)

BATCH = 100  # failed orders looked at in one query
NOTHING_TO_RETRY = msg("No failed order since then can be retried. Nothing was ordered.")
CLOSED = msg("New orders are stopped here. Let them in again first, in `/queue`. Nothing was ordered.")


@value_object
class RetryPreview:
    """What would be ordered again, and what it would cost."""

    plan: BulkPlan
    since: datetime
    price: Usd
    budget_left: Usd  # of the server's month
    left_out: Mapping[Leftover, int]  # failed orders that cannot be
    is_all: bool  # False: there are more than are done in one go


@wired
class RetryFailed:
    """Raises NotAllowed and BadRequest."""

    queries: JobQueries
    bulk: BulkQueries
    holds: QueueHolds
    reports: CostReports
    create: CreateVideo
    people: GuildPeople
    messages: BulkMessages
    guilds: GuildStore
    records: Records
    clock: Clock

    async def preview(self, member: Member, since: str) -> RetryPreview:
        """What could be ordered again of what was ordered since then; nothing is ordered."""
        check_may_manage_queue(member)
        calendar = (await self.guilds.guild_settings(member.guild_id)).calendar
        begin = moment_before(since, self.clock.now(), calendar)
        hold = await self.holds.queue_hold(member.guild_id)
        if hold is not None and hold.kind is HoldKind.DRAIN:
            raise BadRequest(CLOSED)
        found, left_out = await self._prices(member.guild_id, begin)
        if not found:
            raise BadRequest(NOTHING_TO_RETRY)
        chosen = list(found.items())[:MOST_ITEMS]
        plan = BulkPlan(
            id=secrets.token_hex(6),
            kind=BulkKind.RETRY,
            guild_id=member.guild_id,
            by=member.id,
            made_at=self.clock.now(),
            items=tuple(job_id for job_id, _ in chosen),
            prices=tuple(price.micros for _, price in chosen),
        )
        await self.records.write(PLAN, plan.id, plan)
        month = await self.reports.month(member.guild_id)
        return RetryPreview(
            plan=plan,
            since=begin,
            price=total_price(plan),
            budget_left=month.left,
            left_out=left_out,
            is_all=len(found) <= MOST_ITEMS,
        )

    async def _prices(self, guild_id: int, since: datetime) -> tuple[dict[JobId, Usd], Counter[Leftover]]:
        """Of those that can be ordered again, oldest first; one more than are done in one go, if there are more."""
        prices, left_out, last = dict[JobId, Usd](), Counter[Leftover](), None
        while len(prices) <= MOST_ITEMS:
            batch = await self.bulk.failed(guild_id, since, last, BATCH)
            again = await self.bulk.answered([retry_id(job.id) for job in batch])
            for job in batch:
                if retry_id(job.id) in again:
                    continue
                price = await self._price(job)
                if price is None:
                    left_out[Leftover.IMPOSSIBLE] += 1
                else:
                    prices[job.id] = price
            if len(batch) < BATCH:
                break
            last = batch[-1]
        return prices, left_out

    async def _price(self, job: Job) -> Usd | None:
        """None if it would fail again, was paid for, or can no longer be ordered."""
        if not may_succeed(job):
            return None
        try:
            return await self.create.quoting.price_again(job, await self._source(job))
        except BadRequest:
            return None

    async def _source(self, job: Job) -> Job | None:
        return await self.queries.get(job.request.source) if job.request.source is not None else None

    async def one(self, plan: BulkPlan, item: int) -> Outcome:
        """Retry one. Repeated, it only makes sure that the order has its card."""
        failed = await self.queries.get(JobId(plan.items[item]))
        if failed is None or not may_succeed(failed):
            return Outcome(left=Leftover.GONE)
        try:
            quote = await self.create.quoting.again(failed, await self._source(failed))
            if quote.price > Usd(plan.prices[item]):
                return Outcome(left=Leftover.DEARER)
            stored = await self._order(failed, quote, plan.by)
        except Refusal as no:
            log.info("%s is not ordered again: %s", failed.id, no.sentence)
            return Outcome(left=_why(no))
        await self.messages.show_card(stored)
        self.create.release(stored)
        return Outcome(amount=stored.quote.micros)

    async def _order(self, failed: Job, quote: Quote, by: int) -> Job:
        """In its owner's name and within their limits, as if they had ordered it where they did then.

        A manager who has it made approves it with that.
        """
        owner = await self.people.member(failed.guild_id, failed.owner_id)
        owner = replace(owner, venue=await self.create.authorization.venues.venue_of(failed.id))
        destination = Destination(
            channel_id=failed.channel_id, upload_limit=failed.upload_limit, interaction_id=retry_id(failed.id)
        )
        return await self.create.place(owner, quote, destination, approved_by=by)


def may_succeed(job: Job) -> bool:
    """The service failed, and nothing was paid: the same order may do better.

    An order that a member's own key was to pay for is left to that member.
    """
    if not isinstance(job.phase, Failed) or job.deleted or (job.cost is not None and job.cost != FREE):
        return False
    return job.phase.cause.is_services_fault and not job.phase.charged and not is_members(job.account)


def _why(no: Refusal) -> Leftover:
    match no:
        case OverBudget():
            return Leftover.BUDGET
        case TooManyWaiting():
            return Leftover.WAITING
        case BadRequest():
            return Leftover.IMPOSSIBLE
        case _:
            return Leftover.REFUSED
