"""The price of a second at OpenRouter, from `pricing_skus`: amounts under names that state unit and use.

Names seen (2026-10): `duration_seconds`, `text_to_video_duration_seconds`, `cents_per_second_output`,
`cents_per_video_output_second`, `video_tokens`, each for all resolutions or for one (`…_720p`), some with or without
sound; `cents_per_image_input` for a picture. An unknown name may apply to our orders, so such a model has no price at
all. If there are several names, the highest price counts: a quote may be too high, never too low.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from enum import Enum

from bot.data_classes import value_object
from bot.domain.models.prices import rounded_up
from bot.domain.money.usd import MICROS_PER_DOLLAR, Usd
from bot.domain.video import Size
from bot.providers.common.sizes import size_of

RESOLUTION = r"\d+(?:p|k)"
SECOND = re.compile(
    rf"(?P<family>(?:(?:text|image)_to_video_)?duration_seconds|cents_per_second_output|cents_per_video_output_second"
    rf"|per-video-second|video_tokens)"
    rf"(?:_(?P<sound>with|without)_audio)?(?:[_-](?P<resolution>{RESOLUTION}))?"
)
PICTURE = "cents_per_image_input"
# For orders that Kinora does not send: with references, or with a video to continue.
OTHER_ORDERS = re.compile(rf"reference_(images|duration_seconds)(_{RESOLUTION})?|video_tokens\w*_with_video_input")
CONTINUATION = re.compile(rf"cents_per_second_video_continuation(_{RESOLUTION})?")
DEARER_REMIX = re.compile("continuation|with_video_input|reference_duration")

FRAMES = 24  # per second, plus one in all; recorded: a 4 s video was charged for 97
PIXELS = 1024  # per token
MARGIN = Decimal("1.05")  # for a resolution's pixels: Seedance makes 640x640 of "480p 1:1", and 864x496 of 16:9


class Unit(Enum):
    DOLLARS = "dollars"
    CENTS = "cents"
    TOKENS = "tokens"

    @classmethod
    def of(cls, family: str) -> Unit:
        if family.startswith("cents"):
            return cls.CENTS
        return cls.TOKENS if family == "video_tokens" else cls.DOLLARS


@value_object
class Rate:
    """One recognised price per second or per token."""

    family: str  # the name without the resolution
    unit: Unit
    amount: Decimal
    resolution: str | None  # None: for all resolutions without their own rate


@value_object
class Prices:
    """What a model charges for orders as Kinora sends them."""

    rates: tuple[Rate, ...]
    per_picture: Usd
    native_is_dearer: bool  # continuing a video is charged differently from the quoted seconds

    @classmethod
    def of(cls, skus: object, *, sound: bool) -> Prices | None:
        """None if any of the prices is not understood.

        `sound`: whether the video has any.
        """
        if not isinstance(skus, dict):
            return None
        try:
            rates = tuple(_rates(skus, sound=sound))
            per_picture = rounded_up(_amount(skus.get(PICTURE, "0"), least=0) / 100)
        except ValueError:
            return None
        return cls(
            rates=rates,
            per_picture=per_picture,
            native_is_dearer=any(DEARER_REMIX.search(name) for name in skus),
        )

    def per_second(self, size: Size, resolution: str, shortest: int) -> Usd | None:
        """The price of a second; `shortest` is the model's shortest video (seconds). None if there is none."""
        families = {rate.family for rate in self.rates}
        found = [rate for family in families if (rate := self._for(family, resolution.lower())) is not None]
        return max((_dollars(rate, size, resolution, shortest) for rate in found), default=None)

    def _for(self, family: str, resolution: str) -> Rate | None:
        mine = {rate.resolution: rate for rate in self.rates if rate.family == family}
        return mine.get(resolution, mine.get(None))


def _rates(skus: Mapping[str, object], *, sound: bool) -> Iterator[Rate]:
    """Raises ValueError for a name or an amount that is not understood."""
    for name, value in skus.items():
        if name == PICTURE or OTHER_ORDERS.fullmatch(name) or CONTINUATION.fullmatch(name):
            continue
        match = SECOND.fullmatch(name)
        if match is None:
            raise ValueError(f"{name} is not understood")
        if match["sound"] == ("without" if sound else "with"):
            continue
        yield Rate(
            family=f"{match['family']} {match['sound'] or ''}",
            unit=Unit.of(match["family"]),
            amount=_amount(value),
            resolution=match["resolution"],
        )


def _amount(value: object, least: int | None = None) -> Decimal:
    """A positive amount, or one of at least `least`. ValueError for anything else: "0" may mean "unknown"."""
    try:
        amount = Decimal(value) if isinstance(value, str) else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not (amount > 0 if least is None else amount >= least) or amount > MICROS_PER_DOLLAR:
        raise ValueError(f"{value!r} is no price")
    return amount


def _dollars(rate: Rate, size: Size, resolution: str, shortest: int) -> Usd:
    match rate.unit:
        case Unit.DOLLARS:
            return rounded_up(rate.amount)
        case Unit.CENTS:
            return rounded_up(rate.amount / 100)
        case Unit.TOKENS:
            frames = FRAMES + Decimal(1) / shortest
            return rounded_up(rate.amount * _pixels(size, resolution) * frames / PIXELS)


def _pixels(size: Size, resolution: str) -> Decimal:
    """Of a frame: those ordered, or the most that the resolution can mean, whichever is more."""
    usual = size_of(resolution, "16:9") or size
    return max(Decimal(size.width * size.height), usual.width * usual.height * MARGIN)
