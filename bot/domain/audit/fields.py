"""What differs between two values of one frozen dataclass, in words: one table row per field."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from bot.data_classes import value_object
from bot.domain.access.everyone import named_roles
from bot.domain.messages import Channel, Choice, Count, Message, Model, Money, Param, Term, msg, value
from bot.domain.money.usd import Usd

YES, NO = msg("yes"), msg("no")
OFF = msg("off")


def shown(found: Any) -> Message:
    """A value of a kind that reads the same everywhere."""
    match found:
        case bool():
            return YES if found else NO
        case int():
            return value(Count(found))
        case Usd():
            return value(Money(found))
        case _:
            return value(Term(str(found)))


def channel(channel_id: int) -> Message:
    return value(Channel(channel_id))


def model(model_id: str) -> Message:
    """By its id, until the change is recorded: see `labelled`."""
    return value(Model(model_id))


def every(parts: Sequence[Param]) -> Message | None:
    """All of them; None for none."""
    return value(Choice(tuple(parts), every=True)) if parts else None


def roles(ids: frozenset[int], guild_id: int) -> Message | None:
    return value(named_roles(ids, guild_id)) if ids else None


def labelled(words: Message, label: Callable[[str], str]) -> Message:
    """With the labels of models instead of their ids."""
    return replace(words, params={name: _labelled(each, label) for name, each in words.params.items()})


def _labelled(param: Param, label: Callable[[str], str]) -> Param:
    match param:
        case Model(label=model_id):
            return Model(label(model_id))
        case Choice(values=values):
            return replace(param, values=tuple(_labelled(each, label) for each in values))
        case Message():
            return labelled(param, label)
        case _:
            return param


@value_object
class FieldWords:
    """A field as the end of "Sam changed …", and its values. `none` is said if it has no value."""

    what: Message
    none: Message | None = None
    shown: Callable[[Any], Message | None] = shown

    def read(self, found: Any) -> Message | None:
        return self.none if found is None else self.shown(found)


Difference = tuple[Message, Message | None, Message | None]  # what, before and after


def differences(words: Mapping[str, FieldWords], before: Any, after: Any) -> Iterator[Difference]:
    """Those of fields that have words. The others follow from them."""
    for field in fields(after):
        row, old, new = words.get(field.name), getattr(before, field.name), getattr(after, field.name)
        if row is not None and old != new:
            yield row.what, row.read(old), row.read(new)
