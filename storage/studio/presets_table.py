"""The table of presets, like those in `storage.tables`. Suggestions are read by its primary key."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Table, Text

from storage.db.metadata import metadata
from storage.db.time_types import UtcDateTime

presets = Table(
    "presets",
    metadata,
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),  # the owner; 0: a server
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),  # 0: a member's, on all servers
    Column("key", String, primary_key=True),  # its name, whatever its case and width
    Column("name", String, nullable=False),
    Column("style", Text, nullable=False),
    Column("model", String),  # null, here and below: left open
    Column("seconds", Integer),
    Column("size", String),
    Column("sound", Boolean),
    Column("seed", BigInteger),
    Column("negative_prompt", Text, nullable=False),
    Column("lora", String),  # a name, possibly followed by a strength
    Column("at", UtcDateTime, nullable=False),  # when it was last changed
)
