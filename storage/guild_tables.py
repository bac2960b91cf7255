"""The tables about servers, like those in `storage.tables`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from storage.db.json_types import LenientJson
from storage.db.metadata import metadata
from storage.db.time_types import UtcDateTime

guilds = Table(
    "studios",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("opening", String),  # null: the default
    Column("monthly_budget", BigInteger),  # null: the default
    Column("time_zone", String),  # by which its days and months begin; null: UTC
)

guild_roles = Table(
    "studio_roles",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("role_id", BigInteger, primary_key=True, autoincrement=False),
)

# A queue that runs normally has no row.
queue_holds = Table(
    "queue_holds",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("held_by", BigInteger, nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

# What managers changed; before and after are messages as data, null where there was or is none.
setting_changes = Table(
    "setting_changes",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("changed_by", BigInteger),  # null: Kinora itself
    Column("at", UtcDateTime, nullable=False),
    Column("what", LenientJson, nullable=False),
    Column("before", LenientJson(none_as_null=True)),
    Column("after", LenientJson(none_as_null=True)),
)

Index("setting_changes_of_guild", setting_changes.c.guild_id, setting_changes.c.id)
