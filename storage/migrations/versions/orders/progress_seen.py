"""The progress of a render as polls saw it. Null, as in all earlier rows: unknown."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("progress_seen", sa.JSON))
