"""How many simultaneous renders of its member an order allows. Null, as in all earlier rows: no limit of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("at_once", sa.Integer))
