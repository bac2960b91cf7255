"""JSON as the database stores it, even if a person or a bad disk has damaged it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import JSON, Dialect
from sqlalchemy.types import TypeDecorator


class Damaged:
    """Stands for a text that is not JSON. No model accepts it as a value."""

    def __repr__(self) -> str:
        return "broken JSON"


DAMAGED: Final = Damaged()


class LenientJson(TypeDecorator[Any]):
    """JSON that reads as DAMAGED where it is broken: one such row must not hide all others of a query."""

    impl = JSON
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        read = super().result_processor(dialect, coltype)
        if read is None:
            return None

        def process(value: Any) -> Any:
            try:
                return read(value)
            except ValueError:
                return DAMAGED

        return process
