"""Ordering several videos at once: quoted with their total, and stored with it reserved, in one step or not at all."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import field, replace

from bot.data_classes import value_object, wired
from bot.domain.access.limits import OrderLimits
from bot.domain.access.members import Member
from bot.domain.access.rules import check_may_end
from bot.domain.accounts import is_own
from bot.domain.errors import BadRequest, OrderedAlready
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import msg
from bot.domain.models.health import Failing
from bot.domain.money.allowances import Remainder
from bot.domain.money.usd import Usd
from bot.domain.phases import Cancelled, Unsent
from bot.domain.ports.jobs import JobQueries, JobQueue
from bot.domain.studio.batches import BatchPlace
from bot.jobs.events import JobEvents
from bot.jobs.ordering.batches import BatchQuote, in_common, variations, with_prompts
from bot.jobs.ordering.quoting import OrderRequest
from bot.jobs.use_cases.create import CreateVideo, Destination, where_asked

log = logging.getLogger(__name__)

ONE_MODEL = msg("Pick two different models to compare. You weren't charged.")


@value_object
class BatchDetails:
    """What a member is told before several videos are ordered at once."""

    batch: BatchQuote
    left: Remainder | None = None  # of the tightest limit, afterwards; None where nothing is to be said of it
    own_key: bool = False  # pays for all of it
    approval_above: Usd | None = None  # the price above which it waits for approval, where it does
    failing: Mapping[str, Failing] = field(default_factory=dict)  # models that fail here just now, by their labels


@wired
class OrderBatches:
    """Raises what ordering one video does, about all of them, and TierLimit where a tier orders fewer at once."""

    create: CreateVideo
    queue: JobQueue
    queries: JobQueries
    events: JobEvents

    async def offer_variations(self, member: Member, job_id: JobId, counts: Iterable[int]) -> Sequence[BatchQuote]:
        """As many of them as the member's tier orders at once. Raises TierLimit when it orders none."""
        wanted, limits = sorted(counts), await self.create.authorization.limits(member)
        limits.check_count(wanted[0])
        quote, most = await self.create.quote_again(member, job_id), limits.rights.in_one_order
        return [variations(quote, count) for count in wanted if most is None or count <= most]

    async def details(self, member: Member, batch: BatchQuote) -> BatchDetails:
        """Raises OverBudget when there is no room for it."""
        limits = await self.create.authorization.limits(member)
        own = [quote for quote in batch.quotes if quote.account is not None and is_own(quote.account)]
        now, left = self.create.clock.now(), None
        if not own:
            left = await self.create.allowances.after(member, limits, batch.price, now)
        return BatchDetails(
            batch=batch,
            left=left,
            own_key=len(own) == len(batch.quotes),
            approval_above=limits.rights.approval_above if limits.needs_approval(batch.price) else None,
        )

    async def quote_prompts(self, member: Member, order: OrderRequest, prompts: Sequence[str]) -> BatchQuote:
        """A new video of each prompt, all else as it was asked for."""
        quote = await self.create.quote_new(member, replace(order, prompt=max(prompts, key=len)))
        return with_prompts(quote, prompts)

    async def quote_comparison(self, member: Member, order: OrderRequest, models: Sequence[str]) -> BatchQuote:
        """A new video by each model, of one length and size where they have some in common."""
        cards = [self.create.quoting.card(model) for model in models]
        if len({card.id for card in cards}) < len(cards):
            raise BadRequest(ONE_MODEL)
        seconds, size = in_common(cards)
        alike = replace(
            order,
            seconds=seconds if order.seconds is None else order.seconds,
            size=str(size) if order.size is None and size is not None else order.size,
        )
        quotes = [await self.create.quote_new(member, replace(alike, model=card.id)) for card in cards]
        return BatchQuote(quotes=tuple(quotes))

    async def quote_against(self, member: Member, job: Job, model: str) -> BatchQuote:
        """A new video of a finished one's prompt by its model and by another, as long as it where both make that."""
        models, seconds = (job.request.model, model), job.request.seconds
        is_made = all(seconds in self.create.quoting.card(each).seconds for each in models)
        order = OrderRequest(prompt=job.request.prompt, private=job.private, seconds=seconds if is_made else None)
        return await self.quote_comparison(member, order, models)

    async def today(self, member: Member, batch: BatchQuote) -> BatchQuote:
        """The same orders at the prices that count now."""
        now = {quote.request: await self.create.quote_today(member, quote) for quote in batch.distinct}
        return BatchQuote(quotes=tuple(now[quote.request] for quote in batch.quotes))

    async def check(self, member: Member, batch: BatchQuote, channel_id: int) -> None:
        """Raise what `place` would; for before a question."""
        (await self.create.authorization.limits(member)).check_count(len(batch.quotes))
        for quote in batch.distinct:
            await self.create.screen(member, quote, channel_id)
        await self.create.check_room(member, batch.price, videos=len(batch.quotes))

    async def place(self, member: Member, batch: BatchQuote, destination: Destination) -> Sequence[Job]:
        """Queue all of them and reserve their total, in one step.

        The same interaction never makes two batches: the second time it raises OrderedAlready. Above what the member's
        tier makes by itself all of them wait for approval. They are begun when they are released.
        """
        limits = await self._limits(member, batch)
        jobs = await self._jobs(member, batch, destination, limits)
        allowances = await self.create.allowances.of(member, limits)
        async with AsyncExitStack() as stack:
            for quote in batch.distinct:
                screened = await self.create.screened(where_asked(member, quote), destination.channel_id)
                await stack.enter_async_context(self.create.screening.passed(member, screened))
            stored = await self.queue.add_all(jobs, allowances)
        if stored[0].created_at != jobs[0].created_at:
            raise OrderedAlready
        log.info("%s and %d more ordered by %s for %s", stored[0].id, len(stored) - 1, member.id, batch.price)
        return stored

    async def _limits(self, member: Member, batch: BatchQuote) -> OrderLimits:
        for quote in batch.distinct[1:]:
            await self.create.authorized(member, quote)
        limits = await self.create.authorized(member, batch.quotes[0])
        limits.check_count(len(batch.quotes))
        return limits

    async def _jobs(
        self, member: Member, batch: BatchQuote, destination: Destination, limits: OrderLimits
    ) -> Sequence[Job]:
        """Each with a picture of its own, and its place in the batch; the lead alone answers the interaction."""
        jobs: list[Job] = []
        for number, quote in enumerate(batch.quotes, 1):
            own = where_asked(member, quote if number == 1 else await self.create.quoting.with_own_picture(quote))
            job = await self.create.drawn_up(member, own, destination, limits)
            lead = jobs[0].id if jobs else job.id
            placed = replace(job, batch=BatchPlace(lead=lead, number=number))
            jobs.append(placed if number == 1 else replace(placed, interaction_id=None))
            await self.create.authorization.venues.mark(member, jobs[-1])
        if not limits.needs_approval(batch.price):
            return jobs
        return [self.create.to_approve(job) for job in jobs]

    async def cancel_waiting(self, member: Member, lead: JobId) -> tuple[Sequence[Job], Sequence[Job]]:
        """End those of a batch that were not sent, which is free; all of it, and those that ended.

        One that is sent at this very moment is made: ending it may cost all that it costs.
        """
        batch = await self.queries.batch(lead)
        ended = list[Job]()
        for job in batch:
            if isinstance(job.phase, Unsent):
                check_may_end(member, job)
                now = await self.queue.cancel(job.id, member.id, unsent_only=True)
                self.events.tell(now)
                ended += [now] if isinstance(now.phase, Cancelled) else []
        return await self.queries.batch(lead), ended
