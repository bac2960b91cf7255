"""fal's stated prices of a model as catalogue tables: whatever is uncertain stays a comment."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from bot.data_classes import value_object
from bot.domain.money.usd import MICROS_PER_DOLLAR
from bot.domain.ports.provider import UnitPrice

SECOND, FRAMES = "second", ("megapixel_frame", "million_tokens")
GPU_TIME = ("gpu_second", "gpu_hour")
USUAL_RATE = 24
BY_PAGE = "# Its page says what sizes and sound cost."
BY_TIME = "# How long one video may take is for you to say."
MEASURES = {  # fal's units, in the singular, and the catalogue's unit with its number of them
    "second": (SECOND, 1),
    "video second": (SECOND, 1),
    "video": ("video", 1),
    "generation": ("video", 1),
    "request": ("video", 1),
    "megapixel": ("megapixel_frame", 1),
    "1m token": ("million_tokens", 1),
    "million token": ("million_tokens", 1),
    "1k token": ("million_tokens", 1000),
    "1000 token": ("million_tokens", 1000),
    "compute second": ("gpu_second", 1),
    "gpu second": ("gpu_second", 1),
    "gpu minute": ("gpu_hour", 60),
    "gpu hour": ("gpu_hour", 1),
}


@value_object
class Priced:
    """What a model's descriptions say, as far as it matters for its price. `rate`: frames per second, if known."""

    endpoints: Sequence[str]
    sizes: Sequence[str]
    lengths: Sequence[int]
    resolutions: int
    has_sound: bool
    rate: int | None

    def is_sure(self, key: str) -> bool:
        """Whether nothing in an order can change the price."""
        if key in GPU_TIME or self.has_sound or not self.sizes:
            return False  # only a person can say how long a video may take
        if key in FRAMES:
            return self.rate is not None and bool(self.lengths)
        return self.resolutions == 1 and (key == SECOND or len(self.lengths) == 1)


def price_tables(model: str, priced: Priced, said: Sequence[UnitPrice | None], today: date) -> Iterator[str]:
    """`said`: the price of each endpoint."""
    known = [price for price in said if price is not None]
    dearest = max(known, key=lambda price: price.price, default=None)
    key, amount = ("", Decimal(0)) if dearest is None else _measured(dearest)
    is_sure = bool(key) and set(said) == {dearest} and priced.is_sure(key)
    if not is_sure:
        yield from _comments(priced, said, today, ask=BY_TIME if key in GPU_TIME else BY_PAGE)
    if key in {"", SECOND}:
        yield f"[models.{json.dumps(model)}.price]"
        yield from _by_second(priced, _written(amount) if key else "?", is_sure=is_sure)
    else:
        mark = "" if is_sure else "# "
        yield f"{mark}[models.{json.dumps(model)}.unit_price]"
        yield from (f"{mark}{line}" for line in _by_unit(priced, key, amount))


def _measured(price: UnitPrice) -> tuple[str, Decimal]:
    """What the price is for, and dollars per unit; an empty unit if unknown."""
    word = " ".join(price.unit.lower().replace("_", " ").split()).removesuffix("s")
    key, times = MEASURES.get(word, ("", 1))
    is_as_fine = price.dollars is None or key == SECOND  # the latter is in whole micro-dollars
    dollars = Decimal(price.price.micros) / MICROS_PER_DOLLAR if is_as_fine else price.dollars
    return key, (dollars or Decimal(0)) * times


def _comments(priced: Priced, said: Sequence[UnitPrice | None], today: date, *, ask: str) -> Iterator[str]:
    yield "# Without a price it cannot be ordered: dollars per second of video, for each size, or by another measure."
    for endpoint, price in zip(priced.endpoints, said, strict=True):
        if price is not None:
            dollars = price.price if price.dollars is None else f"${price.dollars:f}"
            yield f"# {endpoint}: {dollars} by fal on {today} (unit: {price.unit})"
    if any(said):
        yield ask


def _by_second(priced: Priced, amount: str, *, is_sure: bool) -> Iterator[str]:
    for size in priced.sizes or ["1280x720"]:
        yield f'{"" if is_sure else "# "}"{size}" = "{amount}"'


def _by_unit(priced: Priced, key: str, amount: Decimal) -> Iterator[str]:
    yield f'{key} = "{_written(amount)}"'
    if key in GPU_TIME:
        yield "most_gpu_seconds = 600 # that one video takes: a quote counts them all"
    if key in FRAMES:
        unsaid = "" if priced.rate else " # frames a second, which its description does not say"
        yield f"rate = {priced.rate or USUAL_RATE}{unsaid}"


def _written(amount: Decimal) -> str:
    """In dollars, with cents."""
    plain = f"{amount.normalize():f}"
    return plain if len(plain.partition(".")[2]) > 1 else f"{amount:.2f}"
