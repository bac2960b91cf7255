"""Sums in SQL."""

from __future__ import annotations

from sqlalchemy import BigInteger, ColumnElement, cast, func


def total(column: ColumnElement[int]) -> ColumnElement[int]:
    """The sum of whole numbers in some rows; 0 for none. PostgreSQL would return a decimal."""
    return cast(func.coalesce(func.sum(column), 0), BigInteger)
