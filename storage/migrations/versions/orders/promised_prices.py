"""What the owner of an order was told that it costs at most. Null, as in all rows from before: its quote."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("promised", sa.BigInteger))
