"""The day, limits, pool or grant that a job's money counts towards, and the time zone of a server's days and months.

All columns may be null, as in earlier rows and in those of an older version that runs beside this one: these count
towards their server's month, and their owner's.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

SCOPES = (
    sa.Column("day", sa.String),
    sa.Column("month_limit", sa.BigInteger),
    sa.Column("day_limit", sa.BigInteger),
    sa.Column("pool", sa.BigInteger),
    sa.Column("grant_id", sa.String),
)
USED = ("reserved", "cost")


def upgrade() -> None:
    for column in SCOPES:
        op.add_column("jobs", sa.Column(column.name, column.type))
    op.add_column("studios", sa.Column("time_zone", sa.String))
    op.create_index("jobs_of_member_month", "jobs", ["guild_id", "owner_id", "period", "grant_id", "day", *USED])
    _partial("jobs_of_pool", ["guild_id", "pool", "period", *USED], "pool IS NOT NULL")
    _partial("jobs_of_grant", ["guild_id", "grant_id", *USED], "grant_id IS NOT NULL")


def _partial(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, "jobs", columns, sqlite_where=condition, postgresql_where=condition)
