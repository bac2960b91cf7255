"""Rows beyond a known one, sorted by a moment and then, among those of the same moment, by an id.

In each, the first condition follows from the second, but only a plain range lets SQLite begin inside the index.
"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, or_

T = TypeVar("T", str, int)


def later(at: ColumnElement[datetime], key: ColumnElement[T], start: datetime, known: T) -> ColumnElement[bool]:
    return and_(at >= start, or_(at > start, key > known))


def earlier(at: ColumnElement[datetime], key: ColumnElement[T], start: datetime, known: T) -> ColumnElement[bool]:
    return and_(at <= start, or_(at < start, key < known))
