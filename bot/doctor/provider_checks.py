"""The video services, and the models that can be ordered from them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from bot.config.started_as import COMMAND
from bot.doctor.report import Finding, failure, fine, warning
from bot.domain.errors import AccountTrouble, CannotStart, Unavailable
from bot.domain.models.card import ModelCard
from bot.domain.models.catalogue import Catalogue
from bot.domain.models.prices import AccountPrices
from bot.domain.models.workflow import Lack
from bot.domain.money.usd import Usd
from bot.domain.ports.provider import Provider, UnitPrice

SOON = timedelta(days=30)
OWN_FILE = "MODELS_FILE"
DISCOVER = f"{COMMAND} models discover"


async def service(provider: Provider, cards: Sequence[ModelCard]) -> Sequence[Finding]:
    """Whether it is reachable, accepts our key and serves `cards`, its models in the catalogue."""
    subject, where = provider.name, provider.host
    try:
        await provider.check()
        names = await provider.served()
        charged = await provider.unit_prices(cards)
        lacking = [(card, lack) for card in cards for lack in await provider.lacks(card)]
    except AccountTrouble as trouble:
        return [failure(subject, trouble.sentence, f"Check {provider.setting}, and the account behind it.")]
    except CannotStart as trouble:
        return [failure(subject, trouble.sentence)]
    except Unavailable as trouble:
        return [
            failure(
                subject, trouble.sentence, "Orders wait for it. Check that it is running and that its address is right."
            )
        ]
    answered = fine(subject, f"{where} is reachable and accepts the key")
    found = [*served(subject, where, cards, names), *dearer_there(subject, cards, charged)]
    return [answered, *found, *(_lacks(subject, *each) for each in lacking)]


def _lacks(subject: str, card: ModelCard, lack: Lack) -> Finding:
    fix = f'Install it there, or set enabled = false under [models."{card.id}"] in {OWN_FILE}.'
    return failure(subject, f"{card.label}: {lack.words}", fix)


def served(subject: str, where: str, cards: Sequence[ModelCard], names: Sequence[str] | None) -> list[Finding]:
    """Compare the catalogue's models with those that the host lists; one without a remote name is always served."""
    if not cards:
        words = f"no model in the catalogue can be ordered at {where}"
        return [warning(subject, words, f"{DISCOVER} writes a starting point for {OWN_FILE}.")]
    if names is None:
        return [fine(subject, f"{where} doesn't say which models it serves")]
    missing = [card for card in cards if card.remote and card.remote not in names]
    if not missing:
        return [fine(subject, f"{where} serves {_counted(len(cards), 'model')} of the catalogue")]
    # Lists of gateways may be incomplete, but if not a single name is right, nothing will work.
    level = failure if len(missing) == len(cards) else warning
    return [level(subject, *_not_served(card, where, names)) for card in missing]


def dearer_there(subject: str, cards: Sequence[ModelCard], charged: Mapping[str, UnitPrice]) -> list[Finding]:
    """Models for which the service's current price of a second is outside the catalogue's range."""
    found = []
    for card in cards:
        said, known = charged.get(card.id), _each_second(card.prices_of(subject))
        if said is None or not known or not said.unit.lower().startswith("second"):
            continue
        if not min(known) <= said.price <= max(known):
            words = f"a second of {card.label} is {said.price} there now, and {max(known)} in the catalogue"
            found.append(warning(subject, words, f'In {OWN_FILE}, [models."{card.id}".price] and priced say it anew.'))
    return found


def _each_second(prices: AccountPrices) -> list[Usd]:
    return [
        *prices.per_second.values(),
        *(price for by_size in prices.sound_per_second.values() for price in by_size.values()),
    ]


def _not_served(card: ModelCard, where: str, names: Sequence[str]) -> tuple[str, str]:
    near = difflib.get_close_matches(card.remote, names, n=1, cutoff=0.3)
    nearest = f"the nearest of its {_counted(len(names), 'model')} is {near[0]!r}" if near else f"see {DISCOVER}"
    words = f"{where} lists no model {card.remote!r} ({card.label}); {nearest}"
    return words, f'In {OWN_FILE}, under [models."{card.id}"]: set remote to its name there, or enabled = false.'


def catalogue(known: Catalogue, hosts: Mapping[str, str], today: date) -> Sequence[Finding]:
    """What can be ordered now and for how much, what has no price, and what closes soon. `hosts` by provider."""
    cards = [card for card in known.cards.values() if any(size in card.per_second for size in card.sizes)]
    if not cards:
        return [_nothing(known, hosts)]
    found = [_default(known.default, len(cards))]
    for card in known.cards.values():
        found += [*_prices(card), *_ending(card, hosts[card.account], today)]
    return found


def _nothing(known: Catalogue, hosts: Mapping[str, str]) -> Finding:
    closed = f" (closed: {', '.join(known.retired)})" if known.retired else ""
    words = f"no model can be ordered at {', '.join(sorted(hosts.values()))}{closed}"
    return failure("models", words, f"{DISCOVER} writes a starting point for {OWN_FILE}; models list says why.")


def _default(card: ModelCard, count: int) -> Finding:
    seconds, size = card.seconds[0], card.sizes[0]
    orderable = f"{_counted(count, 'model')} can be ordered"
    if size not in card.per_second:
        words = f"{orderable}, but the default, {card.label}, has no price for {size}"
        return failure("models", words, f"Set default in {OWN_FILE} to another model, or add the price.")
    return fine("models", f"{orderable}; default {card.label}: {seconds} s of {size} for {card.quote(seconds, size)}")


def _prices(card: ModelCard) -> list[Finding]:
    lacking = [str(size) for size in card.sizes if size not in card.per_second]
    if not lacking:
        return []
    words = f"{card.label} has no price for {', '.join(lacking)}, so it can't be ordered"
    return [warning("prices", words, f'In {OWN_FILE}: [models."{card.id}".price], "{lacking[0]}" = dollars a second.')]


def _ending(card: ModelCard, host: str, today: date) -> list[Finding]:
    ends = card.ends(host)
    if ends is None or ends > today + SOON:
        return []
    instead = next(each.instead for each in card.retired if each.matches(host) and each.since == ends)
    return [warning("retirement", f"{card.label} closes at {host} on {ends:%d %B %Y}. {instead}")]


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
