"""Remixing by the best available method: which ones an account has, and what each makes and costs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.data_classes import value_object, wired
from bot.domain.access.limits import UNLIMITED, OrderLimits
from bot.domain.accounts import service_of
from bot.domain.errors import BadRequest
from bot.domain.job import Job
from bot.domain.models.card import ModelCard
from bot.domain.money.usd import Usd
from bot.domain.ports.clock import Clock
from bot.domain.ports.provider import Provider
from bot.domain.ports.records import Records
from bot.domain.video import (
    AS_LONG_AS_ITS_SOURCE,
    BY_ID,
    LONGEST_EXTENDED,
    NO_OPTIONS,
    Aim,
    Picture,
    RemixMethod,
    Size,
    VideoOptions,
    VideoRequest,
)
from bot.jobs.ordering.remix_inputs import NO_INPUTS, RemixInputs
from bot.jobs.ordering.remix_methods import usable_methods
from bot.jobs.providers.capabilities import AtAccount, Capabilities
from bot.jobs.providers.endpoints import EndpointHistory


@value_object
class RemixOption:
    """One way to make a remix: length and size of the video, and its price.

    `is_bound`: another method may run in its place, and the price is that of the most expensive of them; or GPU time is
    charged.
    """

    method: RemixMethod
    seconds: int
    size: Size
    price: Usd
    is_bound: bool = False
    options: VideoOptions[Picture] = NO_OPTIONS  # as far as this method and the model support them

    @property
    def keeps_length(self) -> bool:
        """Whether its length can't be chosen."""
        return self.method in AS_LONG_AS_ITS_SOURCE

    def of(self, request: VideoRequest) -> VideoRequest:
        """The request as this method fulfils it."""
        return replace(request, seconds=self.seconds, size=self.size, options=self.options)


@value_object
class RemixTerms:
    """What a remix is made of besides its prompt and its source, and within which limits.

    The length is as close as possible to `seconds`, otherwise to the source's; `inputs` are otherwise the source's.
    """

    limits: OrderLimits = UNLIMITED
    seconds: int | None = None
    inputs: RemixInputs | None = None

    def seconds_for(self, source: VideoRequest) -> int:
        """The length to come close to."""
        return self.seconds or source.seconds

    def inputs_for(self, source: VideoRequest) -> RemixInputs:
        return self.inputs or RemixInputs.inherited(source)


ANY_TERMS = RemixTerms()


@value_object
class AccountFacts:
    """What was recorded about accounts and their models."""

    since: Mapping[str, datetime]  # when an account's service moved to its address
    absent: Mapping[AtAccount, Mapping[RemixMethod, datetime]]  # unsupported methods, and when the service said so

    def moved(self, account: str) -> datetime | None:
        """Since when it is what it is: its service moved, or its own key was stored."""
        return max((at for place in (account, service_of(account)) if (at := self.since.get(place))), default=None)

    def has(self, method: RemixMethod, account: str, model: str) -> bool:
        """What was recorded of a service that was there before, maybe on the same machine, does not count."""
        said, since = self.absent.get((account, model), {}).get(method), self.moved(account)
        return said is None or (since is not None and said <= since)


@wired
class RemixPlanner:
    """Finds the methods available for a source."""

    providers: Mapping[str, Provider]
    capabilities: Capabilities
    endpoint_history: EndpointHistory

    @classmethod
    def of(cls, providers: Mapping[str, Provider], records: Records, clock: Clock) -> RemixPlanner:
        return cls(
            providers=providers,
            capabilities=Capabilities(records=records, clock=clock),
            endpoint_history=EndpointHistory(records=records, clock=clock),
        )

    async def known(self, models: Iterable[AtAccount]) -> AccountFacts:
        """Everything known about these models, in the same number of statements for many as for one."""
        wanted = list(models)
        places = {place for account, _ in wanted for place in (account, service_of(account))}
        since = await self.endpoint_history.since(places)
        return AccountFacts(since=since, absent=await self.capabilities.absent(wanted))

    async def open_methods(self, models: Sequence[tuple[str, ModelCard]]) -> Sequence[Sequence[RemixMethod]]:
        """For each model at an account: the remix methods available there, as far as known, best first."""
        facts = await self.known([(account, card.remote) for account, card in models])
        return [
            [method for method in await self._offered(account, card) if facts.has(method, account, card.remote)]
            for account, card in models
        ]

    async def _offered(self, account: str, card: ModelCard) -> Sequence[RemixMethod]:
        provider = self.providers.get(account)
        return () if provider is None else await provider.remix_methods(card)

    async def remix_options(
        self,
        card: ModelCard,
        source: Job,
        aim: Aim,
        account: str,
        terms: RemixTerms = ANY_TERMS,
        *,
        facts: AccountFacts | None = None,
    ) -> Sequence[RemixOption]:
        """Best first; none if the model can't do it at all.

        Methods that may run instead of the best one make its length, as closely as they can. `facts`: what is `known`,
        if the caller asks for several models. Raises BadRequest if there are methods but no known price.
        """
        provider, allowed = self.providers.get(account), terms.limits.card(card)
        if provider is None or allowed is None:
            return []
        known = facts or await self.known([(account, card.remote)])
        since, is_there = known.moved(account), source.account == account
        inputs = terms.inputs_for(source.request)
        open_methods = usable_methods(await provider.remix_methods(card), card, source, aim, since, is_there=is_there)
        if inputs.starts_from_picture:
            open_methods = [method for method in open_methods if method is RemixMethod.REPROMPT and card.takes_picture]
        elif card.needs_picture:
            open_methods = [method for method in open_methods if method is not RemixMethod.REPROMPT]
        there = [method for method in open_methods if known.has(method, account, card.remote)]
        priced = _priced(allowed, source, there, terms, account)
        return [option for option in priced if aim is not Aim.EXTEND or may_become(source, option.seconds)]


def _priced(
    card: ModelCard, source: Job, open_methods: Iterable[RemixMethod], terms: RemixTerms, account: str
) -> Sequence[RemixOption]:
    remix_options, problem, is_priced = list[RemixOption](), None, False
    for method in open_methods:
        try:
            length = remix_options[0].seconds if remix_options else terms.seconds_for(source.request)
            made = option(card, source, method, length, terms.inputs_for(source.request), account=account)
        except BadRequest as no_price:
            problem = problem or no_price
            continue
        is_priced = True
        # Some keep the length and size of their source, whatever the card says.
        if _can_be_made(card, source, made) and terms.limits.fits(made.seconds, made.size):
            remix_options.append(made)
    if problem is not None and not is_priced:
        raise problem
    return remix_options


def may_become(source: Job, more: int) -> bool:
    """Whether a video may be extended by so many seconds."""
    return source.video is not None and source.video.seconds + more <= LONGEST_EXTENDED


def _can_be_made(card: ModelCard, source: Job, made: RemixOption) -> bool:
    """Whether the service can extend its own video by so much, if it is to."""
    if made.method is not RemixMethod.EXTEND or source.video is None:
        return True
    return card.can_extend(source.video.seconds, made.seconds)


def at_highest_price(options: Sequence[RemixOption]) -> RemixOption:
    """The best option, at a price that holds whichever method runs: that is known only when it is sent."""
    best, dearest = options[0], max(each.price for each in options)
    is_bound = any(each.is_bound or each.price != dearest for each in options)
    return replace(best, price=dearest, is_bound=is_bound)


def option(
    card: ModelCard,
    source: Job,
    method: RemixMethod,
    wanted: int | None = None,
    inputs: RemixInputs = NO_INPUTS,
    *,
    account: str | None = None,
) -> RemixOption:
    """What a method makes of a source: as long as `wanted`, otherwise as long as the source, as closely as possible.

    A service keeps the size and sound of its own video, and its length unless it extends it. `account`: where it is
    sent.
    """
    request, video = source.request, source.video
    size = request.size if method in BY_ID else _alike(card.sizes, request.size)
    seconds = card.nearest_length(request.seconds if wanted is None else wanted)
    if method in AS_LONG_AS_ITS_SOURCE:
        seconds = max(1, round(video.seconds)) if video else request.seconds
    options = NO_OPTIONS if method in BY_ID else card.abilities.of(inputs.options)
    is_loud = method in BY_ID and (video.has_sound if video else request.options.sound)
    price = card.quote(
        seconds,
        size,
        method,
        picture=inputs.starts_from_picture,
        options=VideoOptions(sound=True) if is_loud else options,
        source_seconds=math.ceil(video.seconds) if video else request.seconds,
        account=account,
    )
    is_bound = card.may_cost_less(account)
    return RemixOption(method=method, seconds=seconds, size=size, price=price, is_bound=is_bound, options=options)


def _alike(sizes: Sequence[Size], wanted: Size) -> Size:
    """The same size, otherwise the first of the most similar shape."""
    if wanted in sizes:
        return wanted
    return min(sizes, key=lambda size: wanted.distance(size)[0])
