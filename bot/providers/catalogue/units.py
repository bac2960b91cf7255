"""How prices by units other than seconds are written in TOML."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation

from bot.domain.models.card import one_of
from bot.domain.models.prices import GpuTime
from bot.domain.models.unit_prices import UnitPrices
from bot.providers.catalogue.error_location import Within

GPU_TIME = {"gpu_second": 1, "gpu_hour": 3600}  # seconds in each
MOST_TIME = "most_gpu_seconds"
FRAMES = ("megapixel_frame", "million_tokens")
PRICES = ("video", *GPU_TIME, *FRAMES)
NUMBERS = ("rate", MOST_TIME)
TABLE = "[models.ID.unit_price]"
MOST_DOLLARS = 10_000  # for one unit; a higher figure is a typing error
MOST_DECIMALS = 12


def unit_prices(value: object) -> UnitPrices:
    """Raises ValueError with what is wrong."""
    if not isinstance(value, dict) or not value:
        raise ValueError(f"has to be written as {TABLE}, with {one_of(PRICES)}")
    for key in value.keys() - {*PRICES, *NUMBERS}:
        raise Within(key, f"{key!r} is no unit; there are {one_of(map(repr, (*PRICES, *NUMBERS)))}")
    _one_at_most(value, GPU_TIME, "are both the time of a graphics card")
    _one_at_most(value, FRAMES, "both count the frames of a video")
    given = {key: _dollars(key, value[key]) for key in ("video", *FRAMES) if key in value}
    return UnitPrices(**given, rate=_whole("rate", value.get("rate", UnitPrices().rate)), gpu=_gpu(value))


def _one_at_most(value: Mapping[str, object], keys: Collection[str], why: str) -> None:
    if len(both := [key for key in keys if key in value]) > 1:
        raise Within(both[1], f"{both[0]} and {both[1]} {why}; keep the one that is charged")


def _gpu(value: Mapping[str, object]) -> GpuTime | None:
    unit = next((key for key in GPU_TIME if key in value), None)
    if (unit is None) != (MOST_TIME not in value):
        key = unit or MOST_TIME
        raise Within(key, f"{unit or one_of(GPU_TIME)} and {MOST_TIME} go together: a quote is the most it can cost")
    if unit is None:
        return None
    dollars, most = _dollars(unit, value[unit]), _whole(MOST_TIME, value[MOST_TIME])
    return GpuTime(dollars=dollars, unit=GPU_TIME[unit], most_seconds=most)


def _dollars(key: str, amount: object) -> Decimal:
    try:
        return dollars_in(amount)
    except ValueError as error:
        raise Within(key, f"{key}: {error}") from None


def dollars_in(amount: object) -> Decimal:
    """From text, because TOML would round a number before we see it. May be finer than a micro-dollar."""
    try:
        dollars = Decimal(amount) if isinstance(amount, str) else Decimal("NaN")
    except InvalidOperation:
        dollars = Decimal("NaN")
    if not dollars.is_finite() or dollars < 0:
        raise ValueError(f'{amount!r} is no price; it has to be dollars in quotes, such as "0.10"')
    if dollars > MOST_DOLLARS:
        raise ValueError(f"{amount} is more than ${MOST_DOLLARS:,}, which is taken for a slip")
    if dollars != round(dollars, MOST_DECIMALS):
        raise ValueError(f"{amount} has more than {MOST_DECIMALS} decimals")
    return dollars


def _whole(key: str, number: object) -> int:
    if type(number) is not int or number <= 0:
        raise Within(key, f"{key}: has to be a whole number of at least 1")
    return number
