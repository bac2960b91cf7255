"""How prices of a model and of its accounts are written in TOML, and the errors for wrong values.

All functions raise ValueError.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.domain.models.card import one_of
from bot.domain.money.usd import Usd
from bot.domain.video import RemixMethod, Size
from bot.providers.catalogue.error_location import Within
from bot.providers.catalogue.units import dollars_in, unit_prices

SOUND = {"on": True, "off": False}


def method(name: str) -> RemixMethod:
    known = [each.value for each in RemixMethod]
    if name not in known:
        raise ValueError(f"{name!r} is no way to remix; there are {one_of(map(repr, known))}")
    return RemixMethod(name)


def prices(value: object) -> dict[Size, Usd]:
    match value:
        case dict():
            return {_sized(size): _priced(size, amount) for size, amount in value.items()}
        case _:
            raise ValueError('has to be a table of sizes and prices, such as "1280x720" = "0.10"')


def _sized(size: str) -> Size:
    try:
        return Size.of(size)
    except ValueError as error:
        raise Within(size, str(error)) from None


def _priced(size: str, amount: object) -> Usd:
    try:
        return price(amount)
    except ValueError as error:
        raise Within(size, f"{size}: {error}") from None


def remix_prices(value: object) -> dict[RemixMethod, dict[Size, Usd]]:
    match value:
        case dict():
            return {method(name): prices(table) for name, table in value.items()}
        case _:
            raise ValueError("has to be written as [models.ID.remix_price.METHOD], with sizes and prices")


def sound_prices(value: object) -> dict[bool, dict[Size, Usd]]:
    match value:
        case dict() if value.keys() <= SOUND.keys():
            return {SOUND[name]: prices(table) for name, table in value.items()}
        case _:
            raise ValueError("has to be written as [models.ID.sound_price.on] or [models.ID.sound_price.off]")


def source_prices(value: object) -> dict[RemixMethod, Usd | dict[Size, Usd]]:
    """One price of a method for all sizes, or one for each."""
    match value:
        case dict():
            return {method(name): _source_price(name, given) for name, given in value.items()}
        case _:
            raise ValueError("has to be written as [models.ID.source_price], with a price for each remix method")


def _source_price(name: str, given: object) -> Usd | dict[Size, Usd]:
    if isinstance(given, dict):
        return prices(given)
    try:
        return price(given)
    except ValueError as error:
        raise Within(name, f"{name}: {error}") from None


def account_prices(value: object) -> dict[str, dict[str, Any]]:
    match value:
        case dict() if value and all(isinstance(table, dict) and table for table in value.values()):
            return {account: _of_account(account, table) for account, table in value.items()}
        case _:
            raise ValueError("has to be written as [models.ID.at.ACCOUNT], with prices")


def _of_account(account: str, table: Mapping[str, object]) -> dict[str, Any]:
    return {field: _account_price(account, field, value) for field, value in table.items()}


def _account_price(account: str, field: str, value: object) -> object:
    if field not in PRICE_READERS:
        there = f"{field!r} is nothing that an account can have for itself; there are"
        raise Within(field, f"{account}: {there} {one_of(map(repr, PRICE_READERS))}", inside=account)
    try:
        return PRICE_READERS[field](value)
    except Within as error:
        raise Within(error.entry, f"{account} {field} {error}", inside=account) from None
    except ValueError as error:
        raise Within(field, f"{account} {field} {error}", inside=account) from None


def price(value: object) -> Usd:
    dollars = dollars_in(value)
    try:
        return Usd.of(dollars)
    except ValueError:
        raise ValueError(f"{value} is finer than a micro-dollar, so it cannot be charged") from None


PRICE_READERS: Mapping[str, Callable[[object], Any]] = {
    "price": prices,
    "unit_price": unit_prices,
    "remix_price": remix_prices,
    "sound_price": sound_prices,
    "source_price": source_prices,
    "picture_price": price,
    "reference_price": price,
}
