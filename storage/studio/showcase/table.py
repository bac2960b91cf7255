"""The table of showcase videos, like those in `storage.tables`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String, Table

from storage.db.metadata import metadata
from storage.db.time_types import UtcDateTime

showcase_videos = Table(
    "showcase_videos",
    metadata,
    Column("job_id", String, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("state", String, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, index=True),  # null: only when somebody gives or takes back a ★
    Column("channel_id", BigInteger),
    Column("begun_at", UtcDateTime),
    Column("message_id", BigInteger),
    Column("stars", Integer, nullable=False),
    Column("edited_at", UtcDateTime),
)
