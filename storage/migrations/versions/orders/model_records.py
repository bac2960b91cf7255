"""An index on the outcomes of a model's orders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    ended = sa.text("state IN ('done', 'failed', 'posting', 'undelivered')")
    columns = ["provider", "model", "created_at"]
    op.create_index("jobs_of_model", "jobs", columns, sqlite_where=ended, postgresql_where=ended)
