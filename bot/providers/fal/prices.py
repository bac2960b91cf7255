"""fal's stated prices: one for each endpoint, with the unit it is for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from bot.domain.models.card import ModelCard
from bot.domain.models.prices import rounded_up
from bot.domain.money.usd import MICROS_PER_DOLLAR
from bot.domain.ports.provider import UnitPrice
from bot.providers.common.response import Response
from bot.providers.fal.ids import groups

MOST_DOLLARS = 10_000  # per unit; a higher figure is a mistake


def paths(cards: Collection[ModelCard]) -> Iterator[str]:
    """The queries to send: a model's price is that of its endpoint for a prompt alone."""
    names = sorted({card.remote for card in cards})
    for some in groups(names):
        yield f"/models/pricing?{urlencode([('endpoint_id', name) for name in some])}"


def read(answers: Sequence[Response], cards: Collection[ModelCard]) -> Mapping[str, UnitPrice]:
    """By the card's id; currencies other than dollars are left out."""
    by_name: dict[str, UnitPrice] = {}
    for answer in answers:
        match answer.body:
            case {"prices": [*rows]} if answer.is_ok:
                by_name |= dict(filter(None, map(_row, rows)))
    return {card.id: by_name[card.remote] for card in cards if card.remote in by_name}


def _row(row: object) -> tuple[str, UnitPrice] | None:
    match row:
        case {"endpoint_id": str(name), "unit_price": int() | float() | str() as price, "unit": str(unit), **rest}:
            is_in_dollars = str(rest.get("currency", "USD")).upper() == "USD" and not isinstance(price, bool)
            dollars = _dollars(price) if is_in_dollars else None
            return None if dollars is None else (name, _unit_price(dollars, unit))
        case _:
            return None


def _unit_price(dollars: Decimal, unit: str) -> UnitPrice:
    price = rounded_up(dollars)
    is_finer = dollars * MICROS_PER_DOLLAR != price.micros
    return UnitPrice(price=price, unit=unit, dollars=dollars if is_finer else None)


def _dollars(price: float | str) -> Decimal | None:
    try:
        dollars = Decimal(str(price))
    except InvalidOperation:
        return None
    return dollars if dollars.is_finite() and 0 <= dollars <= MOST_DOLLARS else None
