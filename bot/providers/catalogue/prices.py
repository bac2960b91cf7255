"""Combines the price fields of a model, or of one of its accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.models.prices import AccountPrices, BySize
from bot.domain.models.unit_prices import UnitPrices
from bot.domain.money.usd import FREE, Usd
from bot.domain.video import Size

Fields = Mapping[str, Any]

BY_SIZE = ("remix_price", "sound_price", "source_price")  # tables of tables


def prices_in(fields: Fields) -> AccountPrices:
    """The prices in a model's parsed fields."""
    sizes, units = fields["sizes"], fields.get("unit_price")
    return AccountPrices(
        per_second=_each_second(units, sizes, fields.get("price", {})),
        remix_per_second=_with_units(units, fields.get("remix_price", {})),
        sound_per_second=_with_units(units, fields.get("sound_price", {})),
        source_per_second={way: _by_size(price, sizes) for way, price in fields.get("source_price", {}).items()},
        per_video=_each_video(units, sizes),
        per_picture=fields.get("picture_price", FREE),
        per_reference=fields.get("reference_price", FREE),
        gpu=None if units is None else units.gpu,
    )


def prices_at(fields: Fields) -> Mapping[str, AccountPrices]:
    """For each account with its own prices; whatever it does not specify is as at the others."""
    return {name: prices_in(over(fields, own)) for name, own in fields.get("at", {}).items()}


def over(before: Fields, fields: Fields) -> dict[str, Any]:
    """Later values take precedence, field by field; prices per second size by size."""
    return {**before, **fields, "price": before.get("price", {}) | fields.get("price", {})}


def _each_second(units: UnitPrices | None, sizes: tuple[Size, ...], prices: BySize) -> BySize:
    """The price per second for each size, including its units. Without units, unchanged."""
    if units is None:
        return prices
    return {size: prices.get(size, FREE) + units.each_second(size) for size in sizes}


def _with_units(units: UnitPrices | None, tables: Mapping[Any, BySize]) -> Mapping[Any, BySize]:
    """Units are charged in addition to any price per second."""
    return {key: _each_second(units, tuple(prices), prices) for key, prices in tables.items()}


def _by_size(price: Usd | BySize, sizes: tuple[Size, ...]) -> BySize:
    return dict.fromkeys(sizes, price) if isinstance(price, Usd) else price


def _each_video(units: UnitPrices | None, sizes: tuple[Size, ...]) -> BySize:
    """What a video costs in addition to its seconds."""
    if units is None:
        return {}
    return {size: price for size in sizes if (price := units.each_video(size)) != FREE}
