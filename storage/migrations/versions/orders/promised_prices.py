"""The maximum price that an order's owner was told. Null, as in all earlier rows: its quote."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("promised", sa.BigInteger))
