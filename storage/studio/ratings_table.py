"""The table of ratings, as those in `storage.tables`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, String, Table

from storage.db.metadata import metadata
from storage.db.time_types import UtcDateTime

ratings = Table(
    "ratings",
    metadata,
    Column("job_id", String, primary_key=True),
    Column("member_id", BigInteger, primary_key=True, autoincrement=False, index=True),
    Column("likes", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
