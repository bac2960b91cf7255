"""An index on ended orders that were not deleted, from which managers retry or delete many at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

REST = "state IN ('cancelled', 'done', 'failed', 'undelivered')"


def upgrade() -> None:
    columns = ["guild_id", "state", "created_at", "id"]
    sqlite, postgresql = sa.text(f"{REST} AND deleted IS 0"), sa.text(f"{REST} AND deleted IS false")
    op.create_index("jobs_kept_at_rest", "jobs", columns, sqlite_where=sqlite, postgresql_where=postgresql)
