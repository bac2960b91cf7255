"""From what a member asks for to an order that a model can fulfil, with its price. Nothing is spent or queued here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.data_classes import value_object
from bot.domain.access.limits import UNLIMITED, OrderLimits
from bot.domain.access.uncharged import charging_nothing
from bot.domain.accounts import is_own
from bot.domain.errors import BadRequest
from bot.domain.job import Job
from bot.domain.media import Fit, MediaProcessor
from bot.domain.messages import Foreign, msg
from bot.domain.models.card import ModelCard, check_prompt
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.usd import Usd
from bot.domain.ports.files import FileStore
from bot.domain.video import NO_OPTIONS, Aim, RemixMethod, Size, VideoOptions, VideoRequest
from bot.jobs.ordering.pictures import PICTURE_GONE, ReferencePictures
from bot.jobs.ordering.remix import AccountFacts, RemixOption, RemixPlanner, RemixTerms
from bot.jobs.ordering.remix_methods import account_of
from bot.jobs.ordering.remix_offers import REMIXES, RemixOffer, RemixOffers, RemixRequest, keeps_length

SOURCE_DELETED = msg("The original of this remix was deleted. You weren't charged.")


@value_object
class OrderRequest:
    """What a member asked for, as typed. None means "you choose"."""

    prompt: str
    model: str | None = None
    seconds: int | None = None
    size: str | None = None
    image: bytes | None = None
    fit: Fit = Fit.CROP
    private: bool = False
    options: VideoOptions[bytes] = NO_OPTIONS


@value_object
class Quote:
    """A checked order and its price. `is_bound`: it may cost less, depending on the remix method used."""

    request: VideoRequest
    card: ModelCard
    price: Usd
    private: bool = False
    account: str | None = None  # the account it has to be sent to; None: any that has the model
    is_bound: bool = False
    method: RemixMethod | None = None  # the best remix method; another one may run in its place
    before: float | None = None  # seconds of the video that it extends

    def holds(self, now: Quote) -> bool:
        """Whether the same order, quoted `now`, is unchanged, costs no more, and is paid with the same money."""
        was_on_own_key = self.account is not None and is_own(self.account)
        same_money = not was_on_own_key or now.account == self.account
        return same_money and now.request == self.request and now.price <= self.price


class Quoting:
    """Checks orders against model cards, and against what the member may order.

    Every method raises BadRequest or TierLimit with a sentence that says what would work.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        media: MediaProcessor,
        files: FileStore,
        remix_planner: RemixPlanner,
        *,
        shares_database: bool = False,
    ) -> None:
        self.catalogue = catalogue
        self.remixes = RemixOffers(catalogue=catalogue, planner=remix_planner)
        self._pictures = ReferencePictures(media=media, files=files, shares_database=shares_database)

    async def new(self, order: OrderRequest, owner: int | None = None, limits: OrderLimits = UNLIMITED) -> Quote:
        """A new video for a member; the picture is fitted and stored only once everything else is right."""
        allowed = self.chosen(order.model, limits)
        card = self.catalogue.card(allowed.id)
        request = VideoRequest(
            prompt=order.prompt.strip(),
            model=card.id,
            seconds=order.seconds if order.seconds is not None else allowed.seconds[0],
            size=_size(order.size) if order.size else allowed.sizes[0],
        )
        card.check_shape(request)
        card.check_start(from_picture=order.image is not None)
        card.check_options(order.options, starts_from_picture=order.image is not None)
        limits.check(request, self.catalogue, private=order.private)
        request = await self._with_inputs(card, request, order, owner)
        return _new_quote(request, card, limits, private=order.private)

    async def _with_inputs(
        self, card: ModelCard, request: VideoRequest, order: OrderRequest, owner: int | None
    ) -> VideoRequest:
        size, picture = request.size, None
        if order.image is not None:
            picture = await self._pictures.fitted(card, order.image, size, order.fit, owner)
        return replace(
            request, picture=picture, options=await self._pictures.inputs(order.options, size, order.fit, owner)
        )

    def chosen(self, model: str | None, limits: OrderLimits) -> ModelCard:
        """The model that was asked for, else the default; with the lengths and sizes that are allowed, if any are."""
        if not model:
            return limits.catalogue(self.catalogue).default
        card = self.card(model)
        limits.check_model(card, self.catalogue)
        return limits.card(card) or card

    def animation(self, shape: Size | None, limits: OrderLimits = UNLIMITED) -> Quote:
        """The video that a picture of this shape would become, and its price; the prompt is still to come.

        Raises BadRequest if no model starts from a picture.
        """
        card = self._animator(limits)
        size = card.sizes[0] if shape is None else shape.most_alike(card.sizes)
        request = VideoRequest(prompt="", model=card.id, seconds=card.seconds[0], size=size)
        price = card.quote(request.seconds, size, picture=True)
        return Quote(request=request, card=card, price=price, is_bound=card.may_cost_less())

    def _animator(self, limits: OrderLimits) -> ModelCard:
        """The default if it starts from a picture, otherwise the first model that does."""
        allowed = limits.catalogue(self.catalogue)
        cards = [allowed.default, *allowed.cards.values()]
        found = next((card for card in cards if card.takes_picture), None)
        if found is None and any(card.takes_picture for card in self.catalogue.cards.values()):
            raise limits.no_animator()
        if found is None:
            raise BadRequest(
                msg("No model here can start from an image. `/models` shows what each one can do. You weren't charged.")
            )
        return found

    async def remix(
        self,
        source: Job,
        wanted: RemixRequest,
        facts: AccountFacts | None = None,
        *,
        limits: OrderLimits = UNLIMITED,
        owner: int | None = None,
    ) -> Quote:
        """The source, changed or continued, by the best available method, which determines length and size.

        The price is that of the most expensive method that may run in its place. `facts`: what is `known` already.
        """
        check_prompt(wanted.prompt)
        card, aim = self._remix_card(source, wanted.model, limits), wanted.aim
        terms = RemixTerms(limits=limits, seconds=wanted.seconds, inputs=wanted.inputs_for(source.request))
        option = await self.remixes.best(source, card, aim, terms, facts=facts)
        request = wanted.made_by(card, option, source)
        limits.check(request, self.catalogue, private=source.private)
        if wanted.exactly and wanted.seconds not in {None, option.seconds}:
            self._refuse_length(replace(request, seconds=wanted.seconds or 0), option, limits)
        if wanted.image is not None:
            picture = await self._pictures.fitted(card, wanted.image, option.size, Fit.CROP, owner)
            request = replace(request, picture=picture)
        return Quote(
            request=request,
            card=card,
            price=option.price,
            private=source.private,
            account=account_of(card, source, limits),
            is_bound=option.is_bound,
            method=option.method,
            before=source.video.seconds if aim is Aim.EXTEND and source.video is not None else None,
        )

    async def today(self, quote: Quote, source: Job | None, limits: OrderLimits) -> Quote:
        """The same order at the current price. `source` is the video that it is a remix of."""
        request = quote.request
        card = self._ordered(request)
        if request.source is None:
            limits.check(request, self.catalogue, private=quote.private)
            return _new_quote(request, card, limits, private=quote.private)
        if source is None or source.deleted:
            raise BadRequest(SOURCE_DELETED)
        now = await self.remix(source, RemixRequest.like(request), limits=limits)
        return replace(await self.instead(now, request, fresh=True), private=quote.private)

    def _refuse_length(self, request: VideoRequest, option: RemixOption, limits: OrderLimits) -> None:
        """Why a remix cannot have the length of this request."""
        card = self.catalogue.card(request.model)
        if option.keeps_length:
            raise BadRequest(keeps_length(card, option))
        card.check_length(request.seconds)
        limits.check(request, self.catalogue, private=False)

    async def remix_offers(
        self, source: Job, limits: OrderLimits = UNLIMITED, aims: Sequence[Aim] = REMIXES
    ) -> Sequence[RemixOffer]:
        """What each model would make of a video, the usual one first. Raises BadRequest if none can make anything."""
        usual = self._remix_card(source, None, limits)
        cards = [usual, *(card for card in limits.cards(self.catalogue).values() if card.id != usual.id)]
        return await self.remixes.of(source, cards, limits, aims=aims)

    async def remix_lengths(
        self, source: Job, model: str | None, aim: Aim, limits: OrderLimits
    ) -> Sequence[RemixOption]:
        """What a model would make of a video, in each length it supports.

        Raises BadRequest if it can't make anything.
        """
        return await self.remixes.lengths(source, self._remix_card(source, model, limits), aim, limits)

    async def again(
        self, job: Job, source: Job | None, prompt: str | None = None, limits: OrderLimits = UNLIMITED
    ) -> Quote:
        """The same order once more, at the current price; with another prompt if `prompt` is given.

        `source` is the video that the job is a remix of.
        """
        if job.request.source is not None:
            return await self._remix_again(job, source, prompt, limits)
        card = self._ordered(job.request)
        request = job.request if prompt is None else replace(job.request, prompt=prompt.strip())
        quote = _new_quote(request, card, limits, private=job.private)
        limits.check(request, self.catalogue, private=job.private)
        _check_pictures(job)
        return replace(quote, request=await self._pictures.copies(request))

    async def price_again(self, job: Job, source: Job | None) -> Usd:
        """The price that `again` would quote; nothing is copied."""
        if job.request.source is not None:
            return (await self._remix_again(job, source, None, UNLIMITED)).price
        return self._ordered(job.request).check(job.request)

    async def instead(self, offer: Quote, was: VideoRequest, *, fresh: bool, owner: int | None = None) -> Quote:
        """An offer in place of the order `was`, with its own pictures, fitted to its own size.

        `fresh`: no job has the pictures yet, so they need not be copied.
        """
        request = offer.request
        if not request.pictures or (fresh and request.size == was.size):
            return offer
        if request.size == was.size:
            return replace(offer, request=await self._pictures.copies(request))
        return replace(offer, request=await self._pictures.fitted_anew(request, offer.card, request.size, owner))

    async def with_own_picture(self, quote: Quote) -> Quote:
        """The same order with its own copy of the picture, for a separate job."""
        return await self.instead(quote, quote.request, fresh=False)

    async def _remix_again(self, job: Job, source: Job | None, prompt: str | None, limits: OrderLimits) -> Quote:
        if source is None or source.deleted:
            raise BadRequest(SOURCE_DELETED)
        self._ordered(job.request)
        wanted = RemixRequest.like(job.request)
        quote = await self.remix(source, wanted if prompt is None else replace(wanted, prompt=prompt), limits=limits)
        _check_pictures(job)
        return replace(await self.instead(quote, job.request, fresh=False), private=job.private)

    def _remix_card(self, source: Job, model: str | None, limits: OrderLimits) -> ModelCard:
        if model:
            return self.chosen(model, limits)
        allowed = limits.catalogue(self.catalogue)
        return allowed.cards.get(source.request.model, allowed.default)

    def card(self, model: str) -> ModelCard:
        """The card that is ordered with. Asking only the catalogue orders nothing."""
        with charging_nothing(BadRequest):
            return self.catalogue.card(model)

    def _ordered(self, request: VideoRequest) -> ModelCard:
        """The card of an order that is repeated. BadRequest if its model can't be ordered any more."""
        with charging_nothing(BadRequest):
            return self.catalogue.by_id(request.model)


def _new_quote(request: VideoRequest, card: ModelCard, limits: OrderLimits, *, private: bool) -> Quote:
    """For a new video: at the account whose own key pays, otherwise at the most expensive one that may take it."""
    own = limits.own_account(card)
    price, is_bound = card.check(request, own), card.may_cost_less(own)
    return Quote(request=request, card=card, price=price, private=private, account=own, is_bound=is_bound)


def _check_pictures(job: Job) -> None:
    """Raise BadRequest if a repeated order would lack the pictures of the first."""
    if job.request.pictures and job.deleted:
        raise BadRequest(PICTURE_GONE)


def _size(text: str) -> Size:
    try:
        return Size.of(text)
    except ValueError:
        raise BadRequest(
            msg("“{typed}” isn't a size like 1280x720. You weren't charged.", typed=Foreign(text[:40]))
        ) from None
