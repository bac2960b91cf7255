"""Ordering a video: quoted first, then queued with its price reserved, in one step."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.data_classes import value_object, wired
from bot.domain.access.actions import Act, OrderVideo
from bot.domain.access.limits import OrderLimits
from bot.domain.access.members import Member
from bot.domain.access.rules import check_may_end
from bot.domain.access.uncharged import charging_nothing
from bot.domain.errors import BadRequest, MovedOn, NotFound, OrderedAlready, TierLimit
from bot.domain.ids import JobId, new_id
from bot.domain.job import Approval, Job
from bot.domain.messages import msg
from bot.domain.models.card import ModelCard
from bot.domain.moderation.venues import Venue
from bot.domain.money.allowances import Allowances
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import AwaitingApproval, Cancelled, Failed, Queued, Unsent
from bot.domain.ports.clock import Clock
from bot.domain.ports.jobs import JobQueries, JobQueue
from bot.domain.video import Aim, Size
from bot.jobs.events import JobEvents
from bot.jobs.ordering.alternatives import sent_already
from bot.jobs.ordering.defaults import with_defaults
from bot.jobs.ordering.quoting import OrderRequest, Quote, Quoting
from bot.jobs.ordering.remix import RemixOption
from bot.jobs.ordering.remix_offers import REMIXES, RemixOffer, RemixRequest
from bot.jobs.providers.health import ModelHealth
from bot.jobs.use_cases.allowances import MemberAllowances
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.moderation.screening import ScreenedOrder, Screening
from bot.jobs.use_cases.private_videos import PrivateVideos
from bot.jobs.use_cases.quotes.confirming import PriceConfirmation

log = logging.getLogger(__name__)

SOURCE_HIDDEN = msg("You can't see the original of this remix. You weren't charged.")
LOOKS_AT_A_WAITING_JOB = 3  # its reason to wait may change at the very moment it is cancelled
MOST_OPTIONS = 25  # suggestions; Discord shows no more


@value_object
class Destination:
    """Where an order came from and where its video goes."""

    channel_id: int
    upload_limit: int  # bytes
    interaction_id: int


@wired
class CreateVideo:
    """Raises NotAllowed and NotFound, and BadRequest with what would work instead."""

    queue: JobQueue
    queries: JobQueries
    authorization: Authorization
    quoting: Quoting
    health: ModelHealth
    events: JobEvents
    clock: Clock
    confirmation: PriceConfirmation
    private_videos: PrivateVideos
    allowances: MemberAllowances
    screening: Screening
    approval_time: timedelta = timedelta(hours=24)  # how long an order waits for approval

    async def quote_new(self, member: Member, order: OrderRequest) -> Quote:
        limits = await self.authorization.authorize(member, Act.MAKE)
        return await self.quoting.new(await self._with_defaults(member, order, limits), member.id, limits)

    async def chosen(self, member: Member, order: OrderRequest) -> ModelCard:
        """The model that an order would be sent to, before it is complete. Raises TierLimit."""
        limits = await self.authorization.authorize(member, Act.MAKE)
        wanted = await self._with_defaults(member, order, limits)
        return self.quoting.chosen(wanted.model, limits)

    async def _with_defaults(self, member: Member, order: OrderRequest, limits: OrderLimits) -> OrderRequest:
        options = await self.authorization.venues.preferences.of(member.guild_id)
        return with_defaults(order, options, self.quoting.catalogue, limits)

    def animation(self, shape: Size | None, limits: OrderLimits) -> Quote:
        """The video that a picture of this shape would become, and its price; the prompt is still to come."""
        return self.quoting.animation(shape, limits)

    async def quote_remix(self, member: Member, source: JobId, wanted: RemixRequest) -> Quote:
        limits = await self.authorization.authorize(member, Act.MAKE)
        return await self.quoting.remix(await self._seen(member, source), wanted, limits=limits, owner=member.id)

    async def remix_options(
        self, source: Job, cards: Iterable[ModelCard], aim: Aim, limits: OrderLimits
    ) -> Mapping[str, RemixOption]:
        """By model: how the first that can would remix a video, and the price. None for a deleted video."""
        return await self.quoting.remixes.by_model(source, list(cards), aim, limits, MOST_OPTIONS)

    async def remix_offers(self, member: Member, source: Job, aims: Sequence[Aim] = REMIXES) -> Sequence[RemixOffer]:
        """What each model would make of a video, the usual one first. Raises OverBudget if all are too expensive."""
        with charging_nothing():
            await self.authorization.venues.check_may_use(member, source.id)
        offers = await self.quoting.remix_offers(source, await self.authorization.limits(member), aims)
        await self.check_room(member, *(option.price for offer in offers for option in offer.options.values()))
        return offers

    async def remix_lengths(
        self, source: Job, model: str | None, aim: Aim, limits: OrderLimits
    ) -> Sequence[RemixOption]:
        """What a model would make of a video, in each length it can have; none when it cannot make anything."""
        try:
            return await self.quoting.remix_lengths(source, model, aim, limits)
        except (BadRequest, TierLimit):
            return []

    async def quote_again(self, member: Member, job_id: JobId, prompt: str | None = None) -> Quote:
        limits = await self.authorization.authorize(member, Act.MAKE)
        job = await self._seen(member, job_id)
        source = await self.queries.get(job.request.source) if job.request.source else None
        may_watch = source is None or source.deleted or await self.private_videos.may_watch(member, source)
        if not may_watch:
            raise NotFound(SOURCE_HIDDEN)  # its words and pictures would come along
        return await self.quoting.again(job, source, prompt, limits)

    async def quote_today(self, member: Member, quote: Quote) -> Quote:
        """The same order at the current price: a quote from some minutes ago may no longer hold."""
        limits, source = await self.authorization.authorize(member, Act.MAKE), quote.request.source
        return await self.quoting.today(quote, None if source is None else await self._seen(member, source), limits)

    async def check_room(self, member: Member, *prices: Usd, videos: int = 1) -> None:
        """Raise OverBudget or TooManyWaiting if not even the cheapest of these could be ordered now.

        For use before a member is asked anything; `place` decides. `videos`: how many have this total.
        """
        limits = await self.authorization.limits(member)
        allowances = await self.allowances.of(member, limits)
        price = FREE if limits.own_accounts else min(prices)  # whose money it is depends on the model
        await self.queue.check_room(member.guild_id, member.id, price, allowances, videos)

    async def needs_a_yes(self, member: Member, quote: Quote) -> bool:
        """Whether it costs so much that the member has to confirm it, or to be told that it needs approval."""
        return await self.confirmation.asks(member, quote.price)

    async def approval_above(self, member: Member, *prices: Usd) -> Usd | None:
        """The price above which one of these would wait for approval, which its member is told before; else None."""
        limits = await self.authorization.limits(member)
        return limits.rights.approval_above if any(map(limits.needs_approval, prices)) else None

    async def screen(self, member: Member, quote: Quote, channel_id: int) -> None:
        """Raise AgainstRules if `place` would; for use before a question."""
        await self.screening.check(member, await self.screened(where_asked(member, quote), channel_id))

    async def screened(self, quote: Quote, channel_id: int) -> ScreenedOrder:
        """With the prompt of its source, which its service may get as well."""
        source = None if quote.request.source is None else await self.queries.get(quote.request.source)
        original = None if source is None else source.request
        return ScreenedOrder(request=quote.request, private=quote.private, channel_id=channel_id, original=original)

    async def place(
        self,
        member: Member,
        quote: Quote,
        destination: Destination,
        *,
        instead_of: JobId | None = None,
        approved_by: int | None = None,
        anew: bool = False,
    ) -> Job:
        """Queue the order and reserve its price, in one step. The same interaction never makes two jobs.

        The second time it returns the first job, or raises OrderedAlready if that is to be `anew`. Above what the
        member's tier allows it waits for approval, unless it is `approved_by` whoever has it made for them; then no key
        of the member's own pays for it. It starts when it is released, once its member was answered; or soon, should
        that never happen. If `instead_of` still waits, it is cancelled in the same step; if it is at rest, it stays as
        it is. Raises OverBudget and TooManyWaiting, TierLimit if the member's tier has changed since it was quoted, and
        AgainstRules.
        """
        limits = await self.authorized(member, quote)
        limits = limits if approved_by is None else limits.for_others()
        quote = where_asked(member, quote)
        job = self._approved(limits, await self.drawn_up(member, quote, destination, limits), approved_by)
        await self.authorization.venues.mark(member, job)
        allowances = await self.allowances.of(member, limits)
        async with self.screening.passed(member, await self.screened(quote, job.channel_id)):
            if instead_of is None:
                stored = await self.queue.add(job, allowances)
            else:
                stored = await self._add_instead(member, instead_of, job, allowances)
        if anew and stored.created_at != job.created_at:  # its id may be a different one, if that was taken
            raise OrderedAlready
        log.info("%s ordered by %s: %s for %s", stored.id, member.id, stored.request.model, stored.quote)
        return stored

    def release(self, job: Job) -> None:
        """Its member was answered, or will be told: it may start."""
        self.events.tell(job)

    async def withdraw(self, job: Job) -> None:
        """Its member was told that nothing happened, so nothing shall: cancel it, which is free while it waits."""
        self.events.tell(await self.queue.cancel(job.id, job.owner_id))

    async def authorized(self, member: Member, quote: Quote) -> OrderLimits:
        """Within which limits a member may order it now."""
        asked = where_asked(member, quote)
        return await self.authorization.authorize(member, OrderVideo(request=asked.request, private=asked.private))

    async def drawn_up(self, member: Member, quote: Quote, destination: Destination, limits: OrderLimits) -> Job:
        """The order as it is stored, with its priority and how many like it may run at once."""
        account = quote.account or limits.own_account(quote.card) or await self.health.account_for(quote.card)
        return Job(
            id=new_id(),
            request=quote.request,
            account=account,
            owner_id=member.id,
            guild_id=member.guild_id,
            channel_id=destination.channel_id,
            private=quote.private,
            quote=quote.price,
            promised=quote.price,
            cost=None,
            phase=Queued(),
            created_at=self.clock.now(),
            upload_limit=destination.upload_limit,
            interaction_id=destination.interaction_id,
            priority=limits.rights.priority,
            at_once=limits.rights.at_once,
        )

    def to_approve(self, job: Job) -> Job:
        """Waiting until somebody says that it may be made."""
        return job.moved_to(AwaitingApproval(since=job.created_at, until=job.created_at + self.approval_time))

    async def _add_instead(self, member: Member, waiting: JobId, job: Job, allowances: Allowances) -> Job:
        for _ in range(LOOKS_AT_A_WAITING_JOB):
            seen = await self._seen(member, waiting)
            if isinstance(seen.phase, Failed | Cancelled):
                return await self.queue.add(job, allowances)
            if not isinstance(seen.phase, Unsent):
                break
            check_may_end(member, seen)
            ended = seen.moved_to(Cancelled(by=member.id, finished_at=self.clock.now()))
            try:
                stored = await self.queue.exchange(seen, ended, job, allowances)
            except MovedOn:
                continue  # sent just now, or it only waits for something else
            log.info("%s cancelled for %s", seen.id, stored.id)
            self.events.tell(ended)
            return stored
        raise BadRequest(sent_already(seen))

    async def _seen(self, member: Member, job_id: JobId) -> Job:
        job = await self.private_videos.check(member, await self.queries.get(job_id))
        with charging_nothing():
            await self.authorization.venues.check_may_use(member, job.id)
        return job

    def _approved(self, limits: OrderLimits, job: Job, approved_by: int | None) -> Job:
        """With whoever has approved it, or waiting for approval, if it needs it."""
        if not limits.needs_approval(job.quote):
            return job
        if approved_by is not None:
            return replace(job, approval=Approval(by=approved_by, at=job.created_at))
        return self.to_approve(job)


def where_asked(member: Member, quote: Quote) -> Quote:
    """An order placed in direct messages belongs to its owner alone: no channel shows it, or its prompt."""
    return replace(quote, private=True) if member.venue is Venue.DIRECT else quote
