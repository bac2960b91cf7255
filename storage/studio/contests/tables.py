"""The tables of contests, like those in `storage.tables`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from storage.db.metadata import metadata, partial_index
from storage.db.time_types import UtcDateTime

contests = Table(
    "contests",
    metadata,
    Column("id", String, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("theme", Text, nullable=False),
    Column("entries_each", Integer, nullable=False),
    Column("votes_each", Integer, nullable=False),
    Column("most_entries", Integer, nullable=False),
    Column("newer_only", Boolean, nullable=False),  # only for videos that were ordered after it started
    Column("started_at", UtcDateTime, nullable=False),
    Column("enter_until", UtcDateTime, nullable=False),
    Column("vote_until", UtcDateTime, nullable=False),
    Column("state", String, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("entries", Integer),  # when the votes were counted; null: not yet
    Column("winners", Integer),  # likewise
    Column("card_id", BigInteger),
    Column("result_id", BigInteger),
    Column("shown", String, nullable=False),  # what its card says
    Column("shown_at", UtcDateTime),
    Column("noted", String, nullable=False),  # what the log channel was told about its channel
    Column("due_at", UtcDateTime),  # null: nothing to do
    Column("holder", String),  # the process that works on it
    Column("held_until", UtcDateTime),  # in the past: the holder died
)
Index("contests_of_guild", contests.c.guild_id, contests.c.started_at)
_is_due = contests.c.due_at.is_not(None)
partial_index("contests_due", contests.c.due_at, where=_is_due)

entries = Table(
    "contest_entries",
    metadata,
    Column("contest", String, primary_key=True),
    Column("job_id", String, primary_key=True, index=True),
    Column("member_id", BigInteger, nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("votes", Integer),  # once they are counted
    Column("place", Integer),  # likewise
)

contest_votes = Table(
    "contest_votes",
    metadata,
    Column("contest", String, primary_key=True),
    Column("member_id", BigInteger, primary_key=True, autoincrement=False, index=True),
    Column("job_id", String, primary_key=True, index=True),
    Column("at", UtcDateTime, nullable=False),
)
