"""An order that its service answered with an error of its own. Null, as in all earlier rows: there was none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("first_try", sa.JSON))
