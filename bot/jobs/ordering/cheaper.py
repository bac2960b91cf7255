"""Orders that cost less than a quote and come close to it: another model, a shorter video, a smaller one."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from bot.data_classes import wired
from bot.domain.access.limits import OrderLimits
from bot.domain.errors import BadRequest, TierLimit
from bot.domain.job import Job
from bot.domain.models.card import ModelCard
from bot.domain.ports.jobs import JobQueries
from bot.domain.video import Aim, VideoRequest
from bot.jobs.ordering.alternatives import alternatives
from bot.jobs.ordering.quoting import Quote, Quoting
from bot.jobs.ordering.remix import RemixOption
from bot.jobs.ordering.remix_inputs import RemixInputs
from bot.jobs.ordering.remix_methods import account_of
from bot.jobs.providers.health import ModelHealth

MOST_OF_A_KIND = 3
MOST = 8  # in one list


@wired
class CheaperOrders:
    """All of them can be ordered within these limits, and their models are doing well."""

    queries: JobQueries
    quoting: Quoting
    health: ModelHealth

    async def than(self, quote: Quote, limits: OrderLimits) -> Sequence[Quote]:
        """Closest first. The picture is that of the quote; it is fitted when one of them is chosen."""
        ailing = await self.health.ailing_lately()
        allowed = limits.cards(self.quoting.catalogue)
        cards = {model: card for model, card in allowed.items() if model not in ailing or model == quote.card.id}
        if quote.request.source is None:
            return cheaper_videos(quote, cards)
        source = await self.queries.get(quote.request.source)
        return [] if source is None else await self._remixes(quote, source, cards, limits)

    async def _remixes(
        self, quote: Quote, source: Job, cards: Mapping[str, ModelCard], limits: OrderLimits
    ) -> Sequence[Quote]:
        """With each model, in each length."""
        aim = Aim.CHANGE if quote.request.aim is Aim.REPLACE else quote.request.aim
        with contextlib.suppress(BadRequest, TierLimit):
            inputs = RemixInputs.of(quote.request)
            offers = await self.quoting.remixes.of(source, list(cards.values()), limits, inputs, aims=[aim])
            options = [(offer.card, offer.options[aim]) for offer in offers if aim in offer.options]
            return _nearest(quote, (_remix(quote, source, card, option, limits) for card, option in options))
        return []


def cheaper_videos(quote: Quote, cards: Mapping[str, ModelCard]) -> Sequence[Quote]:
    """For a new video: shorter or smaller ones from the same model, and those of other models."""
    request, card = quote.request, cards.get(quote.card.id)
    same = [] if card is None else [replace(request, seconds=seconds) for seconds in card.seconds]
    same += [] if card is None else [replace(request, size=size) for size in card.sizes if size in card.per_second]
    return _nearest(quote, [*_quoted(quote, same), *alternatives(request, cards, private=quote.private)])


def _quoted(quote: Quote, requests: Iterable[VideoRequest]) -> Iterable[Quote]:
    for request in requests:
        with contextlib.suppress(BadRequest):
            yield replace(quote, request=request, price=quote.card.check(request, quote.account))


def _remix(quote: Quote, source: Job, card: ModelCard, option: RemixOption, limits: OrderLimits) -> Quote:
    return replace(
        quote,
        request=replace(option.of(quote.request), model=card.id),
        card=card,
        price=option.price,
        account=account_of(card, source, limits),
        is_bound=option.is_bound,
        method=option.method,
    )


def _nearest(quote: Quote, others: Iterable[Quote]) -> Sequence[Quote]:
    """Some of each kind, of those that cost less: first those that give up only one thing, then the most expensive."""
    cheaper = [other for other in others if other.price < quote.price]
    cheaper.sort(key=lambda other: (len(given_up(quote, other)), -other.price.micros, other.card.id))
    kinds, chosen = dict[frozenset[str], int](), list[Quote]()
    for other in cheaper:
        kind = given_up(quote, other)
        kinds[kind] = kinds.get(kind, 0) + 1
        if kinds[kind] <= MOST_OF_A_KIND and not _has(chosen, other):
            chosen.append(other)
    return chosen[:MOST]


def _has(chosen: Collection[Quote], other: Quote) -> bool:
    return any(each.request == other.request for each in chosen)


def given_up(quote: Quote, other: Quote) -> frozenset[str]:
    """How it differs from what was quoted."""
    one, two = quote.request, other.request
    facts = {"model": one.model != two.model, "seconds": one.seconds != two.seconds, "size": one.size != two.size}
    return frozenset(fact for fact, differs in facts.items() if differs)
