"""How prices by other measures than a second are written in TOML, and what they make of a card's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.domain.models.card import one_of
from bot.domain.models.unit_prices import UnitPrices
from bot.domain.money.usd import FREE, Usd
from bot.domain.video import Size
from bot.providers.catalogue.error_location import Within

PRICES = ("video", "gpu_second", "megapixel_frame", "million_tokens")
NUMBERS = ("rate", "most_gpu_seconds")
TABLE = "[models.ID.unit_price]"


def unit_prices(value: object) -> UnitPrices:
    """Raises ValueError with what is wrong."""
    if not isinstance(value, dict) or not value:
        raise ValueError(f"has to be written as {TABLE}, with {one_of(PRICES)}")
    for key in value.keys() - {*PRICES, *NUMBERS}:
        raise Within(key, f"{key!r} is no unit; there are {one_of(map(repr, (*PRICES, *NUMBERS)))}")
    if ("gpu_second" in value) != ("most_gpu_seconds" in value):
        raise Within("gpu_second", "gpu_second and most_gpu_seconds go together: a quote is the most it can cost")
    given: dict[str, Any] = {key: _dollars(key, value[key]) for key in PRICES if key in value}
    given |= {key: _whole(key, value[key]) for key in NUMBERS if key in value}
    return UnitPrices(**given)


def _dollars(key: str, amount: object) -> Decimal:
    """As text: a number in TOML would be rounded before we see it. Finer than a micro-dollar is fine here."""
    try:
        dollars = Decimal(amount) if isinstance(amount, str) else Decimal("NaN")
    except InvalidOperation:
        dollars = Decimal("NaN")
    if not dollars.is_finite() or dollars < 0:
        raise Within(key, f'{key}: {amount!r} is no price; it has to be dollars in quotes, such as "0.10"')
    return dollars


def _whole(key: str, number: object) -> int:
    if type(number) is not int or number <= 0:
        raise Within(key, f"{key}: has to be a whole number of at least 1")
    return number


def each_second(units: UnitPrices | None, sizes: Sequence[Size], prices: Mapping[Size, Usd]) -> Mapping[Size, Usd]:
    """What a second costs in each size, with what the units come to. Without units, as it was."""
    if units is None:
        return prices
    return {size: prices.get(size, FREE) + units.each_second(size) for size in sizes}


def each_video(units: UnitPrices | None, sizes: Sequence[Size]) -> Mapping[Size, Usd]:
    """What a video costs beside its seconds."""
    if units is None:
        return {}
    return {size: price for size in sizes if (price := units.each_video(size)) != FREE}
