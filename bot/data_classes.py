"""The two kinds of data classes, both cheap to import: wired classes, and value objects.

Python's `dataclass` compiles up to six methods for each class, which took a third of the import time at the start. So
both kinds are frozen for type checkers only (https://peps.python.org/pep-0681/), and all value objects share the
methods that compare, hash and print them. Wired objects are created once or seldom, by a loop over their fields; the
constructor of a value object is compiled when the class is first used, as a bot that does nothing yet does not use most
of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, make_dataclass
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")

INIT, AFTER = "__init__", "__post_init__"
NO_FIELD = "Var["  # in the annotations ClassVar and InitVar


@dataclass_transform(kw_only_default=True, frozen_default=True, eq_default=False, field_specifiers=(field,))
def wired(kind: type[T]) -> type[T]:
    """For classes that work with their fields and equal only themselves: use cases, steps, screens, stores."""
    if INIT not in vars(kind):
        setattr(kind, INIT, _take_parts)
    return _with_fields(kind, slots=False, kw_only=True)


def _take_parts(self: Any, /, **parts: Any) -> None:
    for each in fields(self):
        if each.init and each.name in parts:
            setattr(self, each.name, parts.pop(each.name))
        elif each.default is not MISSING:
            setattr(self, each.name, each.default)
        elif each.default_factory is not MISSING:
            setattr(self, each.name, each.default_factory())
        else:
            raise TypeError(f"{type(self).__qualname__} is wired without {each.name!r}")
    if parts:
        raise TypeError(f"{type(self).__qualname__} has no {', '.join(map(repr, parts))}")


@overload
def value_object(kind: type[T]) -> type[T]: ...
@overload
def value_object(*, kw_only: bool) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
def value_object(kind: type[T] | None = None, *, kw_only: bool = True) -> type[T] | Callable[[type[T]], type[T]]:
    """For classes whose objects are equal if their fields are. `field` can exclude one, as in `dataclass`."""

    def made(kind: type[T]) -> type[T]:
        for name, method in SHARED.items():
            if name not in vars(kind):
                setattr(kind, name, method)
        whole = _with_fields(kind, slots=True, kw_only=kw_only)
        _remember_fields(whole)
        return whole

    return made if kind is None else made(kind)


def _with_fields(kind: type[T], *, slots: bool, kw_only: bool) -> type[T]:
    """`dataclass` without its methods and without what it does to text.

    It matches each annotation that is text against patterns to see whether it names a field, and writes a docstring
    where a class has none. So it gets a type in place of each text that names one, and the class's name as docstring.
    What the class says afterwards is what was written: pydantic reads it.
    """
    written = vars(kind).get("__annotations__", {})
    kind.__annotations__ = {name: text if NO_FIELD in text else object for name, text in written.items()}
    kind.__doc__ = kind.__doc__ or kind.__name__
    whole = dataclass(kw_only=kw_only, slots=slots, eq=False, repr=False, init=False)(kind)
    _write_back(whole, written)
    return whole


def _write_back(kind: Any, annotations: Mapping[str, Any]) -> None:
    kind.__annotations__ = annotations
    for each in fields(kind):
        each.type = annotations.get(each.name, each.type)


def _remember_fields(kind: Any) -> None:
    compared = [each for each in fields(kind) if each.compare]
    kind.__compared__ = _getter([each.name for each in compared])
    kind.__hashed__ = _getter([each.name for each in compared if each.hash is not False])


def _getter(names: list[str]) -> Callable[[object], object]:
    return attrgetter(*names) if names else type


def _make_first(self: Any, /, *values: Any, **named: Any) -> None:
    """Creates the first object of a class, and replaces itself by the compiled constructor."""
    kind = next((each for each in type(self).__mro__ if vars(each).get(INIT) is _make_first), None)
    if kind is not None:  # otherwise another thread was faster
        setattr(kind, INIT, _compiled(kind))
    type(self).__init__(self, *values, **named)


def _compiled(kind: type[Any]) -> Callable[..., None]:
    """The constructor that `dataclass` compiles for a class with the same fields."""
    same = make_dataclass(
        kind.__name__,
        [(each.name, each.type, each) for each in fields(kind)],
        namespace={name: getattr(kind, name) for name in [AFTER] if hasattr(kind, name)},
        slots=True,
        eq=False,
        repr=False,
    )
    method: Callable[..., None] = vars(same)[INIT]
    return method


def _equal(self: Any, other: Any) -> bool:
    of: Callable[[object], object] = type(self).__compared__
    return NotImplemented if type(other) is not type(self) else of(self) == of(other)


def _hash(self: Any) -> int:
    return hash(type(self).__hashed__(self))


def _shown(self: Any) -> str:
    values = (f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)
    return f"{type(self).__qualname__}({', '.join(values)})"


SHARED = {INIT: _make_first, "__eq__": _equal, "__hash__": _hash, "__repr__": _shown}
