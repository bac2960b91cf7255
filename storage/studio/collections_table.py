"""The table of collections, like those in `storage.tables`. A collection exists as long as it contains a video."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table

from storage.db.metadata import metadata
from storage.db.time_types import UtcDateTime

collected_videos = Table(
    "collected_videos",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),  # the owner; 0: the server
    Column("key", String, primary_key=True),  # its name, whatever its case and width
    Column("job_id", String, primary_key=True, index=True),
    Column("name", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
