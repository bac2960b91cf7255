"""The two kinds of data classes here, both cheap to import: what is wired, and value objects.

Python's `dataclass` compiles up to six methods for each class, which took a third of the imports of a start. So both
kinds are frozen for type checkers only (https://peps.python.org/pep-0681/), and all value objects share the methods
that compare, hash and print them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")


@dataclass_transform(kw_only_default=True, frozen_default=True, eq_default=False, field_specifiers=(field,))
def wired(kind: type[T]) -> type[T]:
    """What works with its fields and equals itself alone: use cases, steps, screens, stores."""
    return dataclass(kw_only=True, eq=False, repr=False)(kind)


@overload
def value_object(kind: type[T]) -> type[T]: ...
@overload
def value_object(*, kw_only: bool) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
def value_object(kind: type[T] | None = None, *, kw_only: bool = True) -> type[T] | Callable[[type[T]], type[T]]:
    """What equals all others of its class that have the same fields. `field` can leave one out, as for `dataclass`."""

    def made(kind: type[T]) -> type[T]:
        for name, method in SHARED.items():
            if name not in vars(kind):
                setattr(kind, name, method)
        whole = dataclass(kw_only=kw_only, slots=True, eq=False, repr=False)(kind)
        _remember_fields(whole)
        return whole

    return made if kind is None else made(kind)


def _remember_fields(kind: Any) -> None:
    compared = [each for each in fields(kind) if each.compare]
    kind.__compared__ = _getter([each.name for each in compared])
    kind.__hashed__ = _getter([each.name for each in compared if each.hash is not False])


def _getter(names: list[str]) -> Callable[[object], object]:
    return attrgetter(*names) if names else type


def _equal(self: Any, other: Any) -> bool:
    of: Callable[[object], object] = type(self).__compared__
    return NotImplemented if type(other) is not type(self) else of(self) == of(other)


def _hash(self: Any) -> int:
    return hash(type(self).__hashed__(self))


def _shown(self: Any) -> str:
    values = (f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
    return f"{type(self).__qualname__}({', '.join(values)})"


SHARED = {"__eq__": _equal, "__hash__": _hash, "__repr__": _shown}
