"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.BigInteger  # microseconds since 1970


def upgrade() -> None:
    _jobs()
    _job_indexes()
    _money()
    _messages()
    _guilds()
    op.create_table(
        "notes",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )


def _jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("owner_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("interaction_id", sa.BigInteger),
        sa.Column("private", sa.Boolean, nullable=False),
        sa.Column("prompt", sa.Text, nullable=False),
        sa.Column("model", sa.String, nullable=False),
        sa.Column("seconds", sa.Integer, nullable=False),
        sa.Column("size", sa.String, nullable=False),
        sa.Column("picture", sa.JSON),
        sa.Column("source", sa.String),
        sa.Column("provider", sa.String, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("upload_limit", sa.BigInteger, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Column("remote_id", sa.String),
        sa.Column("fingerprint", sa.String),
        sa.Column("render_seconds", sa.Float),
        sa.Column("cancel_asked_by", sa.BigInteger),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("quote", sa.BigInteger, nullable=False),
        sa.Column("cost", sa.BigInteger),
        sa.Column("reserved", sa.BigInteger),
        sa.Column("period", sa.String, nullable=False),
        sa.Column("next_at", MOMENT),
        sa.Column("lease_owner", sa.String),
        sa.Column("lease_until", MOMENT),
        sa.Column("lease_epoch", sa.BigInteger, nullable=False),
        sa.Column("crashes", sa.Integer, nullable=False),
    )


def _job_indexes() -> None:
    open_states = "state IN ('posting', 'queued', 'rendering', 'saving', 'submitting', 'unknown')"
    _partial("jobs_open", "jobs", ["state", "next_at"], open_states)
    _partial("jobs_open_of_guild", "jobs", ["guild_id"], open_states)
    _partial("jobs_leased", "jobs", ["lease_owner"], "lease_owner IS NOT NULL")
    _partial("jobs_reserved", "jobs", ["guild_id"], "reserved IS NOT NULL")
    rendered = ["provider", "model", "seconds", "size", "created_at"]
    _partial("jobs_rendered", "jobs", rendered, "render_seconds IS NOT NULL")
    _partial("jobs_remote_id", "jobs", ["provider", "remote_id"], "remote_id IS NOT NULL", unique=True)
    _partial("jobs_fingerprint", "jobs", ["fingerprint"], "state IN ('submitting', 'unknown')", unique=True)
    _partial("jobs_interaction_id", "jobs", ["interaction_id"], "interaction_id IS NOT NULL", unique=True)
    op.create_index("jobs_of_guild", "jobs", ["guild_id", "created_at"])
    op.create_index("jobs_of_member", "jobs", ["guild_id", "owner_id", "created_at"])


def _money() -> None:
    op.create_table(
        "budget",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("period", sa.String, primary_key=True),
        sa.Column("reserved", sa.BigInteger, nullable=False),
        sa.Column("spent", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "ledger",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("job_id", sa.String, sa.ForeignKey("jobs.id"), nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("owner_id", sa.BigInteger, nullable=False),
        sa.Column("period", sa.String, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("reserved", sa.BigInteger, nullable=False),
        sa.Column("spent", sa.BigInteger, nullable=False),
    )
    _partial("ledger_once", "ledger", ["job_id", "kind"], "kind != 'adjust'", unique=True)
    op.create_index("ledger_of_guild", "ledger", ["guild_id", "at"])


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("job_id", sa.String, sa.ForeignKey("jobs.id"), primary_key=True),
        sa.Column("kind", sa.String, primary_key=True),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column("drawn", sa.String),
    )


def _guilds() -> None:
    op.create_table(
        "studios",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("opening", sa.String),
        sa.Column("monthly_budget", sa.BigInteger),
    )
    op.create_table(
        "studio_roles",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("role_id", sa.BigInteger, primary_key=True, autoincrement=False),
    )


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
