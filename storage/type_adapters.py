"""What reads and writes a column's JSON as objects."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar, overload

from pydantic import TypeAdapter

T = TypeVar("T")


@overload
def adapter_of(kind: type[T]) -> TypeAdapter[T]: ...
@overload
def adapter_of(kind: object) -> TypeAdapter[Any]: ...
def adapter_of(kind: object) -> TypeAdapter[Any]:
    """For objects of this type, which may be a union. Created at first use: one takes 1 to 10 ms, all of them 0.1 s."""
    return _created(kind)


@cache
def _created(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
