"""The table of own keys, as those in `storage.tables`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, String, Table, Text

from storage.db.metadata import metadata
from storage.db.time_types import UtcDateTime

own_keys = Table(
    "own_keys",
    metadata,
    Column("account", String, primary_key=True),
    Column("guild_id", BigInteger, nullable=False, index=True),
    Column("member_id", BigInteger),  # null: the server's
    Column("sealed", Text, nullable=False),
    Column("ending", String, nullable=False),  # of the key, as it is shown
    Column("month_limit", BigInteger),  # null: none
    Column("added_by", BigInteger, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("leaving", Boolean, nullable=False),  # no new orders; erased when those under way have ended
)
