"""`python -m bot models list`: a table of the catalogue, as it can be ordered now."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date

from bot.clock import SystemClock
from bot.doctor.models import every_card, orderable
from bot.domain.models.card import ModelCard
from bot.domain.models.prices import AccountPrices
from bot.domain.money.usd import FREE, Usd
from bot.domain.video import Size
from bot.settings import Settings
from bot.wiring.providers import providers_so_far

HEAD = ("model", "provider", "host", "a second", "shortest", "beside", "dates", "note")


def list_models(settings: Settings) -> int:
    """Print what can be ordered, the default first, then the rest with the reasons. Raises CannotStart."""
    providers = providers_so_far(settings)
    hosts = {name: provider.host for name, provider in providers.items()}
    cards = orderable(settings, providers).cards
    others = [(card, shown) for card, shown in every_card(settings) if card.id not in cards]
    today = SystemClock().now().date()
    lines = [row(card, hosts, today) for card in cards.values()]
    if lines:
        lines[0] = (*lines[0][:-1], "; ".join(filter(None, ("the default", lines[0][-1]))))
    lines += [row(card, hosts, today, is_shown=is_shown) for card, is_shown in others]
    sys.stdout.write(table([HEAD, *lines]))
    return 0


def row(card: ModelCard, hosts: Mapping[str, str], today: date, *, is_shown: bool = True) -> tuple[str, ...]:
    account = next((name for name in card.account_names if name in hosts), card.account)
    host = hosts.get(account)
    reason = why_not(card, host, today, is_shown=is_shown)
    ends = card.ends(host) if host else None
    dates = [f"ends {ends}"] * bool(ends) + [f"priced {card.priced}"] * bool(card.priced)
    beside = "; ".join(filter(None, (_beside(card.prices_of(account)), _elsewhere(card, hosts))))
    return (card.id, account, host or "–", *_prices(card), beside, ", ".join(dates), reason)


def why_not(card: ModelCard, host: str | None, today: date, *, is_shown: bool) -> str:
    """Why it cannot be ordered, or not in every size; empty if it can."""
    lacking = [str(size) for size in card.sizes if size not in card.per_second]
    if not is_shown:
        return "hidden (enabled = false)"
    if host is None:
        return f"{card.account} is off: its key is not set"
    if not card.served_by(host):
        return f"for {', '.join(card.hosts)} only"
    if gone := card.retirement(host, today):
        return f"closed on {gone.since}"
    if len(lacking) == len(card.sizes):
        return "no price, so it can't be ordered"
    return f"no price for {', '.join(lacking)}" if lacking else ""


def _prices(card: ModelCard) -> tuple[str, str]:
    """The price of a second, from the cheapest to the dearest size, and of the cheapest clip."""
    priced = [size for size in card.sizes if size in card.per_second]
    if not priced:
        return "–", "–"
    known, shortest = sorted(card.per_second[size] for size in priced), min(card.seconds)
    span = str(known[0]) if known[0] == known[-1] else f"{known[0]}–{known[-1]}"
    return span, f"{shortest} s for {min(card.quote(shortest, size) for size in priced)}"


def _beside(prices: AccountPrices) -> str:
    """What is charged in addition to the seconds, and where a second costs something else."""
    parts = [f"{amount} {what}" for amount, what in _for_inputs(prices) if amount != FREE]
    for sound, by_size in prices.sound_per_second.items():
        parts += _dearest(by_size, f"a second {'with' if sound else 'without'} sound")
    for way, by_size in prices.remix_per_second.items():
        parts += _dearest(by_size, f"a second by {way.value}")
    for way, by_size in prices.source_per_second.items():
        parts += _dearest(by_size, f"a second of the original by {way.value}")
    if prices.gpu is not None:
        parts.append(f"up to {prices.gpu.bound} for a graphics card's time")
    return ", ".join(parts)


def _for_inputs(prices: AccountPrices) -> Sequence[tuple[Usd, str]]:
    return (prices.per_picture, "an image"), (prices.per_reference, "a reference image")


def _dearest(by_size: Mapping[Size, Usd], what: str) -> list[str]:
    return [f"{max(by_size.values())} {what}"] if by_size else []


def _elsewhere(card: ModelCard, hosts: Mapping[str, str]) -> str:
    """The cheapest clip at accounts with prices of their own."""
    seconds = min(card.seconds)
    found = [
        f"at {name} {seconds} s for {min(card.quote(seconds, size, account=name) for size in own.per_second)}"
        for name, own in card.prices_at.items()
        if name in hosts and own.per_second
    ]
    return ", ".join(found)


def table(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    padded = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "".join(f"{line.rstrip()}\n" for line in padded)
