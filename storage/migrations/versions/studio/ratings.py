"""Members' ratings of videos."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

MOMENT = sa.BigInteger  # microseconds since 1970


def upgrade() -> None:
    op.create_table(
        "ratings",
        sa.Column("job_id", sa.String, primary_key=True),
        sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("likes", sa.Boolean, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("ix_ratings_member_id", "ratings", ["member_id"])
