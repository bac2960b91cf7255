"""The tables about erased members, as those in `storage.tables`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table

from storage.db.json_types import LenientJson
from storage.db.metadata import metadata
from storage.db.time_types import UtcDateTime

# Who asked for all that is kept of them to go, until a week after it has.
erasures = Table(
    "erasures",
    metadata,
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("asked_at", UtcDateTime, nullable=False),  # what was ordered until then goes
    Column("worker", String),  # who works on it
    Column("held_until", UtcDateTime),  # in the past: the worker died
    Column("done", LenientJson, nullable=False),  # what is erased so far
    Column("ended_at", UtcDateTime),
)

# What erased orders had used of their member's limits, until that month is over: erasing gives nobody a limit anew.
carried_use = Table(
    "carried_use",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("owner_id", BigInteger, primary_key=True, autoincrement=False),
    Column("period", String, primary_key=True),
    Column("day", String, primary_key=True),  # empty: of no day that is known
    Column("used", BigInteger, nullable=False),
)
