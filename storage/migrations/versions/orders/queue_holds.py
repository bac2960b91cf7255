"""Whether a server's queue is paused or draining. No row, as for all servers before: it runs as usual."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

MOMENT = sa.BigInteger  # microseconds since 1970


def upgrade() -> None:
    op.create_table(
        "queue_holds",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("held_by", sa.BigInteger, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
    )
