"""From what a member asks for to an order that a model can do, with its price. Nothing is spent or queued here."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import math
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.errors import BadRequest
from bot.domain.job import Job
from bot.domain.media import Fit, MediaProcessor
from bot.domain.messages import Foreign, Message, Model, joined, msg
from bot.domain.models.card import ModelCard, check_prompt
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.usd import Usd
from bot.domain.ports.files import FileStore
from bot.domain.video import Aim, Picture, Size, VideoRequest
from bot.jobs.ordering.remix import AccountFacts, RemixOption, RemixPlanner, account_of, offered

A_SLIVER = 0.05  # of a side
NOT_CHARGED = msg("You weren't charged.")
PICTURE_GONE = msg("That order's picture was deleted. Use `/create` and attach it again. You weren't charged.")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """What a member asked for, as typed. None means "you choose"."""

    prompt: str
    model: str | None = None
    seconds: int | None = None
    size: str | None = None
    image: bytes | None = None
    fit: Fit = Fit.CROP
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """An order that has been checked, and its price. `is_bound`: it may cost less, by the way that a remix takes."""

    request: VideoRequest
    card: ModelCard
    price: Usd
    private: bool = False
    account: str | None = None  # that it has to be sent to; None: any that has the model
    is_bound: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RemixOffer:
    """What one model would make of a video: how, how long and for how much, for each aim it can serve."""

    card: ModelCard
    options: Mapping[Aim, RemixOption]


class Quoting:
    """Checks orders against model cards. Every method raises BadRequest with a sentence that says what would work."""

    def __init__(
        self, catalogue: Catalogue, media: MediaProcessor, files: FileStore, remix_planner: RemixPlanner
    ) -> None:
        self.catalogue = catalogue
        self._remix_planner = remix_planner
        self._media = media
        self._files = files

    async def new(self, order: OrderRequest, owner: int | None = None) -> Quote:
        """A new video for a member; the picture is fitted and kept only once everything else is right."""
        card = self._card(order.model) if order.model else self.catalogue.default
        request = VideoRequest(
            prompt=order.prompt.strip(),
            model=card.id,
            seconds=order.seconds if order.seconds is not None else card.seconds[0],
            size=_size(order.size) if order.size else card.sizes[0],
        )
        price = card.check(request)
        if order.image is not None:
            request = replace(request, picture=await self._picture(card, order.image, request.size, order.fit, owner))
            price = card.check(request)  # a picture may cost something
        return Quote(request=request, card=card, price=price, private=order.private)

    def animation(self, shape: Size | None) -> Quote:
        """What a picture of this shape would become, and for how much; the words are still to come.

        BadRequest when no model starts from a picture.
        """
        card = self._animator()
        size = card.sizes[0] if shape is None else _shaped_like(card.sizes, shape)
        request = VideoRequest(prompt="", model=card.id, seconds=card.seconds[0], size=size)
        return Quote(request=request, card=card, price=card.quote(request.seconds, size, picture=True))

    def _animator(self) -> ModelCard:
        """The default where it starts from a picture, else the first that does."""
        cards = [self.catalogue.default, *self.catalogue.cards.values()]
        found = next((card for card in cards if card.takes_picture), None)
        if found is None:
            raise BadRequest(
                msg(
                    "No model here can start from a picture. `/models` shows what each one can do. You weren't charged."
                )
            )
        return found

    async def remix(
        self,
        source: Job,
        prompt: str,
        model: str | None,
        aim: Aim = Aim.CHANGE,
        facts: AccountFacts | None = None,
    ) -> Quote:
        """The source, changed or continued, by the best way that is open; length and size are that way's.

        The price is that of the dearest way that may run in its place. `facts`: what is `known` already.
        """
        check_prompt(prompt)
        card = self._remix_card(source, model)
        option = await self.best_option(source, card, aim, facts)
        wanted = VideoRequest(
            prompt=prompt.strip(), model=card.id, seconds=option.seconds, size=option.size, source=source.id, aim=aim
        )
        return Quote(
            request=wanted,
            card=card,
            price=option.price,
            private=source.private,
            account=account_of(card, source),
            is_bound=option.is_bound,
        )

    async def known(self, source: Job, cards: Iterable[ModelCard]) -> AccountFacts:
        """What was noted about all these models where each would remix the source, asked for at once."""
        return await self._remix_planner.known((account_of(card, source), card.remote) for card in cards)

    async def best_option(
        self, source: Job, card: ModelCard, aim: Aim, facts: AccountFacts | None = None
    ) -> RemixOption:
        """How a model would make a remix, as `offered`. BadRequest when it cannot, or no price is known."""
        _check_source(source)
        remix_options = await self._remix_planner.remix_options(card, source, aim, account_of(card, source), facts)
        if not remix_options:
            raise BadRequest(_unable(card, aim))
        return offered(remix_options)

    async def remix_offers(self, source: Job) -> Sequence[RemixOffer]:
        """What each model would make of a video, the usual one first. BadRequest when none can make anything."""
        _check_source(source)
        usual = self._remix_card(source, None)
        cards = [usual, *(card for card in self.catalogue.cards.values() if card.id != usual.id)]
        facts = await self.known(source, cards)
        offers = [RemixOffer(card=card, options=await self._options(source, card, facts)) for card in cards]
        if found := [offer for offer in offers if offer.options]:
            return found
        raise BadRequest(_unable(usual, Aim.CHANGE))

    async def _options(self, source: Job, card: ModelCard, facts: AccountFacts) -> Mapping[Aim, RemixOption]:
        found: dict[Aim, RemixOption] = {}
        for aim in (Aim.CHANGE, Aim.CONTINUE):
            with contextlib.suppress(BadRequest):
                found[aim] = await self.best_option(source, card, aim, facts)
        return found

    async def again(self, job: Job, source: Job | None, prompt: str | None = None) -> Quote:
        """The same order once more, at today's price; with other words if `prompt` is given.

        `source` is the video that the job is a remix of.
        """
        if job.request.source is not None:
            return await self._remix_again(job, source, prompt)
        card = self._card(job.request.model)
        request = job.request if prompt is None else replace(job.request, prompt=prompt.strip())
        price = card.check(request)
        if request.picture is not None:
            request = replace(request, picture=await self._copy(request.picture))
        return Quote(request=request, card=card, price=price, private=job.private)

    async def instead(self, offer: Quote, was: VideoRequest, *, fresh: bool, owner: int | None = None) -> Quote:
        """An offer of another model for the order `was`, with a picture of its own, fitted to its own size.

        `fresh`: no job has the picture yet, so it need not be copied.
        """
        picture = was.picture
        if picture is None or (fresh and offer.request.size == was.size):
            return offer
        if offer.request.size == was.size:
            return replace(offer, request=replace(offer.request, picture=await self._copy(picture)))
        png, _ = await self._kept(picture)
        fitted = await self._picture(offer.card, png, offer.request.size, Fit.CROP, owner)
        return replace(offer, request=replace(offer.request, picture=fitted))

    async def _remix_again(self, job: Job, source: Job | None, prompt: str | None) -> Quote:
        if source is None or source.deleted:
            raise BadRequest(msg("The original of this remix was deleted. You weren't charged."))
        request = job.request
        quote = await self.remix(source, request.prompt if prompt is None else prompt, request.model, request.aim)
        return replace(quote, private=job.private)

    def _remix_card(self, source: Job, model: str | None) -> ModelCard:
        if model:
            return self._card(model)
        return self.catalogue.cards.get(source.request.model, self.catalogue.default)

    def _card(self, model: str) -> ModelCard:
        """The one that is ordered. Whoever asks the catalogue alone has ordered nothing."""
        try:
            return self.catalogue.card(model)
        except BadRequest as no:
            raise BadRequest(joined(no.message, NOT_CHARGED)) from None

    async def _picture(self, card: ModelCard, image: bytes, size: Size, fit: Fit, owner: int | None) -> Picture:
        if not card.takes_picture:
            raise BadRequest(
                msg(
                    "{model} can't start from a picture. Leave it out or pick another model. You weren't charged.",
                    model=Model(card.label),
                )
            )
        fitted = await self._media.fit(image, size, fit, owner)
        return await self._keep(fitted.png, fitted.preview, fitted.note)

    async def _copy(self, picture: Picture) -> Picture:
        """Each job has files of its own, so that deleting one takes nothing from another."""
        png, preview = await self._kept(picture)
        return await self._keep(png, preview, picture.note)

    async def _kept(self, picture: Picture) -> tuple[bytes, bytes]:
        try:
            async with self._files.local(picture.key) as png, self._files.local(picture.preview) as preview:
                return await asyncio.to_thread(png.read_bytes), await asyncio.to_thread(preview.read_bytes)
        except FileNotFoundError:
            raise BadRequest(PICTURE_GONE) from None

    async def _keep(self, png: bytes, preview: bytes, note: str) -> Picture:
        name = f"pictures/{secrets.token_hex(8)}"
        picture = Picture(key=f"{name}.png", preview=f"{name}.jpg", sha256=hashlib.sha256(png).hexdigest(), note=note)
        await self._files.put(png, picture.key)
        await self._files.put(preview, picture.preview)
        return picture


def _check_source(source: Job) -> None:
    if source.deleted:
        raise BadRequest(msg("That video was deleted, so it can't be remixed. You weren't charged."))


def _unable(card: ModelCard, aim: Aim) -> Message:
    model = Model(card.label)
    if aim is Aim.CONTINUE:
        return msg("{model} can't continue this video. Try another model. You weren't charged.", model=model)
    return msg("{model} can't remix this video. Try another model. You weren't charged.", model=model)


def _shaped_like(offered: Sequence[Size], wanted: Size) -> Size:
    """The first that is about as near in shape as any: later ones may be dearer, and are not worth a sliver."""
    off = {size: abs(math.log(size.width * wanted.height) - math.log(size.height * wanted.width)) for size in offered}
    return next(size for size in offered if off[size] <= min(off.values()) + A_SLIVER)


def _size(text: str) -> Size:
    try:
        return Size.of(text)
    except ValueError:
        raise BadRequest(
            msg("'{typed}' isn't a size like 1280x720. You weren't charged.", typed=Foreign(text[:40]))
        ) from None
