"""Which videos members marked with a star."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

MOMENT = sa.BigInteger  # microseconds since 1970


def upgrade() -> None:
    op.create_table(
        "favourites",
        sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("job_id", sa.String, primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("ix_favourites_job_id", "favourites", ["job_id"])
