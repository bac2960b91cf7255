"""What looks saw of a render's progress. Null, as in all rows from before: nothing that is known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("progress_seen", sa.JSON))
