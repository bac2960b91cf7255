"""The table of favourites, like those in `storage.tables`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table

from storage.db.metadata import metadata
from storage.db.time_types import UtcDateTime

favourites = Table(
    "favourites",
    metadata,
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("job_id", String, primary_key=True, index=True),
    Column("at", UtcDateTime, nullable=False),
)
