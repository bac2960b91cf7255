"""The one paid request: from a queued job to a video at the service, without ever paying twice.

The intent (`Submitting`) is stored before the request and the id right after it. What happens between the two cannot be
known, so anything but a clear answer becomes `Unknown` and is looked up, not sent again. The one exception: if the
service itself answered with an error and then shows for a minute that it accepted nothing, the order is sent once more.
"""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

from bot.data_classes import wired
from bot.domain.access.limits import OrderLimits
from bot.domain.errors import (
    AccountTrouble,
    BadRequest,
    HeldBack,
    NotAllowed,
    OutcomeUnknown,
    Refused,
    SpoiltVideo,
    StoreAway,
    TwinInFlight,
    Unavailable,
    Unsupported,
)
from bot.domain.job import Job, Lease
from bot.domain.messages import Message, Model, msg
from bot.domain.models.card import ModelCard
from bot.domain.money.usd import Usd
from bot.domain.own_name import own_name
from bot.domain.phases import (
    AwaitingApproval,
    Cancelled,
    Cause,
    Failed,
    Queued,
    Submitting,
)
from bot.domain.ports.provider import Order
from bot.jobs.context import StepContext
from bot.jobs.ordering.remix import RemixOption, RemixTerms
from bot.jobs.ordering.remix_inputs import RemixInputs
from bot.jobs.providers.throttle import BUSY, Request
from bot.jobs.steps.agreement import SendAttempt, at_price_of, dearer_now, price_now, priced
from bot.jobs.steps.elsewhere import FilesElsewhere
from bot.jobs.steps.fingerprint import fingerprint
from bot.jobs.steps.paying_account import account_to_send, held_back, refused
from bot.jobs.steps.prepare import prepared_order
from bot.jobs.steps.room import READ_ONLY, lack_of_room
from bot.jobs.steps.sending.answered import AnsweredOrder
from bot.jobs.steps.sending.repeat import RepeatOrder

log = logging.getLogger(__name__)

FULL_DISK_WAIT = 60.0  # seconds
TWIN_WAIT = 5.0  # seconds
BUSY_WAIT = 15.0  # seconds, if the service says "later" without a time
SOURCE_GONE = msg("The original of this remix is gone.")
PICTURE_GONE = msg("The image to start from is gone. Use `/create` and attach it again.")
PICTURE_ELSEWHERE = msg(
    "The image to start from is with another Kinora that shares this database and isn't running. Use `/create` and "
    "attach it again."
)
TWIN = msg("An identical order is being sent. This one is next.")
TOO_LATE = msg("The order couldn't be sent in time, so nothing was ordered yet. Kinora tries again.")
LATEST_START = timedelta(seconds=30)  # from the stored intent to the request; the settle window counts from the intent


@wired
class SubmitOrder:
    """Sends a queued job to the service."""

    context: StepContext

    async def submit(self, lease: Lease) -> None:
        job, card = lease.job, self.context.card(lease.job)
        if job.cancel_asked_by is not None:
            await self._call_off(lease)
        elif (lack := await lack_of_room(self.context)) is not None:
            await self._wait(lease, lack, FULL_DISK_WAIT)
        elif card is None or (account := account_to_send(job, card, self.context.providers)) is None:
            model = Model(job.request.model)
            await self._fail(lease, Cause.INVALID, msg("{model} can no longer be ordered here.", model=model))
        elif account != job.account and job.is_sent_once_more:  # only its own account knows whether it was accepted
            await self._fail(
                lease, Cause.INVALID, msg("{model} can no longer be ordered here.", model=Model(card.label))
            )
        elif account != job.account:  # its slot was counted at the old account: it is claimed again
            await self.context.move(replace(lease, job=replace(job, account=account)), job.phase, 0.0)
        else:
            await self._send_when_free(lease, card)

    async def _send_when_free(self, lease: Lease, card: ModelCard) -> None:
        """Unless its account is drained, its service asked to be left alone, or it may have been made already.

        Discord is asked about its owner's rights only then: otherwise every waiting order would ask every few seconds.
        """
        if (held := await held_back(self.context, lease.job, card)) is not None:
            await self._wait(lease, held.why, held.seconds)
            return
        try:
            limits = await self.context.access_check.limits(lease.job)
        except NotAllowed as no:
            await self._fail(lease, Cause.ACCESS, no.message)
        else:
            await self._send_within(limits, lease, card)

    async def _send_within(self, limits: OrderLimits, lease: Lease, card: ModelCard) -> None:
        """Unless somebody has to approve it, or its service has refused the account."""
        account = lease.job.account
        if limits.needs_approval(lease.job.quote) and lease.job.approval is None:
            await self._ask_for_approval(lease)
            return
        if (wait := await self.context.circuit.until_trial(account)) is not None:
            await self._wait(lease, refused(account), wait)
            return
        if not await RepeatOrder(context=self.context).may_go(lease):
            return
        try:
            await self._send_by_best_method(lease, card, limits)
        except StoreAway as away:  # nothing was sent yet: files are opened first
            log.warning("%s waits for its files: %s", lease.job.id, away.sentence)
            await self._wait(lease, READ_ONLY, FULL_DISK_WAIT)

    async def _send_by_best_method(self, lease: Lease, card: ModelCard, limits: OrderLimits) -> None:
        """A new video is sent as ordered, a remix by the best method within the agreed price."""
        request = lease.job.request
        if request.source is None:
            await self._send_new(lease, card)
            return
        source = await self.context.queries.get(request.source)
        if source is None or source.deleted:
            await self._fail(lease, Cause.INVALID, SOURCE_GONE)
            return
        terms = RemixTerms(limits=limits, seconds=request.seconds, inputs=RemixInputs.of(request))
        planner, account = self.context.remix_planner, lease.job.account
        try:
            remix_options = await planner.remix_options(card, source, request.aim, account, terms)
        except BadRequest:
            await self._too_dear(lease, card, None)
            return
        dearer = [option.price for option in remix_options if option.price > lease.job.quote]
        for option in [each for each in remix_options if each.price <= lease.job.quote]:
            unsupported = await self._try(lease, card, source, option)
            if unsupported is None:
                return
            lease = unsupported
        if dearer:
            await self._too_dear(lease, card, min(dearer))
            return
        await self._fail(lease, Cause.INVALID, msg("{model} can't remix this video here.", model=Model(card.label)))

    async def _send_new(self, lease: Lease, card: ModelCard) -> None:
        """At the current price, unless that is more than agreed."""
        agreed, price = lease.job, price_now(lease.job, card)
        if price is None or price > agreed.quote:
            await self._too_dear(lease, card, price)
            return
        async with AsyncExitStack() as prepared:
            try:
                order = await prepared.enter_async_context(prepared_order(self.context, agreed, card))
            except FileNotFoundError:
                if not await self._elsewhere.hand_over(lease):
                    reason = PICTURE_ELSEWHERE if self.context.shares_database else PICTURE_GONE
                    await self._fail(lease, Cause.INVALID, reason)
                return
            await self._send(priced(lease, price), order, agreed)

    async def _try(self, lease: Lease, card: ModelCard, source: Job, option: RemixOption) -> Lease | None:
        """Send a remix by one method, at its price. Returns a lease only if the next method should be tried."""
        taken = at_price_of(option, lease)
        async with AsyncExitStack() as prepared:
            try:
                preparing = prepared_order(self.context, taken.job, card, source, option.method)
                order = await prepared.enter_async_context(preparing)
            except (FileNotFoundError, SpoiltVideo) as problem:
                if isinstance(problem, FileNotFoundError) and await self._elsewhere.hand_over(lease):
                    return None
                log.warning("%s cannot be remixed by %s: %s", source.id, option.method, problem)
                return lease
            return await self._send(taken, order, lease.job)

    async def _too_dear(self, lease: Lease, card: ModelCard, price: Usd | None) -> None:
        """Its price has gone up since it was quoted (a remix's by every method), and no more than agreed is spent."""
        now = lease if price is None else priced(lease, price)
        await self._fail(now, Cause.INVALID, dearer_now(lease.job, card, price))

    async def _send(self, lease: Lease, order: Order, agreed: Job) -> Lease | None:
        """Store the intent, send once, store the outcome.

        An order that was not accepted becomes the one that was `agreed` to again. Returns a lease only if the next
        method should be tried.
        """
        provider = self.context.providers[lease.job.account]
        print_ = fingerprint(provider.host, order)
        intent = Submitting(sent_at=self.context.now(), fingerprint=print_, method=order.method)
        attempt = SendAttempt(order=order, intent=intent, agreed=agreed)
        intended = await self._intend(attempt.about_to_send(lease), attempt)
        return None if intended is None else await self._send_once(intended, attempt)

    async def _intend(self, lease: Lease, attempt: SendAttempt) -> Lease | None:
        """Store the intent to send. None if it must not be sent now."""
        try:
            lease = await self.context.move(lease, attempt.intent, keep=True)
        except (TwinInFlight, HeldBack) as held:
            why, seconds = (TWIN, TWIN_WAIT) if isinstance(held, TwinInFlight) else (None, 0.0)
            await self._wait(attempt.as_agreed(lease), why, seconds)
            return None
        if lease.job.cancel_asked_by is not None:
            await self._call_off(attempt.as_agreed(lease))
            return None
        if self.context.now() - attempt.intent.sent_at > LATEST_START:
            # This process was suspended. Another worker may have taken the job over and declared it absent: sent now,
            # it would be lost.
            await self._wait(attempt.as_agreed(lease), TOO_LATE, TWIN_WAIT)
            return None
        return lease

    async def _send_once(self, lease: Lease, attempt: SendAttempt) -> Lease | None:
        job, order, sent_at = lease.job, attempt.order, attempt.intent.sent_at
        provider, callback = self.context.providers[job.account], self.context.callback(job, sent_at)
        try:
            remote = await provider.submit(replace(order, own_name=own_name(job.id, sent_at), callback=callback))
        except Unsupported as no:
            self._count("unsupported")
            if no.lasting and order.method is not None:
                await self.context.remix_planner.capabilities.note(provider.name, order.card.remote, order.method)
            return attempt.as_agreed(lease)
        except Refused as no:
            self._count("refused")
            await self._fail(lease, no.cause, no.message)
        except AccountTrouble as trouble:
            self._count("account refused")
            wait = await self.context.circuit.note_refusal(provider, trouble, paid=True)
            await self._wait(attempt.as_agreed(lease), refused(lease.job.account), wait)
        except Unavailable as later:
            self._count("not taken")
            wait = later.retry_after or BUSY_WAIT
            self.context.throttle.hold(provider.name, Request.PAID, wait, self.context.now())
            await self._wait(attempt.as_agreed(lease), BUSY, wait)
        except OutcomeUnknown as trouble:
            self._count("unknown")
            await AnsweredOrder(context=self.context).lose(lease, attempt.intent, provider, trouble)
        else:
            self._count("taken")
            await AnsweredOrder(context=self.context).begin(lease, attempt.intent, remote)
            await self.context.note_success(provider.name, paid=True)
        return None

    def _count(self, outcome: str) -> None:
        self.context.counters.paid_requests[outcome] += 1

    @property
    def _elsewhere(self) -> FilesElsewhere:
        return FilesElsewhere(context=self.context)

    async def _call_off(self, lease: Lease) -> None:
        by = lease.job.cancel_asked_by or lease.job.owner_id
        await self.context.move(lease, Cancelled(by=by, finished_at=self.context.now()))

    async def _ask_for_approval(self, lease: Lease) -> None:
        """Its owner's tier has changed since it was ordered."""
        now = self.context.now()
        await self.context.move(lease, AwaitingApproval(since=now, until=now + self.context.approval_time), 0.0)

    async def _fail(self, lease: Lease, cause: Cause, reason: Message) -> None:
        end = Failed(cause=cause, reason=reason, charged=False, finished_at=self.context.now())
        await self.context.move(lease, end)

    async def _wait(self, lease: Lease, why: Message | None, seconds: float) -> None:
        was = lease.job.phase
        elsewhere = was.elsewhere if isinstance(was, Queued) else 0
        await self.context.move(lease, Queued(waits_for=why, elsewhere=elsewhere), seconds)
