"""An order while one of its remix methods is tried, and as its member agreed to it."""

from __future__ import annotations

from dataclasses import replace

from bot.data_classes import value_object
from bot.domain.job import Job, Lease
from bot.domain.messages import Message, Model, Money, msg
from bot.domain.models.card import ModelCard
from bot.domain.money.usd import Usd
from bot.domain.phases import Submitting
from bot.domain.ports.provider import Order
from bot.domain.recovery.first_try import Stage
from bot.domain.recovery.replaced import ReplacedOrder
from bot.jobs.ordering.remix import RemixOption


@value_object
class SendAttempt:
    """One request: what is sent, its intent, and the order as its member agreed to it."""

    order: Order
    intent: Submitting
    agreed: Job

    def about_to_send(self, lease: Lease) -> Lease:
        """The lease on the order as it is finally sent.

        If it replaces a first try, that one may turn out to have been accepted.
        """
        agreed = self.agreed
        job, first = lease.job.with_first_try(Stage.OVER), agreed.first_try
        if first is not None and first.stage is Stage.DUE:  # in any phase: another method may have been tried before
            lost = ReplacedOrder(account=agreed.account, sent_at=first.sent_at, quote=agreed.quote, method=first.method)
            job = replace(job, replaced=(*job.replaced, lost))
        return replace(lease, job=job)

    def as_agreed(self, lease: Lease) -> Lease:
        """The lease on the order as its member agreed to it: the method that was tried was not accepted."""
        agreed = self.agreed
        was = replace(lease.job, request=agreed.request, quote=agreed.quote)
        return replace(lease, job=replace(was, first_try=agreed.first_try, replaced=agreed.replaced))


def at_price_of(option: RemixOption, lease: Lease) -> Lease:
    """The lease on a job with the length and price of its method. The reservation never becomes smaller."""
    return replace(lease, job=replace(lease.job, request=option.of(lease.job.request), quote=option.price))


def priced(lease: Lease, price: Usd) -> Lease:
    """The lease on the same order at the current price, which is no more than agreed."""
    return replace(lease, job=replace(lease.job, quote=price))


def price_now(job: Job, card: ModelCard) -> Usd | None:
    """The price of a new video at its account; None if it is no longer known."""
    return card.price_now(job.request, job.account)


def dearer_now(job: Job, card: ModelCard, price: Usd | None) -> Message:
    """Why the order is not sent. `None` means that there is no price any more."""
    is_new, model, quote = job.request.source is None, Model(card.label), Money(job.quote)
    if price is None and is_new:
        return msg("{model} no longer has a price for this video.", model=model)
    if price is None:
        return msg("{model} no longer has a price for this remix.", model=model)
    now = Money(price)
    if is_new:
        return msg(
            "{model} now charges {price} for this video instead of {quote}.", model=model, price=now, quote=quote
        )
    return msg("{model} now charges {price} for this remix instead of {quote}.", model=model, price=now, quote=quote)
