"""What was asked for beside words, length, size and a first picture. Null, as in all rows from before: nothing.

A version from before would send such an order without, and would not erase its words and pictures. So the phase of one
carries a mark that it does not know, for which it leaves the order alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("options", sa.JSON))
