"""Several videos ordered at once. Null, as in all rows from before: ordered alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("batch", sa.String))
    op.add_column("jobs", sa.Column("batch_number", sa.Integer))
    several = sa.text("batch IS NOT NULL")
    op.create_index("jobs_of_batch", "jobs", ["batch"], sqlite_where=several, postgresql_where=several)
