"""The share of own keys in the totals behind /costs. If they paid anything, the totals are recomputed at start-up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("video_sums", sa.Column("on_own_keys", sa.BigInteger, nullable=False, server_default="0"))
