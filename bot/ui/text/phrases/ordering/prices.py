"""What a model's videos cost, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.domain.messages import Count, Message, Money, PerSecond, Term, msg, msg_n, value
from bot.domain.models.card import ModelCard
from bot.domain.models.prices import AccountPrices, BySize, Input, Surcharge
from bot.domain.money.usd import FREE, Usd
from bot.domain.video import RemixMethod, Size
from bot.jobs.providers.health import ModelReport
from bot.ui.text.phrases.values import dotted, lines

REMIXES = {
    RemixMethod.NATIVE: msg("edit of the original"),
    RemixMethod.EDIT: msg("edit of the original"),
    RemixMethod.EXTEND: msg("extension of the original"),
    RemixMethod.SOURCE: msg("new take from the whole video"),
    RemixMethod.FRAME: msg("new take from the first frame"),
    RemixMethod.LAST_FRAME: msg("continuation of the last frame"),
    RemixMethod.REPROMPT: msg("new take from both prompts"),
}


def of_model(card: ModelCard) -> Message:
    """Sizes with the same price together, cheapest first; then extra charges, and sizes without a price."""
    unknown = [size for size in card.sizes if size not in card.per_second]
    rows = list(_rows(card.prices, card.sizes))
    if unknown:
        rows.append(msg("price unknown, so they can't be ordered: {sizes}", sizes=Term(_row(unknown))))
    return lines(*rows)


def elsewhere(report: ModelReport) -> Iterator[Message]:
    """The prices of accounts with prices of their own."""
    for place in report.runs_at:
        if place.prices is not None:
            rows = _rows(place.prices, report.card.sizes)
            yield msg("{service}: {prices}", service=place.service, prices=dotted(*rows))


def _rows(prices: AccountPrices, sizes: Sequence[Size]) -> Iterator[Message]:
    is_beside = bool(prices.per_video)
    for price, some in _by_price(sizes, prices.per_second):
        if price != FREE or not is_beside:
            yield msg("{price}/s: {sizes}", price=PerSecond(price), sizes=Term(some))
    for price, some in _by_price(sizes, prices.per_video):
        yield _a_video(prices, Money(price), Term(some))
    for sound, by_size in prices.sound_per_second.items():
        for price, some in _by_price(sizes, by_size):
            yield _with_sound(price, some, sound=sound)
    yield from _for_inputs(prices)
    yield from _for_remixes(prices)


def _a_video(prices: AccountPrices, price: Money, sizes: Term) -> Message:
    if prices.gpu is not None:
        return msg("at most {price} a video, by the time it takes: {sizes}", price=price, sizes=sizes)
    return msg("{price} a video: {sizes}", price=price, sizes=sizes)


def _with_sound(price: Usd, sizes: str, *, sound: bool) -> Message:
    if sound:
        return msg("{price}/s with sound: {sizes}", price=PerSecond(price), sizes=Term(sizes))
    return msg("{price}/s without sound: {sizes}", price=PerSecond(price), sizes=Term(sizes))


def _for_inputs(prices: AccountPrices) -> Iterator[Message]:
    if prices.per_picture != FREE:
        yield msg("{price} for each image to start from or to end with", price=PerSecond(prices.per_picture))
    if prices.per_reference != FREE:
        yield msg("{price} for each reference image", price=PerSecond(prices.per_reference))


def _for_remixes(prices: AccountPrices) -> Iterator[Message]:
    """Sizes are left out, as each method would repeat all rows."""
    for way, price in _spans(prices.remix_per_second):
        yield msg("{price}/s as {way}", price=price, way=REMIXES[way])
    for way, price in _spans(prices.source_per_second):
        yield msg("{price} for each second of the original, as {way}", price=price, way=REMIXES[way])


def _spans(tables: Mapping[RemixMethod, BySize]) -> Iterator[tuple[RemixMethod, Message]]:
    for way, by_size in tables.items():
        if (known := sorted(by_size.values())) and known[-1] != FREE:
            yield way, _span(known[0], known[-1])


def _span(least: Usd, most: Usd) -> Message:
    if least == most:
        return value(PerSecond(most))
    return msg("{least} to {most}", least=PerSecond(least), most=PerSecond(most))


def _by_price(sizes: Sequence[Size], prices: BySize) -> list[tuple[Usd, str]]:
    """The sizes of each price."""
    found: dict[Usd, list[Size]] = {}
    for size in sizes:
        if (price := prices.get(size)) is not None:
            found.setdefault(price, []).append(size)
    return [(price, _row(found[price])) for price in sorted(found)]


def _row(sizes: Sequence[Size]) -> str:
    return ", ".join(map(str, sizes))


def surcharge(more: Surcharge) -> Message:
    """The part of a quote that is for additional images."""
    price = PerSecond(more.price)
    match more.input:
        case Input.PICTURE:
            return msg_n("{price} for {count} image", "{price} for {count} images", more.number, price=price)
        case Input.REFERENCE:
            return msg_n(
                "{price} for {count} reference image", "{price} for {count} reference images", more.number, price=price
            )
        case Input.SOURCE:
            return msg("{price} for {seconds} s of the original", price=price, seconds=Count(more.number))
