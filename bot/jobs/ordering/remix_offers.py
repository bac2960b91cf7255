"""What models would make of a video: by which method, how long and at what price."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.data_classes import value_object, wired
from bot.domain.access.limits import UNLIMITED, OrderLimits
from bot.domain.errors import BadRequest, TierLimit
from bot.domain.job import Job
from bot.domain.messages import Count, Duration, Message, Model, msg
from bot.domain.models.card import ModelCard
from bot.domain.models.catalogue import Catalogue
from bot.domain.video import LONGEST_EXTENDED, Aim, VideoRequest
from bot.jobs.ordering.remix import (
    AccountFacts,
    RemixOption,
    RemixPlanner,
    RemixTerms,
    at_highest_price,
    may_become,
)
from bot.jobs.ordering.remix_inputs import RemixInputs
from bot.jobs.ordering.remix_methods import account_of

MOST_OFFERS = 25  # Discord shows no more in one menu
REMIXES = (Aim.CHANGE, Aim.CONTINUE)  # what a remix is offered for


@value_object
class RemixRequest:
    """What is to be made of a video, as a member asked for it. None means "you choose".

    `exactly`: a length that isn't available is refused; otherwise the closest one is used, or that of the original.
    """

    prompt: str
    model: str | None = None
    seconds: int | None = None
    aim: Aim = Aim.CHANGE
    exactly: bool = False
    image: bytes | None = None  # to start from, instead of a frame of the video
    before: VideoRequest | None = None  # an order like it, whose picture and options it inherits

    @classmethod
    def like(cls, request: VideoRequest) -> RemixRequest:
        """The very same remix once more."""
        return cls(prompt=request.prompt, model=request.model, seconds=request.seconds, aim=request.aim, before=request)

    def made_by(self, card: ModelCard, option: RemixOption, source: Job) -> VideoRequest:
        """The order, without a picture that came with it."""
        return VideoRequest(
            prompt=self.prompt.strip(),
            model=card.id,
            seconds=option.seconds,
            size=option.size,
            picture=None if self.before is None else self.before.picture,
            source=source.id,
            aim=self.aim,
            options=option.options,
        )

    def inputs_for(self, source: VideoRequest) -> RemixInputs:
        """Unless it is like an earlier order, it has its source's options, as far as a remix inherits them."""
        inputs = RemixInputs.inherited(source) if self.before is None else RemixInputs.of(self.before)
        return inputs if self.image is None else replace(inputs, starts_from_picture=True)


@value_object
class RemixOffer:
    """What one model would make of a video, for each aim it can serve.

    `seconds` is the length, if it can be chosen; `is_usual`: the length it has unless another one is chosen.
    """

    card: ModelCard
    options: Mapping[Aim, RemixOption]
    seconds: int | None = None
    is_usual: bool = True


@value_object
class _Asked:
    """What all offers for one source have in common."""

    terms: RemixTerms
    facts: AccountFacts
    aims: Sequence[Aim]


@wired
class RemixOffers:
    """All but `by_model` raise BadRequest for a deleted video."""

    catalogue: Catalogue
    planner: RemixPlanner

    async def known(self, source: Job, cards: Iterable[ModelCard], limits: OrderLimits = UNLIMITED) -> AccountFacts:
        """What was recorded about all these models where each would remix the source, queried at once."""
        return await self.planner.known((account_of(card, source, limits), card.remote) for card in cards)

    async def best(
        self, source: Job, card: ModelCard, aim: Aim, terms: RemixTerms, *, facts: AccountFacts | None = None
    ) -> RemixOption:
        """How a model would make a remix, at a price that holds whichever method runs. `facts`: what is `known`.

        Raises BadRequest if it can't, or no price is known.
        """
        _check_source(source)
        if aim is Aim.EXTEND:
            _check_extendable(source, card)
        account = account_of(card, source, terms.limits)
        if options := await self.planner.remix_options(card, source, aim, account, terms, facts=facts):
            return at_highest_price(options)
        without_limits = replace(terms, limits=UNLIMITED)
        for beyond in await self.planner.remix_options(card, source, aim, account, without_limits, facts=facts):
            request = beyond.of(replace(source.request, model=card.id))
            terms.limits.check(request, self.catalogue, private=source.private)
        raise BadRequest(_unable(card, aim, with_picture=terms.inputs_for(source.request).starts_from_picture))

    async def by_model(
        self, source: Job, cards: Sequence[ModelCard], aim: Aim, limits: OrderLimits, most: int
    ) -> Mapping[str, RemixOption]:
        """The best offer of each of the first models that can make something of a video; none for a deleted one."""
        found, facts = dict[str, RemixOption](), await self.known(source, cards, limits)
        terms = RemixTerms(limits=limits)
        for card in cards:
            if len(found) == most:
                break
            with contextlib.suppress(BadRequest, TierLimit):
                found[card.id] = await self.best(source, card, aim, terms, facts=facts)
        return found

    async def of(
        self,
        source: Job,
        cards: Sequence[ModelCard],
        limits: OrderLimits,
        inputs: RemixInputs | None = None,
        aims: Sequence[Aim] = REMIXES,
    ) -> Sequence[RemixOffer]:
        """What each of the models would make of a video; if there is room, also in other lengths, short ones first.

        Raises BadRequest if none can make anything.
        """
        _check_source(source)
        if Aim.EXTEND in aims:
            _check_extendable(source, cards[0])
        facts = await self.known(source, cards, limits)
        asked = _Asked(terms=RemixTerms(limits=limits, inputs=inputs), facts=facts, aims=aims)
        usual = [offer for card in cards if (offer := await self._offer(source, card, asked)).options]
        if not usual:
            raise BadRequest(_unable(cards[0], aims[0]))
        room, found = MOST_OFFERS - len(usual), list[RemixOffer]()
        for offer in usual[:MOST_OFFERS]:
            others = [] if offer.seconds is None or room <= 0 else await self._others(source, offer, asked)
            found += sorted([offer, *others[:room]], key=lambda each: each.seconds or 0)
            room -= len(others)
        return found

    async def _others(self, source: Job, usual: RemixOffer, asked: _Asked) -> Sequence[RemixOffer]:
        """Its model's other lengths."""
        lengths = sorted(set(usual.card.seconds) - {usual.seconds})
        offers = [await self._offer(source, usual.card, asked, seconds) for seconds in lengths]
        return [offer for offer in offers if offer.options]

    async def _offer(self, source: Job, card: ModelCard, asked: _Asked, seconds: int | None = None) -> RemixOffer:
        options, terms = dict[Aim, RemixOption](), replace(asked.terms, seconds=seconds)
        for aim in asked.aims:
            with contextlib.suppress(BadRequest, TierLimit):
                options[aim] = await self.best(source, card, aim, terms, facts=asked.facts)
        free = [option.seconds for option in options.values() if not option.keeps_length]
        return RemixOffer(
            card=card,
            options=options,
            seconds=free[0] if free and seconds is None else seconds,
            is_usual=seconds is None,
        )

    async def lengths(self, source: Job, card: ModelCard, aim: Aim, limits: OrderLimits) -> Sequence[RemixOption]:
        """What a model would make of a video in each of its lengths; one option if it keeps the video's length."""
        facts, terms = await self.known(source, [card], limits), RemixTerms(limits=limits)
        usual = await self.best(source, card, aim, terms, facts=facts)
        if usual.keeps_length:
            return [usual]
        return [
            await self.best(source, card, aim, replace(terms, seconds=seconds), facts=facts)
            for seconds in sorted(card.seconds)
        ]


def keeps_length(card: ModelCard, option: RemixOption) -> Message:
    """Shown to members who wanted another length."""
    return msg(
        "{model} keeps the original's length here, which is {seconds} s. Leave out `seconds`. You weren't charged.",
        model=Model(card.label),
        seconds=Count(option.seconds),
    )


def _check_source(source: Job) -> None:
    if source.deleted:
        raise BadRequest(
            msg("That video was deleted, so it can't be remixed. `/create` makes a new one. You weren't charged.")
        )


def _check_extendable(source: Job, card: ModelCard) -> None:
    if source.video is None:
        raise BadRequest(msg("That video isn't finished or is gone, so it can't be extended. You weren't charged."))
    if not may_become(source, min(card.seconds)):
        raise BadRequest(
            msg(
                "That video is {length} long. Extended videos can be {most} at most. You weren't charged.",
                length=Duration(source.video.seconds),
                most=Duration(LONGEST_EXTENDED),
            )
        )


def _unable(card: ModelCard, aim: Aim, *, with_picture: bool = False) -> Message:
    model = Model(card.label)
    if with_picture:
        return msg(
            "{model} can't start a remix from a new image. Leave it out or try another model. You weren't charged.",
            model=model,
        )
    if aim is Aim.EXTEND:
        return msg("{model} can't extend this video. Try another model. You weren't charged.", model=model)
    if aim is Aim.CONTINUE:
        return msg("{model} can't continue this video. Try another model. You weren't charged.", model=model)
    return msg("{model} can't remix this video. Try another model. You weren't charged.", model=model)
