"""Totals of ratings, so that the best rated videos are found quickly. The first start after the update makes them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

BEST = ("score", "number")


def upgrade() -> None:
    op.create_table(
        "rated_videos",
        sa.Column("job_id", sa.String, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("owner_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("likes", sa.Integer, nullable=False),
        sa.Column("dislikes", sa.Integer, nullable=False),
        sa.Column("score", sa.Integer, nullable=False),
    )
    op.create_index("rated_videos_best", "rated_videos", ["guild_id", *BEST])
    op.create_index("rated_videos_best_of_member", "rated_videos", ["guild_id", "owner_id", *BEST])
    op.create_index("rated_videos_best_of_model", "rated_videos", ["guild_id", "model", *BEST])
    op.create_index("rated_videos_by_number", "rated_videos", ["guild_id", "number", "likes", "dislikes"])
