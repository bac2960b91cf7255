"""Presets of members and of servers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

MOMENT = sa.BigInteger  # microseconds since 1970


def upgrade() -> None:
    op.create_table(
        "presets",
        sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("style", sa.Text, nullable=False),
        sa.Column("model", sa.String),
        sa.Column("seconds", sa.Integer),
        sa.Column("size", sa.String),
        sa.Column("sound", sa.Boolean),
        sa.Column("seed", sa.BigInteger),
        sa.Column("negative_prompt", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
