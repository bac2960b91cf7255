"""Who had their data erased and how much of their limits was used, and indexes that find a member's data.

An older version running beside this one knows neither table: it gives members who erased their data fresh limits.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

MOMENT = sa.BigInteger  # microseconds since 1970


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("worker", sa.String),
        sa.Column("held_until", MOMENT),
        sa.Column("done", sa.JSON, nullable=False),
        sa.Column("ended_at", MOMENT),
    )
    op.create_table(
        "carried_use",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("owner_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("period", sa.String, primary_key=True),
        sa.Column("day", sa.String, primary_key=True),
        sa.Column("used", sa.BigInteger, nullable=False),
    )
    op.create_index("jobs_of_owner", "jobs", ["owner_id", "created_at"])
    corrections = sa.text("kind = 'adjust'")
    op.create_index("ledger_corrections", "ledger", ["job_id"], sqlite_where=corrections, postgresql_where=corrections)
