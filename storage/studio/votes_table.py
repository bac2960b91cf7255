"""The table of votes, like those in `storage.tables`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table

from storage.db.metadata import metadata
from storage.db.time_types import UtcDateTime

votes = Table(
    "votes",
    metadata,
    Column("batch", String, primary_key=True),
    Column("member_id", BigInteger, primary_key=True, autoincrement=False, index=True),
    Column("job_id", String, nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
)
