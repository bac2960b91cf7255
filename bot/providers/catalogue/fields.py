"""How each field of a model card is written in TOML, and the error for wrong values. All functions raise ValueError."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from bot.domain.models.abilities import MOST_REFERENCES, Ability
from bot.domain.models.card import Retirement, one_of
from bot.domain.models.workflow import FrameRule, WorkflowRole
from bot.domain.video import RemixMethod, Size
from bot.providers.catalogue.error_location import Within
from bot.providers.catalogue.loras import loras
from bot.providers.catalogue.price_fields import PRICE_READERS, account_prices, method

ENDPOINTS = ("picture", "end", "references", "edit", "extend")
PARTS = (
    *("prompt", "seconds", "resolution", "ratio", "seed", "sound", "negative-prompt"),
    *("picture", "end", "references", "video"),
)
PLACE = re.compile(r"[\w.-]+(/[\w.-]+)+", re.ASCII)
CALLED = re.compile(r"(\w+( as (8s|text))?)?", re.ASCII)


def text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError('has to be a text in quotes, such as "Sora 2"')
    return value.strip()


def name(value: object) -> str:
    """A text that may be empty."""
    return "" if value == "" else text(value)


def flag(value: object) -> bool:
    if value is True or value is False:
        return value
    raise ValueError("has to be true or false")


def seconds(value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or not value or not all(type(entry) is int and entry > 0 for entry in value):
        raise ValueError("has to be a list of whole seconds, such as [4, 8, 12]")
    return tuple(value)


def duration(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise ValueError("has to be a number of seconds, such as 100")
    return float(value)


def length(value: object) -> int:
    if type(value) is not int or value <= 0:
        raise ValueError("has to be a whole number of seconds, such as 120")
    return value


def day(value: object) -> date:
    if type(value) is not date:
        raise ValueError("has to be a date such as 2026-11-23 without quotes")
    return value


def texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(entry, str) and entry for entry in value):
        raise ValueError('has to be a list of texts, such as ["api.example.com"]')
    return tuple(value)


def account_names(value: object) -> tuple[str, ...]:
    names = texts(value)
    if len(set(names)) != len(names):
        raise ValueError("names an account twice")
    return names


def options(value: object) -> frozenset[Ability]:
    known = [ability.value for ability in Ability if ability is not Ability.LORA]  # `loras` declares that one
    if value == []:
        return frozenset()
    for entry in texts(value):
        if entry not in known:
            raise ValueError(f"{entry!r} is no option; there are {one_of(map(repr, known))}")
    return frozenset(map(Ability, texts(value)))


def references(value: object) -> int:
    if type(value) is not int or not 0 <= value <= MOST_REFERENCES:
        raise ValueError(f"has to be a whole number from 0 to {MOST_REFERENCES}")
    return value


def hosts(value: object) -> tuple[str, ...]:
    return tuple(pattern.lower() for pattern in texts(value))


def sizes(value: object) -> tuple[Size, ...]:
    return tuple(Size.of(entry) for entry in texts(value))


def methods(value: object) -> tuple[RemixMethod, ...]:
    return tuple(map(method, texts(value)))


def endpoints(value: object) -> dict[str, str]:
    match value:
        case dict() if value:
            return {_one_of_these(each, ENDPOINTS, "endpoint"): _named(each, at, PLACE) for each, at in value.items()}
        case _:
            raise ValueError("has to be written as [models.ID.endpoints], with names of endpoints")


def part_names(value: object) -> dict[str, str]:
    match value:
        case dict() if value:
            return {_part(each): _named(each, given, CALLED) for each, given in value.items()}
        case _:
            raise ValueError("has to be written as [models.ID.fields], with names of fields")


def _part(key: str) -> str:
    """A part of an order, perhaps limited to the endpoint at which it has that name."""
    endpoint, _, part = key.rpartition(".")
    _one_of_these(part, PARTS, "part of an order", key)
    if endpoint:
        _one_of_these(endpoint, ENDPOINTS, "endpoint", key)
    return key


def _one_of_these(word: str, known: Sequence[str], kind: str, key: str | None = None) -> str:
    if word not in known:
        raise Within(key or word, f"{word!r} is no {kind}; there are {one_of(map(repr, known))}")
    return word


def _named(key: str, given: object, shape: re.Pattern[str]) -> str:
    if not isinstance(given, str) or not shape.fullmatch(given):
        raise Within(key, f"{key}: {given!r} is no name there")
    return given


def retirements(value: object) -> tuple[Retirement, ...]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise ValueError("has to be written as [[models.ID.retired]]")
    return tuple(_retired(number, entry) for number, entry in enumerate(value))


def _retired(number: int, entry: Mapping[str, object]) -> Retirement:
    try:
        return retirement(entry)
    except ValueError as error:
        raise Within(number, str(error)) from None


def retirement(entry: Mapping[str, object]) -> Retirement:
    since = entry.get("since")
    if type(since) is not date or set(entry) != {"hosts", "since", "instead"}:
        raise ValueError("needs exactly: hosts, since (a date such as 2026-09-24 without quotes) and instead")
    return Retirement(hosts=hosts(entry["hosts"]), since=since, instead=text(entry["instead"]))


def roles(value: object) -> dict[WorkflowRole, tuple[str, ...]]:
    match value:
        case dict():
            return {_role(name): _places(name, places) for name, places in value.items()}
        case _:
            raise ValueError('has to be a table of roles and inputs, such as prompt = "6.text"')


def _role(name: str) -> WorkflowRole:
    known = [role.value for role in WorkflowRole]
    if name not in known:
        raise Within(name, f"{name!r} is no role; there are {one_of(map(repr, known))}")
    return WorkflowRole(name)


def _places(name: str, value: object) -> tuple[str, ...]:
    try:
        return texts([value] if isinstance(value, str) else value)
    except ValueError:
        raise Within(name, f'{name}: has to be an input such as "6.text", or a list of them') from None


def frames(value: object) -> FrameRule:
    match value:
        case {"step": int(step), "rate": int(rate), **rest} if step > 0 and rate > 0 and not rest:
            return FrameRule(step=step, rate=rate)
        case _:
            raise ValueError("has to say step and rate, such as { step = 4, rate = 24 }")


READERS: Mapping[str, Callable[[object], Any]] = {
    **PRICE_READERS,
    "at": account_prices,
    "label": text,
    "provider": text,
    "remote": name,
    "seconds": seconds,
    "sizes": sizes,
    "priced": day,
    "picture": flag,
    "endpoints": endpoints,
    "fields": part_names,
    "needs_picture": flag,
    "options": options,
    "references": references,
    "loras": loras,
    "remix": methods,
    "extends_to": length,
    "extends_by": seconds,
    "extends_times": length,
    "typical": duration,
    "accounts": account_names,
    "hosts": hosts,
    "retired": retirements,
    "enabled": flag,
    "workflow": text,
    "roles": roles,
    "frames": frames,
}


def read_field(field: str, value: object) -> Any:
    """The parsed value of a field. ValueError says what is wrong with it."""
    if field not in READERS:
        near = difflib.get_close_matches(field, READERS, n=1)
        raise ValueError("is not a field of a model" + (f"; did you mean {near[0]!r}?" if near else ""))
    return READERS[field](value)
