"""The table of what was asked of the prompt helper, as those in `storage.tables`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, String, Table

from storage.db.metadata import metadata, partial_index
from storage.db.time_types import UtcDateTime

# Its columns for money are as those of `jobs`, and mean the same.
helper_calls = Table(
    "helper_calls",
    metadata,
    Column("id", String, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("owner_id", BigInteger, nullable=False, index=True),  # 0: of who has erased their data
    Column("task", String, nullable=False),
    Column("at", UtcDateTime, nullable=False),  # when it was opened
    Column("bound", BigInteger, nullable=False),
    Column("cost", BigInteger),
    Column("reserved", BigInteger),  # null once settled or released
    Column("period", String, nullable=False),
    Column("day", String, nullable=False),
    Column("pool", BigInteger),
    Column("grant_id", String),
)
is_open_call = helper_calls.c.reserved.is_not(None)
partial_index("helper_calls_open", helper_calls.c.at, where=is_open_call)
Index("helper_calls_of_guild", helper_calls.c.guild_id, helper_calls.c.at, helper_calls.c.owner_id, helper_calls.c.cost)
_of_member = (helper_calls.c.guild_id, helper_calls.c.owner_id, helper_calls.c.period)
Index("helper_calls_of_member", *_of_member)
