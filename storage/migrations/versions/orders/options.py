"""An order's options besides prompt, length, size and start image. Null, as in all earlier rows: none.

An earlier version would send such an order without them, and would not erase their texts and pictures. So the phase of
such an order has a mark that earlier versions do not know, which makes them ignore it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("options", sa.JSON))
