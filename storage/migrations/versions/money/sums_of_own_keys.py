"""How much of the sums behind /costs own keys paid. Where they paid anything, the sums are made anew at the start."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("video_sums", sa.Column("on_own_keys", sa.BigInteger, nullable=False, server_default="0"))
