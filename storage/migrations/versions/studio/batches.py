"""Several videos ordered at once, and votes for those that are compared. Null, as in all earlier rows: a single one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("batch", sa.String))
    op.add_column("jobs", sa.Column("batch_number", sa.Integer))
    several = sa.text("batch IS NOT NULL")
    op.create_index("jobs_of_batch", "jobs", ["batch"], sqlite_where=several, postgresql_where=several)
    op.create_table(
        "votes",
        sa.Column("batch", sa.String, primary_key=True),
        sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("job_id", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),  # microseconds since 1970
    )
    op.create_index("ix_votes_member_id", "votes", ["member_id"])
    op.create_index("ix_votes_job_id", "votes", ["job_id"])
