"""The tables of kept totals, like those in `storage.tables`.

What /costs and /stats add up is stored, so that no query reads every video; see `storage.reports.sums`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, String, Table

from storage.db.metadata import metadata

video_sums = Table(
    "video_sums",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("owner_id", BigInteger, primary_key=True, autoincrement=False),  # 0: everybody's
    Column(
        "bucket", Integer, primary_key=True, autoincrement=False
    ),  # a day, a month, a quarter or a year: `storage.reports.buckets`
    Column("model", String, primary_key=True),
    Column("mode", String, primary_key=True),
    Column("outcome", String, primary_key=True),  # of one member's: made, undecided or failed
    Column("jobs", Integer, nullable=False),
    Column("charged", Integer, nullable=False),  # those that cost something
    Column("spent", BigInteger, nullable=False),
    Column(
        "quoted", BigInteger, nullable=False
    ),  # what videos that are settled, and charged failures, were estimated at
    Column("on_own_keys", BigInteger, nullable=False, server_default="0"),  # of what was spent; older versions add none
    sqlite_with_rowid=False,
)

member_sums = Table(
    "member_sums",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("bucket", Integer, primary_key=True, autoincrement=False),  # likewise
    Column("owner_id", BigInteger, primary_key=True, autoincrement=False),
    Column("jobs", Integer, nullable=False),
    Column("videos", Integer, nullable=False),
    Column("spent", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

hour_sums = Table(
    "hour_sums",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("bucket", Integer, primary_key=True, autoincrement=False),  # likewise
    Column("hour", Integer, primary_key=True, autoincrement=False),  # of the server's day, when they were ordered
    Column("jobs", Integer, nullable=False),
    sqlite_with_rowid=False,
)
