"""Videos in the showcases of servers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

MOMENT = sa.BigInteger  # microseconds since 1970


def upgrade() -> None:
    op.create_table(
        "showcase_videos",
        sa.Column("job_id", sa.String, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("channel_id", sa.BigInteger),
        sa.Column("begun_at", MOMENT),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("stars", sa.Integer, nullable=False),
        sa.Column("edited_at", MOMENT),
    )
    op.create_index("ix_showcase_videos_due_at", "showcase_videos", ["due_at"])
