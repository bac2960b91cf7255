"""Classes whose fields are what they work with: use cases, steps, screens, stores."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(kw_only_default=True, frozen_default=True, eq_default=False, field_specifiers=(field,))
def wired(kind: type[T]) -> type[T]:
    """A data class of named fields that are set once, where it is put together, and that equals itself alone.

    Frozen for type checkers only (https://peps.python.org/pep-0681/): a start makes two hundred of them, and what a
    frozen value has more, to be compared, hashed, printed and guarded, takes six times as long to compile.
    """
    return dataclass(kw_only=True, eq=False, repr=False)(kind)
