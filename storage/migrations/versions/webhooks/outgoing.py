"""Webhooks of servers, and events that are on the way to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

MOMENT = sa.BigInteger  # microseconds since 1970


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("events", sa.String, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("sealed_before", sa.Text),
        sa.Column("before_until", MOMENT),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT),
        sa.Column("why_off", sa.String),
        sa.Column("delivered_at", MOMENT),
    )
    op.create_index("ix_webhooks_guild_id", "webhooks", ["guild_id"])
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("webhook_id", sa.String, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("member_id", sa.BigInteger),
        sa.Column("job_id", sa.String),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("next_at", MOMENT),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String),
        sa.Column("status", sa.Integer),
    )
    table, due = "webhook_deliveries", sa.text("next_at IS NOT NULL")
    op.create_index("ix_webhook_deliveries_job_id", table, ["job_id"])
    op.create_index("webhook_deliveries_of_webhook", table, ["webhook_id", "created_at"])
    op.create_index("webhook_deliveries_of_member", table, ["member_id"])
    op.create_index("webhook_deliveries_due", table, ["next_at"], sqlite_where=due, postgresql_where=due)
