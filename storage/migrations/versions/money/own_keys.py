"""Keys that servers and members stored, and which of them paid. Null, as in all earlier rows: none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

MOMENT = sa.BigInteger  # microseconds since 1970


def upgrade() -> None:
    op.create_table(
        "own_keys",
        sa.Column("account", sa.String, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("ending", sa.String, nullable=False),
        sa.Column("month_limit", sa.BigInteger),
        sa.Column("added_by", sa.BigInteger, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("leaving", sa.Boolean, nullable=False),
    )
    op.create_index("ix_own_keys_guild_id", "own_keys", ["guild_id"])
    op.add_column("ledger", sa.Column("account", sa.String))
    paid = sa.text("kind IN ('settle') AND account IS NOT NULL")
    columns = ["guild_id", "at", "owner_id", "job_id"]
    op.create_index("ledger_on_own_keys", "ledger", columns, sqlite_where=paid, postgresql_where=paid)
