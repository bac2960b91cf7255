"""The table of collections, as those in `storage.tables`. A collection is there as long as it has a video."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table

from storage.db.metadata import metadata
from storage.db.time_types import UtcDateTime

collected_videos = Table(
    "collected_videos",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),  # whose it is; 0: the server's
    Column("key", String, primary_key=True),  # its name, whatever its case and width
    Column("job_id", String, primary_key=True, index=True),
    Column("name", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
