"""Contests, the submitted videos, and votes for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

MOMENT = sa.BigInteger  # microseconds since 1970


def upgrade() -> None:
    _contests()
    _entries_and_votes()


def _contests() -> None:
    op.create_table(
        "contests",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("theme", sa.Text, nullable=False),
        sa.Column("entries_each", sa.Integer, nullable=False),
        sa.Column("votes_each", sa.Integer, nullable=False),
        sa.Column("most_entries", sa.Integer, nullable=False),
        sa.Column("newer_only", sa.Boolean, nullable=False),
        *(sa.Column(name, MOMENT, nullable=False) for name in ("started_at", "enter_until", "vote_until")),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.Column("entries", sa.Integer),
        sa.Column("winners", sa.Integer),
        sa.Column("card_id", sa.BigInteger),
        sa.Column("result_id", sa.BigInteger),
        sa.Column("shown", sa.String, nullable=False),
        sa.Column("shown_at", MOMENT),
        sa.Column("noted", sa.String, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("holder", sa.String),
        sa.Column("held_until", MOMENT),
    )
    op.create_index("contests_of_guild", "contests", ["guild_id", "started_at"])
    is_due = sa.text("due_at IS NOT NULL")
    op.create_index("contests_due", "contests", ["due_at"], sqlite_where=is_due, postgresql_where=is_due)


def _entries_and_votes() -> None:
    op.create_table(
        "contest_entries",
        sa.Column("contest", sa.String, primary_key=True),
        sa.Column("job_id", sa.String, primary_key=True),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("votes", sa.Integer),
        sa.Column("place", sa.Integer),
    )
    op.create_table(
        "contest_votes",
        sa.Column("contest", sa.String, primary_key=True),
        sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("job_id", sa.String, primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
    )
    for table in ("contest_entries", "contest_votes"):
        for column in ("job_id", "member_id"):
            op.create_index(f"ix_{table}_{column}", table, [column])
