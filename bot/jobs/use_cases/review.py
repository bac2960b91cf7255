"""Managers' decisions about orders that nobody and nothing else can resolve."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.access.rules import check_may_decide
from bot.domain.accounts import is_members
from bot.domain.errors import BadRequest, MovedOn, NotAllowed, ProviderError
from bot.domain.job import Approval, Job
from bot.domain.messages import msg
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import Cause, Failed, NeedsReview, Phase, Posting, Queued, Rendering, Saving, name_of
from bot.domain.ports.clock import Clock
from bot.domain.ports.jobs import JobQueries, JobQueue
from bot.domain.ports.provider import Listed, Provider
from bot.domain.ports.provider_orders import ProviderOrders
from bot.domain.recovery.first_try import Stage
from bot.domain.recovery.replaced import ReplacedOrder
from bot.jobs.events import JobEvents
from bot.jobs.reconcile.doubles import as_made_of, method_of
from bot.jobs.reconcile.matching import WIDE, MatchConfidence, expectations, owner, sent_ones, unclaimed
from bot.jobs.reconcile.naming import named_for

log = logging.getLogger(__name__)

QUICK = 1.5  # seconds; Discord waits three for a form
LONGEST_ID = 300  # characters; gateways wrap ids into longer ones
ADDRESS = re.compile(r"(file|data):|.*://", re.IGNORECASE)

DECIDED = msg("That has already been decided. Its card shows the current state.")
WHICH = msg("It isn't clear which video at the service this is. Use **Link existing video…**.")
NO_ID = msg("The service has no video with that id. Nothing was changed.")
BOOKED = msg("This video is already recorded as paid. Close it, then order it again.")
NOT_YOUR_KEY = msg(
    "Its owner's own key pays for this video, so nobody else can have it paid again. Nothing was changed. Close it, "
    "and its owner can order it again."
)
GIVEN_UP = msg("Closed by a server manager.")


@value_object
class _Found:
    """What a service has that may be a job's."""

    made_of: Mapping[str, datetime | None] = field(default_factory=dict)  # by its id: when the request was sent
    by_name: bool = False  # it bears our name: the first is what most likely is it


@wired
class Review:
    """Each decision is for members with Manage Server, and is made once: a second one is told that it is late."""

    queue: JobQueue
    queries: JobQueries
    provider_orders: ProviderOrders
    providers: Mapping[str, Provider]
    catalogue: Catalogue
    events: JobEvents
    clock: Clock

    def check(self, member: Member, job: Job) -> NeedsReview:
        """Raises NotAllowed, and BadRequest if there is nothing to decide any more."""
        check_may_decide(member)
        if not isinstance(job.phase, NeedsReview):
            raise BadRequest(DECIDED)
        return job.phase

    def check_may_close(self, member: Member, job: Job) -> NeedsReview | Saving:
        """What may be given up: an order that waits for a decision, or a video that can't be downloaded.

        Like `check`.
        """
        if isinstance(job.phase, Saving) and job.phase.is_stuck:
            check_may_decide(member)
            return job.phase
        return self.check(member, job)

    async def candidate(self, job: Job) -> str | None:
        """The id of the one video at the service that may be this job's; None if there is none, or several.

        Only as long as a form can wait.
        """
        phase = job.phase
        if not isinstance(phase, NeedsReview) or phase.remote_id is not None:
            return phase.remote_id if isinstance(phase, NeedsReview) else None
        found = await self._found(job, phase.sent_at)
        return next(iter(found.made_of), None) if found.by_name or len(found.made_of) == 1 else None

    async def _found(self, job: Job, sent_at: datetime | None) -> _Found:
        """Nothing where the service does not say it in time."""
        provider = self.providers.get(job.account)
        if provider is None or sent_at is None:
            return _Found()
        try:
            async with asyncio.timeout(QUICK):
                if named := await named_for(self.provider_orders, provider, job, sent_at):
                    return _Found(made_of={each.remote_id: each.sent_at for each in named}, by_name=True)
                listed = await provider.recent(sent_at - WIDE, self.catalogue.cards.values())
        except (TimeoutError, ProviderError):
            return _Found()
        return _Found(made_of={} if listed is None else await self._fitting(provider, job, listed))

    async def _fitting(self, provider: Provider, job: Job, listed: Sequence[Listed]) -> Mapping[str, datetime | None]:
        orders = sent_ones(await expectations(self.provider_orders, self.catalogue, provider.name))
        mine = next((order for order in orders if order.job.id == job.id), None)
        if mine is None:
            return {}
        free = await unclaimed(self.provider_orders, provider.name, listed)
        fitting = [entry for entry in free if mine.fit(entry) is not MatchConfidence.NO]
        sure = [entry for entry in fitting if owner(entry, orders) is mine]
        return {entry.remote_id: mine.made_of(entry) for entry in sure or fitting}

    async def go_on(self, member: Member, job: Job) -> Job:
        """Resume what is known to be finished: download it, or post it."""
        phase = self.check(member, job)
        return await self._decide(member, job, self._next(phase))

    def _next(self, phase: NeedsReview) -> Phase:
        remote_id, now = phase.remote_id, self.clock.now()
        if remote_id is None or not phase.can_go_on:
            raise BadRequest(WHICH)
        if phase.video is None:
            return Saving(remote_id=remote_id, started_at=phase.sent_at or now, method=phase.method)
        return Posting(video=phase.video, remote_id=remote_id, method=phase.method, since=phase.sent_at)

    async def adopt(self, member: Member, job: Job, remote_id: str) -> Job:
        """Let it continue with a video at the service. Raises NotFree if that is another job's."""
        phase, remote_id = self.check(member, job), remote_id.strip()
        if not _is_an_id(remote_id):
            raise BadRequest(NO_ID)
        sent_at = await self._sent_at(job, phase, remote_id)
        started = Rendering(remote_id=remote_id, started_at=self.clock.now(), method=method_of(job, sent_at))
        return await self._decide(member, job, started, decided=as_made_of(job, sent_at))

    async def _sent_at(self, job: Job, phase: NeedsReview, remote_id: str) -> datetime | None:
        """When the request was sent that made this video: the last one, unless it is known to be the first.

        If two were sent, the other may still turn up.
        """
        if job.first_try is None or not phase.nobody_knows:
            return phase.sent_at
        found = await self._found(job, phase.sent_at)
        return found.made_of.get(remote_id, phase.sent_at)

    async def pay_again(self, member: Member, job: Job) -> Job:
        """Send it once more; what is reserved for it stays reserved."""
        phase = self.check(member, job)
        if phase.was_sent and is_members(job.account) and job.owner_id != member.id:
            raise NotAllowed(NOT_YOUR_KEY)
        if job.cost is not None:
            raise BadRequest(BOOKED)
        approved = replace(
            job.with_first_try(Stage.OVER),
            approval=Approval(by=member.id, at=self.clock.now()),
            replaced=(*job.replaced, *_replaced(job, phase)),
        )
        return await self._decide(member, job, Queued(), decided=approved)

    async def give_up(self, member: Member, job: Job, *, charged: bool) -> Job:
        """End it, and book it as the member says: at its price, or as free."""
        phase = self.check_may_close(member, job)
        end = Failed(
            cause=Cause.PROVIDER,
            reason=GIVEN_UP,
            charged=charged,
            finished_at=self.clock.now(),
            remote_id=phase.remote_id,
        )
        return await self._decide(member, job, end, _cost(job, charged=charged))

    async def _decide(
        self, member: Member, job: Job, phase: Phase, cost: Usd | None = None, *, decided: Job | None = None
    ) -> Job:
        """`decided`: the job, if more of it changes than its phase."""
        decided = replace(decided or job, phase=phase, cost=job.cost if cost is None else cost)
        try:
            stored = await self.queue.decide(job, decided, 0.0)
        except MovedOn:
            raise BadRequest(DECIDED) from None
        log.info("%s %s -> %s, decided by %s", job.id, name_of(job.phase), name_of(phase), member.id)
        self.events.tell(stored)
        return stored


def _is_an_id(typed: str) -> bool:
    """Whether it can be the id of a video, as people have it from a service, and leads nowhere else.

    Whoever manages one server may not have us fetch what they like, from wherever or with the host's key.
    """
    is_readable = bool(typed) and len(typed) <= LONGEST_ID and typed.isprintable() and " " not in typed
    leads_elsewhere = ADDRESS.match(typed) is not None or not {".", ".."}.isdisjoint(re.split(r"[/\\]", typed))
    return is_readable and not leads_elsewhere


def _replaced(job: Job, phase: NeedsReview) -> Sequence[ReplacedOrder]:
    """What may have been accepted, as far as known here, although it is paid for again."""
    if not phase.was_sent or phase.guessed:
        return ()
    order = ReplacedOrder(
        account=job.account,
        sent_at=phase.sent_at or job.created_at,
        quote=job.quote,
        method=phase.method,
        remote_id=phase.remote_id,
    )
    return (order,)


def _cost(job: Job, *, charged: bool) -> Usd | None:
    """What to book: nothing for a reservation that is released, 0 to reverse a booking."""
    if charged:
        return job.charge
    return None if job.cost is None else FREE
