"""OpenRouter's list of video models, converted to fields of model cards.

It omits models that edit or upscale a given video (they list no lengths), and sizes that an order cannot name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from bot.domain.models.abilities import Ability
from bot.domain.money.usd import FREE
from bot.domain.video import RemixMethod, Size
from bot.providers.catalogue.load import LONGEST_ID, Fields
from bot.providers.common.sizes import SHORT_SIDES, shape_of, size_of
from bot.providers.openrouter.prices import Prices
from bot.providers.openrouter.requests import NEGATIVE_PROMPTS

PROVIDER = "openrouter"
NAME = re.compile(r"[\w.:/@+-]{1,100}", re.ASCII)
LONGEST_LABEL = 60  # characters
USUAL_SECONDS = 5  # the default length is the one closest to it
USUAL_SHORT_SIDE = 720  # pixels; the default size is the 16:9 one closest to it


def rows_of(listed: Sequence[object], day: date, order_id: Collection[str] = ()) -> dict[str, Fields]:
    """Fields by model id, in the order of the list. `day` is when it was read; `taken` are ids of other dialects.

    An id is the host's name of the model without its vendor, unless another model already has that.
    """
    models = [entry for entry in listed if isinstance(entry, dict) and NAME.fullmatch(_text(entry.get("id")))]
    shorts = Counter(_short(entry["id"]) for entry in models)
    rows: dict[str, Fields] = {}
    for entry in models:
        remote, short = entry["id"], _short(entry["id"])
        model = remote if shorts[short] > 1 or short in order_id else short
        fields = _fields(entry, day)
        if fields is not None and len(model) <= LONGEST_ID:
            rows[model] = fields
    return rows


def _short(remote: str) -> str:
    return remote.rpartition("/")[2] or remote


def _fields(entry: dict[str, Any], day: date) -> Fields | None:
    """None for a model that does not make new videos."""
    lengths = sorted({length for length in _list(entry.get("supported_durations"), int) if length > 0})
    sizes = list(dict.fromkeys(_sizes(entry)))
    if not lengths or not sizes:
        return None
    prices = Prices.of(entry.get("pricing_skus"), sound=entry.get("generate_audio") is True)
    price = {size: cost for size in sizes if (cost := _price(prices, entry, size, lengths[0])) is not None}
    takes_picture = "first_frame" in _list(entry.get("supported_frame_images"), str)
    extra: Fields = {"picture_price": prices.per_picture} if prices else {}
    if silent := _silent_prices(entry, price, lengths[0]):
        extra["sound_price"] = {False: silent}
    return extra | {
        "label": _label(entry),
        "provider": PROVIDER,
        "remote": entry["id"],
        "seconds": tuple(sorted(lengths, key=lambda length: (length != _nearest(lengths), length))),
        "sizes": _usual_first([size for size in sizes if size in price] or sizes),
        "price": price,
        "priced": day,
        "picture": takes_picture,
        "remix": _remix(prices, takes_picture=takes_picture),
        "options": frozenset(_options(entry, takes_picture=takes_picture)),
    }


def _silent_prices(entry: dict[str, Any], price: Mapping[Size, Any], shortest: int) -> dict[Size, Any]:
    """Where a video without sound has a different price."""
    if entry.get("generate_audio") is not True:
        return {}
    silent = Prices.of(entry.get("pricing_skus"), sound=False)
    prices = {size: _price(silent, entry, size, shortest) for size in price}
    return {size: cost for size, cost in prices.items() if cost is not None and cost != price[size]}


def _options(entry: dict[str, Any], *, takes_picture: bool) -> Iterator[Ability]:
    """The list does not say which of them take reference pictures."""
    if entry.get("generate_audio") is True:
        yield Ability.SOUND
    if entry.get("seed") is True:
        yield Ability.SEED
    if takes_picture and "last_frame" in _list(entry.get("supported_frame_images"), str):
        yield Ability.END
    _, field = NEGATIVE_PROMPTS.get(entry["id"].partition("/")[0], ("", ""))
    if field in _list(entry.get("allowed_passthrough_parameters"), str):
        yield Ability.NEGATIVE_PROMPT


def _sizes(entry: dict[str, Any]) -> Iterator[Size]:
    """The model's own list if it has one, otherwise each resolution in each ratio."""
    resolutions = _list(entry.get("supported_resolutions"), str)
    ratios = _list(entry.get("supported_aspect_ratios"), str)
    if not (own := _list(entry.get("supported_sizes"), str)):
        yield from (size for one in resolutions for ratio in ratios if (size := size_of(one, ratio)) is not None)
        return
    for text in own:
        try:
            size = Size.of(text)
        except ValueError:
            continue
        shape = shape_of(size)
        if shape is None or (shape[0] in resolutions and shape[1] in ratios):  # as an order will name it
            yield size


def _price(prices: Prices | None, entry: dict[str, Any], size: Size, shortest: int) -> Any:
    resolution = resolution_of(size, _list(entry.get("supported_resolutions"), str))
    return prices.per_second(size, resolution, shortest) if prices and resolution else None


def resolution_of(size: Size, resolutions: Collection[str]) -> str | None:
    """A size's resolution among the model's: by its shorter side, otherwise by its number of pixels."""
    if (shape := shape_of(size)) is not None:
        return shape[0] if shape[0] in resolutions else None
    pixels = {one: whole.width * whole.height for one in resolutions if (whole := size_of(one, "16:9")) is not None}
    return min(pixels, key=lambda one: abs(pixels[one] - size.width * size.height), default=None)


def _remix(prices: Prices | None, *, takes_picture: bool) -> tuple[RemixMethod, ...]:
    """The list does not say if a model can continue its own video; trying is free, and a no leads to the next method.

    Not if that method, or the next, costs something else: the price is shown before the method is certain.
    """
    same_price = prices is not None and not prices.native_is_dearer and prices.per_picture == FREE
    native = (RemixMethod.NATIVE,) if same_price else ()
    frames = (RemixMethod.FRAME, RemixMethod.LAST_FRAME) if takes_picture else ()
    return (*native, *frames, RemixMethod.REPROMPT)


def _label(entry: dict[str, Any]) -> str:
    """The name with its vendor, without which some are unclear: `Kling: Video O1` is `Kling Video O1`."""
    return (_text(entry.get("name")).replace(": ", " ", 1) or _short(entry["id"]))[:LONGEST_LABEL]


def _nearest(lengths: Sequence[int]) -> int:
    return min(lengths, key=lambda length: abs(length - USUAL_SECONDS))


def _usual_first(sizes: list[Size]) -> tuple[Size, ...]:
    wide = [size for size in sizes if shape_of(size) and shape_of(size) in {(one, "16:9") for one in SHORT_SIDES}]
    first = min(wide, key=lambda size: abs(size.height - USUAL_SHORT_SIDE), default=sizes[0])
    return (first, *(size for size in sizes if size != first))


def _text(value: object) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""


def _list(value: object, kind: type[Any]) -> list[Any]:
    """The entries of that type; a bool does not count as a number."""
    return [entry for entry in value if type(entry) is kind] if isinstance(value, list) else []
