"""Managers' changes to their server's settings. Earlier changes are unknown, and so are those of an older version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

MOMENT = sa.BigInteger  # microseconds since 1970


def upgrade() -> None:
    op.create_table(
        "setting_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("changed_by", sa.BigInteger),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("what", sa.JSON, nullable=False),
        sa.Column("before", sa.JSON),
        sa.Column("after", sa.JSON),
    )
    op.create_index("setting_changes_of_guild", "setting_changes", ["guild_id", "id"])
