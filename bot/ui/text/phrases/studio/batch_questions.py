"""Questions before several videos are ordered at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.job import Job
from bot.domain.messages import Count, Message, Model, Money, VideoId, msg, value
from bot.domain.money.usd import Usd
from bot.domain.studio.batches import BatchKind
from bot.jobs.ordering.batches import BatchQuote
from bot.jobs.ordering.quoting import Quote
from bot.jobs.use_cases.studio.batches import BatchDetails
from bot.ui.text.phrases.access.approvals import is_needed_above
from bot.ui.text.phrases.ordering.quotes import ON_OWN_KEY, SETTLES, bounded, changed, left
from bot.ui.text.phrases.values import has_failed, lines, order_facts, prompt, small

LONGEST_PROMPT = 200  # characters of the prompt that are shown
LONGEST_OF_SEVERAL = 100  # likewise, if each has its own


def total(batch: BatchQuote) -> Message:
    return bounded(Money(batch.price), is_bound=batch.is_bound)


def question(details: BatchDetails, was: Usd | None) -> Message:
    """`was`: the previous quote, before it changed."""
    batch = details.batch
    return lines(
        None if was is None else changed(was, batch.price),
        msg("Make {count} videos for **{price}** in total?", count=Count(len(batch.quotes)), price=total(batch)),
        *_what(batch),
        *_small(details),
    )


def _what(batch: BatchQuote) -> Sequence[Message]:
    first, has_one_price = batch.quotes[0], len({quote.price for quote in batch.quotes}) == 1
    if batch.kind is BatchKind.ORDERS or (batch.kind is BatchKind.PROMPTS and not has_one_price):
        return [line for number, quote in enumerate(batch.quotes, 1) for line in _order(number, quote)]
    if batch.kind is BatchKind.PROMPTS:
        each = [prompt(quote.request.prompt, LONGEST_OF_SEVERAL) for quote in batch.quotes]
        numbered = [
            Message("> {number}. {words}", {"number": Count(number), "words": words})
            for number, words in enumerate(each, 1)
        ]
        return [*numbered, small(order_facts(first.card.label, first.request, _each(first)))]
    words = Message("> {prompt}", {"prompt": prompt(first.request.prompt, LONGEST_PROMPT)})
    price = _each if len(batch.distinct) < len(batch.quotes) else _alone
    models = [small(order_facts(quote.card.label, quote.request, price(quote))) for quote in batch.distinct]
    return [words, *models]


def _order(number: int, quote: Quote) -> Sequence[Message]:
    words = prompt(quote.request.prompt, LONGEST_OF_SEVERAL)
    return [
        Message("> {number}. {words}", {"number": Count(number), "words": words}),
        small(order_facts(quote.card.label, quote.request, _alone(quote))),
    ]


def _alone(quote: Quote) -> Message:
    return value(Money(quote.price))


def _each(quote: Quote) -> Message:
    return msg("{price} each", price=Money(quote.price))


def _small(details: BatchDetails) -> Sequence[Message | None]:
    above = details.approval_above
    return [
        *(small(has_failed(value(Model(label)), how)) for label, how in details.failing.items()),
        small(SETTLES) if details.batch.is_bound else None,
        small(ON_OWN_KEY) if details.own_key else None,
        None if details.left is None else small(left(details.left)),
        None if above is None else is_needed_above(above, private=details.batch.private),
    ]


def go(batch: BatchQuote) -> Message:
    return msg("Make {count} · {price}", count=Count(len(batch.quotes)), price=total(batch))


def as_written(quote: Quote) -> Message:
    return msg("One, as written · {price}", price=Money(quote.price))


def variations(job: Job, offers: Sequence[BatchDetails]) -> Message:
    """How many variations of a video; the last offer is the most expensive."""
    first = offers[0].batch.quotes[0]
    last = offers[-1] if len(offers) == 1 else replace(offers[-1], left=None)  # several offers leave different amounts
    return lines(
        msg("How many variations of {video}? Each is a new video from the same prompt.", video=VideoId(job.id)),
        Message("> {prompt}", {"prompt": prompt(first.request.prompt, LONGEST_PROMPT)}),
        small(order_facts(first.card.label, first.request, _each(first))),
        *_small(last),
    )


def so_many(batch: BatchQuote) -> Message:
    return msg("×{count} · {price}", count=Count(len(batch.quotes)), price=total(batch))
