"""The one paid request at fal: where it is sent, and its JSON body."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from bot.data_classes import value_object
from bot.domain.errors import Refused, Unsupported
from bot.domain.messages import Model, Term, msg
from bot.domain.models.abilities import Ability
from bot.domain.models.card import ModelCard
from bot.domain.own_name import seed_of
from bot.domain.ports.provider import Order
from bot.domain.video import BY_ID, STILLS, RemixMethod, Size
from bot.providers.common.adapter import REFERENCES, check_options
from bot.providers.common.endings import SOURCE_UNKNOWN
from bot.providers.common.file_kinds import data_uri
from bot.providers.common.sizes import RATIOS
from bot.providers.fal.fields import PROMPT, FieldName, endpoint_ids, field_of
from bot.providers.fal.ids import with_application

FAL = msg("fal")
PICTURE, END, EDIT, EXTEND, VIDEO = "picture", "end", "edit", "extend", "video"
BY_VIDEO = {RemixMethod.NATIVE: EDIT, RemixMethod.EDIT: EDIT, RemixMethod.EXTEND: EXTEND}
BY_RATIO = {name: Fraction(*map(int, name.split(":"))) for name in RATIOS}
NEAR = Fraction(3, 100)  # how far a size may be from its ratio: 854x480 counts as 16:9


@value_object
class PaidRequest:
    endpoint: str  # fal's name for it
    body: Mapping[str, Any]
    callback: str | None = None  # webhook address for when it is done

    @property
    def path(self) -> str:
        """Below the queue's address."""
        if self.callback is None:
            return f"/{self.endpoint}"
        return f"/{self.endpoint}?{urlencode({'fal_webhook': with_application(self.callback, self.endpoint)})}"


def ways_of(card: ModelCard) -> Sequence[RemixMethod]:
    """The card's remix methods that its endpoints support. Not SOURCE: Kinora's copies have no public address."""
    can = {RemixMethod.REPROMPT} | {way for way, name in BY_VIDEO.items() if name in card.endpoints}
    if field_of(card, PICTURE, PICTURE) is not None:
        can |= STILLS
    return tuple(method for method in card.remix if method in can)


def request_of(order: Order, source_url: str | None = None) -> PaidRequest:
    """`source_url` is the address of the video that is to be changed. Raises Unsupported and Refused."""
    _check(order, source_url)
    endpoint = _endpoint(order)
    body: dict[str, Any] = {}
    for part, value in _parts(order, source_url, endpoint).items():
        if value is not None:
            body[_field(order.card, endpoint, part).name] = value
    name = endpoint_ids(order.card).get(endpoint, order.card.remote)
    return PaidRequest(endpoint=name, body=body, callback=order.callback)


def _check(order: Order, source_url: str | None) -> None:
    if order.method is not None and order.method not in ways_of(order.card):
        raise Unsupported(msg("fal can't remix this way."))
    if order.method in BY_ID and source_url is None:
        raise Unsupported(SOURCE_UNKNOWN)
    if order.method in STILLS and order.picture is None:
        raise Unsupported(msg("The original video's frame is missing."))
    check_options(order, _options(order.card), FAL)


def _options(card: ModelCard) -> Collection[str]:
    """The options for which a model has a field."""
    ours = endpoint_ids(card)
    return {part for part in (*Ability, REFERENCES) if any(field_of(card, endpoint, part) for endpoint in ours)}


def _endpoint(order: Order) -> str:
    """Our name for the endpoint that takes such an order."""
    if order.method in BY_ID:
        return BY_VIDEO[order.method]
    if order.options.references:
        return REFERENCES if REFERENCES in order.card.endpoints else ""
    if order.options.end is not None and END in order.card.endpoints:
        return END
    return PICTURE if order.picture is not None else ""


def _parts(order: Order, source_url: str | None, endpoint: str) -> Mapping[str, Any]:
    """Every part of an order that has a value."""
    card, options = order.card, order.options
    parts: dict[str, Any] = {PROMPT: order.prompt, VIDEO: source_url, "seed": _seed(order, endpoint)}
    if order.method not in BY_ID:
        parts |= _shape(order, endpoint)
        parts[PICTURE] = _image(order.picture)
        parts[END] = _image(options.end)
        parts[REFERENCES] = [_image(each) for each in options.references] or None
    if order.method not in {RemixMethod.NATIVE, RemixMethod.EDIT}:
        parts["seconds"] = _seconds(card, endpoint, order.seconds)
    return parts | {"sound": options.sound, "negative-prompt": options.negative_prompt or None}


def _seed(order: Order, endpoint: str) -> int | None:
    """A different seed for each order if the model takes one: a lost order is found by it in fal's list."""
    if field_of(order.card, endpoint, "seed") is None:
        return order.options.seed
    if order.options.seed is not None or order.own_name is None:
        return order.options.seed
    return seed_of(order.own_name)


def _shape(order: Order, endpoint: str) -> Mapping[str, str]:
    """Resolution and ratio, as far as the model has names for them."""
    size, shown = order.size, {}
    if field_of(order.card, endpoint, "resolution") is not None:
        shown["resolution"] = resolution_of(size)
    if field_of(order.card, endpoint, "ratio") is not None:
        shown["ratio"] = _ratio(size)
    return shown


def resolution_of(size: Size) -> str:
    return f"{min(size.width, size.height)}p"


def ratio_near(size: Size) -> str | None:
    exact = Fraction(size.width, size.height)
    name = min(BY_RATIO, key=lambda each: abs(BY_RATIO[each] / exact - 1))
    return None if abs(BY_RATIO[name] / exact - 1) > NEAR else name


def _ratio(size: Size) -> str:
    """Raises Refused for a size that is close to none of the available ratios."""
    if (name := ratio_near(size)) is None:
        raise Refused(msg("fal has no aspect ratio for {size}.", size=Term(str(size))))
    return name


def _seconds(card: ModelCard, endpoint: str, seconds: int) -> int | str | None:
    """A model with a single length has no field for it."""
    field = field_of(card, endpoint, "seconds")
    if field is None and len(card.seconds) == 1:
        return None
    return seconds if field is None else field.written(seconds)


def _image(png: bytes | None) -> str | None:
    return None if png is None else data_uri(png)


def _field(card: ModelCard, endpoint: str, part: str) -> FieldName:
    """Raises Refused: an omitted part of an order would be paid for all the same."""
    field = field_of(card, endpoint, part)
    if field is None:
        raise Refused(
            msg(
                "The catalogue has no name of {part} for {model} at fal. Whoever runs this bot can add it under "
                "`[models.{id}.fields]`.",
                part=Term(f"`{part}`"),
                model=Model(card.label),
                id=Term(card.id),
            )
        )
    return field
