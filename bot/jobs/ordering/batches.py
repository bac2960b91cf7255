"""Several orders placed at once, with their total price."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.data_classes import value_object
from bot.domain.errors import BadRequest
from bot.domain.messages import Count, msg
from bot.domain.models.card import ModelCard
from bot.domain.money.usd import FREE, Usd
from bot.domain.studio.batches import LARGEST_BATCH, BatchKind, batch_kind
from bot.domain.video import Size
from bot.jobs.ordering.quoting import Quote

SMALLEST_BATCH = 2


@value_object
class BatchQuote:
    """Checked orders of one member, in their order. Either all or none of them are placed."""

    quotes: tuple[Quote, ...]

    @property
    def price(self) -> Usd:
        return sum((quote.price for quote in self.quotes), FREE)

    @property
    def private(self) -> bool:
        return any(quote.private for quote in self.quotes)

    @property
    def is_bound(self) -> bool:
        """It may cost less."""
        return any(quote.is_bound for quote in self.quotes)

    @property
    def distinct(self) -> Sequence[Quote]:
        """Without repeats of the same order."""
        return list({quote.request: quote for quote in reversed(self.quotes)}.values())[::-1]

    @property
    def kind(self) -> BatchKind:
        return batch_kind([quote.request for quote in self.quotes])

    def holds(self, now: BatchQuote) -> bool:
        """Whether each of the same orders, quoted `now`, is unchanged and costs no more."""
        return len(now.quotes) == len(self.quotes) and all(map(Quote.holds, self.quotes, now.quotes))


def variations(quote: Quote, videos: int) -> BatchQuote:
    """The same order several times: a service makes a different video each time."""
    if not SMALLEST_BATCH <= videos <= LARGEST_BATCH:
        raise BadRequest(
            msg(
                "One order can have {least} to {most} videos. You weren't charged.",
                least=Count(SMALLEST_BATCH),
                most=Count(LARGEST_BATCH),
            )
        )
    options = replace(quote.request.options, seed=None)  # the same seed would give the same video
    return BatchQuote(quotes=(replace(quote, request=replace(quote.request, options=options)),) * videos)


def with_prompts(quote: Quote, prompts: Iterable[str]) -> BatchQuote:
    """The same order with each of these prompts."""
    return BatchQuote(quotes=tuple(replace(quote, request=replace(quote.request, prompt=prompt)) for prompt in prompts))


def in_common(cards: Sequence[ModelCard]) -> tuple[int | None, Size | None]:
    """The first length and size that all of these models support; None if they have none in common."""
    first, *others = cards
    seconds = [each for each in first.seconds if all(each in other.seconds for other in others)]
    sizes = [each for each in first.sizes if all(each in other.sizes for other in others)]
    return next(iter(seconds), None), next(iter(sizes), None)
