"""An order while one of its ways is tried, and as its member agreed to it."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.job import Job, Lease
from bot.domain.messages import Message, Model, Money, msg
from bot.domain.models.card import ModelCard
from bot.domain.money.usd import Usd
from bot.domain.recovery.first_try import Stage
from bot.domain.recovery.replaced import ReplacedOrder
from bot.jobs.ordering.remix import RemixOption


def at_price_of(option: RemixOption, lease: Lease) -> Lease:
    """The lease on a job that will be as long and as dear as its method makes it. What is reserved is never less."""
    return replace(lease, job=replace(lease.job, request=option.of(lease.job.request), quote=option.price))


def as_agreed(agreed: Job, lease: Lease) -> Lease:
    """The lease on the order as its member agreed to it: what was tried was not taken."""
    was = replace(lease.job, request=agreed.request, quote=agreed.quote)
    return replace(lease, job=replace(was, first_try=agreed.first_try, replaced=agreed.replaced))


def about_to_send(agreed: Job, lease: Lease) -> Lease:
    """The lease on the order for good. Its first try, in place of which it is sent, may turn out to have been taken."""
    job, first = lease.job.with_first_try(Stage.OVER), agreed.first_try
    if first is not None and first.stage is Stage.DUE:  # whatever its phase: another way may have been tried before
        lost = ReplacedOrder(account=agreed.account, sent_at=first.sent_at, quote=agreed.quote, method=first.method)
        job = replace(job, replaced=(*job.replaced, lost))
    return replace(lease, job=job)


def priced(lease: Lease, price: Usd) -> Lease:
    """The lease on the same order at the price that counts now, which is no more than was agreed to."""
    return replace(lease, job=replace(lease.job, quote=price))


def price_now(job: Job, card: ModelCard) -> Usd | None:
    """Of a new video at its account; None when nobody knows it any more."""
    return card.price_now(job.request, job.account)


def dearer_now(job: Job, card: ModelCard, price: Usd | None) -> Message:
    """Why it is not sent. None: there is no price any more."""
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
