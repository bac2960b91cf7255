"""Another model instead of one that fails: offered at its own price, never used without confirmation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.data_classes import value_object, wired
from bot.domain.access.limits import UNLIMITED, OrderLimits
from bot.domain.access.members import Member
from bot.domain.access.rules import may_watch
from bot.domain.errors import BadRequest, NotAllowed, TierLimit
from bot.domain.job import Job
from bot.domain.messages import Message, VideoId, msg
from bot.domain.models.card import ModelCard
from bot.domain.models.catalogue import Catalogue
from bot.domain.models.health import Failing, Health
from bot.domain.phases import Failed, Queued
from bot.domain.ports.jobs import JobQueries
from bot.domain.ports.render_history import RenderKind
from bot.domain.video import VideoRequest
from bot.jobs.ordering.quoting import Quote, Quoting
from bot.jobs.ordering.remix_offers import RemixRequest
from bot.jobs.providers.health import ModelHealth


@value_object
class FailingModelWarning:
    """Why an order is questioned before it is placed, and what could be ordered instead, closest first."""

    failing: Failing
    others: tuple[Quote, ...]


@value_object
class Alternatives:
    """What a job's card says about its model: how it is doing, and whether another model could make the video."""

    health: Health
    has_others: bool


@wired
class ModelAlternatives:
    queries: JobQueries
    quoting: Quoting
    health: ModelHealth

    @property
    def catalogue(self) -> Catalogue:
        return self.quoting.catalogue

    async def failing(self, quote: Quote) -> Failing | None:
        """How its model is failing; None if it is doing well, as far as known here."""
        return (await self.health.of(quote.card, kind_of(quote))).failing

    async def warning(self, quote: Quote, failing: Failing, limits: OrderLimits = UNLIMITED) -> FailingModelWarning:
        """What to ask before an order whose model is failing."""
        others = await self._others(quote.request, private=quote.private, limits=limits)
        return FailingModelWarning(failing=failing, others=others)

    async def alternatives(self, job: Job) -> Alternatives | None:
        """For the cards of jobs that could be helped by another model; None for all others."""
        card = self.catalogue.cards.get(job.request.model)
        match job.phase:
            case Failed(cause=cause) if cause.is_services_fault:
                health = Health() if card is None else await self.health.of(card)
            case Queued() if card is not None and not (health := await self.health.of(card)).is_well:
                pass
            case _:
                return None
        return Alternatives(health=health, has_others=bool(await self._others(job.request, private=job.private)))

    async def others(self, member: Member, job: Job, limits: OrderLimits = UNLIMITED) -> tuple[Quote, ...]:
        """Other models' offers for a job that failed or is still waiting.

        Raises BadRequest if they would be of no use.
        """
        if isinstance(job.phase, Queued) and member.id != job.owner_id:
            raise NotAllowed(msg("Only the member who ordered this video can switch its model while it waits."))
        if not isinstance(job.phase, Failed | Queued):
            raise BadRequest(sent_already(job))
        if offers := await self._others(job.request, private=job.private, member=member, limits=limits):
            return offers
        raise BadRequest(msg("No other healthy model can make this video. Nothing was ordered."))

    async def taken(self, offer: Quote, was: VideoRequest, *, fresh: bool, owner: int | None = None) -> Quote:
        """An offer as a member can place it. `fresh`: the picture of the previous order belongs to no job yet."""
        return await self.quoting.instead(offer, was, fresh=fresh, owner=owner)

    async def _others(
        self,
        request: VideoRequest,
        *,
        private: bool,
        member: Member | None = None,
        limits: OrderLimits = UNLIMITED,
    ) -> tuple[Quote, ...]:
        """`member` is the person who would order them, within `limits`; none for a video that they may not see."""
        ailing = await self.health.ailing()
        well = {model: card for model, card in limits.cards(self.catalogue).items() if model not in ailing}
        if request.source is None:
            return alternatives(request, well, private=private)
        source = await self.queries.get(request.source)
        hidden = source is None or (member is not None and not may_watch(member, source))
        return () if source is None or hidden else await self._remixes(request, source, well, limits, private=private)

    async def _remixes(
        self, request: VideoRequest, source: Job, cards: Mapping[str, ModelCard], limits: OrderLimits, *, private: bool
    ) -> tuple[Quote, ...]:
        """Each model with the best method that it has for this source, at that method's price."""
        offers, facts = [], await self.quoting.remixes.known(source, cards.values(), limits)
        for model in cards.keys() - {request.model}:
            try:
                wanted = replace(RemixRequest.like(request), model=model)
                offers.append(await self.quoting.remix(source, wanted, facts, limits=limits))
            except (BadRequest, TierLimit):
                continue  # it can't, or its price is unknown
        return tuple(replace(offer, private=private) for offer in _likest_first(offers, request))


def alternatives(request: VideoRequest, cards: Mapping[str, ModelCard], *, private: bool = False) -> tuple[Quote, ...]:
    """What other models can make of a request for a new video."""
    others = [card for card in cards.values() if card.id != request.model]
    offers = [offer for card in others if (offer := _offer(card, request, private=private)) is not None]
    return tuple(_likest_first(offers, request))


def _likest_first(offers: Iterable[Quote], request: VideoRequest) -> list[Quote]:
    """Exact matches of length and size come first, then cheaper ones."""
    return sorted(offers, key=lambda offer: (_is_changed(offer, request), offer.price, offer.card.id))


def _offer(card: ModelCard, request: VideoRequest, *, private: bool) -> Quote | None:
    """The request as close as the model can get; None if it can't, or its price is unknown."""
    size = card.nearest_size(request.size)
    if size is None:
        return None
    near = replace(request, model=card.id, seconds=card.nearest_length(request.seconds), size=size)
    try:
        price = card.check(near)
        return Quote(request=near, card=card, price=price, private=private, is_bound=card.may_cost_less())
    except BadRequest:
        return None


def _is_changed(offer: Quote, request: VideoRequest) -> bool:
    return (offer.request.seconds, offer.request.size) != (request.seconds, request.size)


def sent_already(job: Job) -> Message:
    return msg(
        "{video} has already been sent to the video service, so nothing else was ordered.",
        video=VideoId(job.id),
    )


def kind_of(quote: Quote) -> RenderKind:
    """Which renders take about as long, as far as it is known where it is sent."""
    return RenderKind.ordered(quote.request, quote.account or quote.card.account)
