"""Model cards: what a model can do and what it costs, as data. A fact that is not on the card means "cannot"."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from dataclasses import fields as dataclass_fields
from datetime import date
from typing import Any

from bot.data_classes import value_object
from bot.domain.access.uncharged import charging_nothing
from bot.domain.accounts import service_of
from bot.domain.errors import BadRequest
from bot.domain.messages import Choice, Count, Model, Term, choice, msg, msg_n
from bot.domain.models.abilities import NO_ABILITIES, Abilities
from bot.domain.models.prices import AccountPrices, GpuTime, Inputs
from bot.domain.models.workflow import Workflow
from bot.domain.money.usd import FREE, Usd
from bot.domain.texts.names import is_blank
from bot.domain.video import NO_OPTIONS, RemixMethod, Size, VideoOptions, VideoRequest

LONGEST_PROMPT = 4000  # characters; Discord's own limit for a text input


TYPICAL_SECONDS = 100.0  # seconds from submit to done, for a model that nobody has timed yet


@value_object
class Retirement:
    """From a certain day, hosts matching one of these patterns no longer serve the model."""

    hosts: tuple[str, ...]  # shell patterns: "api.openai.com", "*.openai.azure.com"
    since: date
    instead: str  # a sentence naming the alternatives

    def matches(self, host: str) -> bool:
        return any(fnmatch.fnmatch(host, pattern) for pattern in self.hosts)

    def applies(self, host: str, today: date) -> bool:
        return today >= self.since and self.matches(host)


@value_object
class ModelCard:
    """One model, at one account or several. The first of `seconds` and of `sizes` is the default."""

    id: str
    label: str
    provider: str  # the account that has it, if `accounts` names none
    remote: str  # the name sent to the host
    seconds: tuple[int, ...]
    sizes: tuple[Size, ...]
    per_second: Mapping[Size, Usd]  # a size without an entry has no known price: refused, not guessed
    remix_per_second: Mapping[RemixMethod, Mapping[Size, Usd]] = field(default_factory=dict)  # where it differs
    sound_per_second: Mapping[bool, Mapping[Size, Usd]] = field(default_factory=dict)  # likewise, with and without
    source_per_second: Mapping[RemixMethod, Mapping[Size, Usd]] = field(default_factory=dict)  # of what is remixed so
    per_video: Mapping[Size, Usd] = field(default_factory=dict)  # charged per video, in addition to its seconds
    gpu: GpuTime | None = None  # of which `per_video` includes the maximum for a video
    per_picture: Usd = FREE  # charged per start or end image, in addition to the seconds
    per_reference: Usd = FREE  # likewise per reference image
    prices_at: Mapping[str, AccountPrices] = field(default_factory=dict)  # prices of accounts that charge differently
    takes_picture: bool = False
    needs_picture: bool = False  # it makes no video from a prompt alone
    abilities: Abilities = NO_ABILITIES
    remix: tuple[RemixMethod, ...] = (RemixMethod.REPROMPT,)
    extends_to: int | None = None  # seconds its service extends a video to, all in all; None: no bound is known
    extends_by: tuple[int, ...] = ()  # seconds its service adds to a video at once; empty: as many as it makes
    extends_times: int | None = None  # how many times as long as what is added the video may be; None: any
    typical: float | None = None  # seconds from submit to done, as its catalogue says; until there is a history
    accounts: tuple[str, ...] = ()  # accounts that have it, best first; once in a catalogue, those that are set up
    hosts: tuple[str, ...] = ("*",)  # patterns of the hosts that serve it
    retired: tuple[Retirement, ...] = ()
    priced: date | None = None  # the day its prices were read
    workflow: Workflow | None = None  # its graph, for services that take one
    endpoints: Mapping[str, str] = field(default_factory=dict)  # names for what is not ordered under `remote`
    fields: Mapping[str, str] = field(default_factory=dict)  # its service's field names
    listed_in: str = "a file named in MODELS_FILE"  # where the operator can change it, for messages

    @property
    def typical_seconds(self) -> float:
        """For waits, which need a figure even if nobody knows one."""
        return TYPICAL_SECONDS if self.typical is None else self.typical

    @property
    def account_names(self) -> tuple[str, ...]:
        """Where it can be ordered, best first."""
        return self.accounts or (self.provider,)

    @property
    def account(self) -> str:
        """The best of them."""
        return self.account_names[0]

    def ends(self, host: str) -> date | None:
        """The day it shuts down, or did, at a host."""
        return min((r.since for r in self.retired if r.matches(host)), default=None)

    def retirement(self, host: str, today: date) -> Retirement | None:
        return next((r for r in self.retired if r.applies(host, today)), None)

    def served_by(self, host: str) -> bool:
        return any(fnmatch.fnmatch(host, pattern) for pattern in self.hosts)

    @property
    def prices(self) -> AccountPrices:
        """For accounts without prices of their own."""
        return AccountPrices(
            per_second=self.per_second,
            remix_per_second=self.remix_per_second,
            sound_per_second=self.sound_per_second,
            source_per_second=self.source_per_second,
            per_video=self.per_video,
            per_picture=self.per_picture,
            per_reference=self.per_reference,
            gpu=self.gpu,
        )

    def prices_of(self, account: str) -> AccountPrices:
        """What is charged there; with an own key, what its service charges."""
        return self.prices_at.get(service_of(account)) or self.prices

    def at(self, accounts: tuple[str, ...]) -> ModelCard:
        """The card with only these of its accounts. If each has its own prices, the first one's are the usual ones."""
        own = {name: self.prices_at[name] for name in accounts if name in self.prices_at}
        if len(own) < len(accounts):
            return replace(self, accounts=accounts, prices_at=own)
        usual = own.pop(accounts[0])
        prices = {each.name: getattr(usual, each.name) for each in dataclass_fields(usual)}
        return replace(self, accounts=accounts, prices_at=own, **prices)

    def all_prices(self, account: str | None = None) -> Sequence[AccountPrices]:
        """The prices that an order may be charged at: this account's, otherwise those of any that may take it."""
        if account is not None:
            return [self.prices_of(account)]
        return [self.prices, *(self.prices_at[name] for name in self.account_names if name in self.prices_at)]

    def may_cost_less(self, account: str | None = None) -> bool:
        """Whether a quote is a maximum: the account and the time it takes are known only later."""
        prices = self.all_prices(account)
        return len(prices) > 1 or any(each.gpu is not None for each in prices)

    def quote(
        self,
        seconds: int,
        size: Size,
        method: RemixMethod | None = None,
        *,
        picture: bool = False,
        options: VideoOptions[Any] = NO_OPTIONS,
        source_seconds: int = 0,
        account: str | None = None,
    ) -> Usd:
        """The most a video costs, wherever it may be sent; remixed by this method or started from a picture if so.

        Raises BadRequest if the card has no price for the size.
        """
        inputs = Inputs.of(method, picture=picture, options=options, source_seconds=source_seconds)
        found = [prices.quote(seconds, size, method, inputs) for prices in self.all_prices(account)]
        known = [price for price in found if price is not None]
        if len(known) < len(found):
            raise BadRequest(
                msg(
                    "{model} has no price for {size}, so it can't be ordered. Whoever runs this bot "
                    'can add `"{size}" = "0.10"` (dollars per second) under `[models."{id}".price]` in '
                    "{file}. You weren't charged.",
                    model=Model(self.label),
                    size=Term(str(size)),
                    id=Term(self.id),
                    file=Term(self.listed_in),
                )
            )
        return max(known)

    def price_now(self, request: VideoRequest, account: str) -> Usd | None:
        """The price of a new video at an account; None if it is no longer known."""
        picture, options = request.picture is not None, request.options
        try:
            return self.quote(request.seconds, request.size, picture=picture, options=options, account=account)
        except BadRequest:
            return None

    def check(self, request: VideoRequest, account: str | None = None) -> Usd:
        """The quote for a new video that this model can make. Otherwise BadRequest says what it can make instead.

        `account`: the only one that it may be sent to.
        """
        self.check_shape(request)
        self.check_start(from_picture=request.picture is not None)
        if request.picture is not None and not self.takes_picture:
            raise BadRequest(
                msg(
                    "{model} can't start from an image. Leave it out or pick another model. You weren't charged.",
                    model=Model(self.label),
                )
            )
        starts_from_picture = request.picture is not None
        self.check_options(request.options, starts_from_picture=starts_from_picture)
        return self.quote(
            request.seconds, request.size, picture=starts_from_picture, options=request.options, account=account
        )

    def check_shape(self, request: VideoRequest) -> None:
        """Like `check`, for a request whose pictures are still to come."""
        check_prompt(request.prompt)
        self.check_length(request.seconds)
        self.check_size(request.size)
        self.quote(request.seconds, request.size)

    def check_options(self, options: VideoOptions[Any], *, starts_from_picture: bool) -> None:
        """Of an order. Raises BadRequest."""
        with charging_nothing(BadRequest):
            self.abilities.check(options, Model(self.label), starts_from_picture=starts_from_picture)

    def check_start(self, *, from_picture: bool) -> None:
        """Raises BadRequest for a prompt alone, if this model can't use that."""
        if self.needs_picture and not from_picture:
            raise BadRequest(
                msg(
                    "{model} always starts from an image. Add `image` or pick another model. You weren't charged.",
                    model=Model(self.label),
                )
            )

    def nearest_length(self, wanted: int) -> int:
        """Of two, the shorter."""
        return min(self.seconds, key=lambda seconds: (abs(seconds - wanted), seconds))

    def nearest_size(self, wanted: Size) -> Size | None:
        """Of those with a known price, if any."""
        return min(filter(self.per_second.__contains__, self.sizes), key=wanted.distance, default=None)

    def can_extend(self, seconds: float, more: int) -> bool:
        """Whether its service extends a video of this length by so much at once, as far as known."""
        is_fit = self.extends_times is None or round(seconds) <= self.extends_times * more
        is_added = not self.extends_by or more in self.extends_by
        return is_fit and is_added and (self.extends_to is None or seconds + more <= self.extends_to)

    def check_length(self, seconds: int) -> None:
        """Raises BadRequest, with what would work, unless this model makes videos of that length."""
        if seconds not in self.seconds:
            raise BadRequest(
                msg(
                    "{model} makes videos of {choices} seconds, not {seconds}. You weren't charged.",
                    model=Model(self.label),
                    choices=Choice(tuple(map(Count, self.seconds))),
                    seconds=Count(seconds),
                )
            )

    def check_size(self, size: Size) -> None:
        """Likewise, unless it makes videos of that size."""
        if size not in self.sizes:
            raise BadRequest(
                msg(
                    "{model} makes videos in {choices}, not {size}. You weren't charged.",
                    model=Model(self.label),
                    choices=choice(Term, self.sizes),
                    size=Term(str(size)),
                )
            )


def check_prompt(prompt: str) -> None:
    """Raises BadRequest if the prompt is empty or too long."""
    if is_blank(prompt):
        raise BadRequest(msg("The prompt is empty. Describe the video. You weren't charged."))
    if len(prompt) > LONGEST_PROMPT:
        raise BadRequest(
            msg_n(
                "The prompt has {count} character. The limit is {most}. You weren't charged.",
                "The prompt has {count} characters. The limit is {most}. You weren't charged.",
                len(prompt),
                most=Count(LONGEST_PROMPT),
            )
        )


def one_of(words: Iterable[str]) -> str:
    """The words as a choice: `4, 8 or 12`."""
    *most, last = list(words)
    return f"{', '.join(most)} or {last}" if most else last
