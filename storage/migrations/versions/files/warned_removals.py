"""When a video is to be removed, as announced to the managers of its server.

An older version beside this one removes videos by days alone. A round that it planned has no videos here, so it ends
without any, and the next one is announced again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

MOMENT = sa.BigInteger  # microseconds since 1970


def upgrade() -> None:
    op.add_column("jobs", sa.Column("removal_due_at", MOMENT))
