"""Questions to the prompt helper and their costs: a ledger entry is about a video, or about such a call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

MOMENT = sa.BigInteger  # microseconds since 1970


def upgrade() -> None:
    _calls()
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_ledger()
    else:
        op.alter_column("ledger", "job_id", nullable=True)
        op.add_column("ledger", sa.Column("call_id", sa.String, sa.ForeignKey("helper_calls.id")))
    _partial("ledger_once_of_calls", "ledger", ["call_id", "kind"], "call_id IS NOT NULL AND kind != 'adjust'")
    _partial("ledger_of_calls", "ledger", ["call_id"], "call_id IS NOT NULL", unique=False)


def _calls() -> None:
    op.create_table(
        "helper_calls",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("owner_id", sa.BigInteger, nullable=False),
        sa.Column("task", sa.String, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("bound", sa.BigInteger, nullable=False),
        sa.Column("cost", sa.BigInteger),
        sa.Column("reserved", sa.BigInteger),
        sa.Column("period", sa.String, nullable=False),
        sa.Column("day", sa.String, nullable=False),
        sa.Column("pool", sa.BigInteger),
        sa.Column("grant_id", sa.String),
    )
    _partial("helper_calls_open", "helper_calls", ["at"], "reserved IS NOT NULL", unique=False)
    op.create_index("ix_helper_calls_owner_id", "helper_calls", ["owner_id"])
    op.create_index("helper_calls_of_guild", "helper_calls", ["guild_id", "at", "owner_id", "cost"])
    op.create_index("helper_calls_of_member", "helper_calls", ["guild_id", "owner_id", "period"])


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = True) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def _rebuild_ledger() -> None:
    """SQLite cannot make a column nullable; a new table has to replace the old one."""
    connection = op.get_bind()
    indexes = sa.text("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'ledger' AND sql IS NOT NULL")
    made = list(connection.execute(indexes).scalars())
    op.create_table(
        "new_ledger",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("job_id", sa.String, sa.ForeignKey("jobs.id")),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("owner_id", sa.BigInteger, nullable=False),
        sa.Column("period", sa.String, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("reserved", sa.BigInteger, nullable=False),
        sa.Column("spent", sa.BigInteger, nullable=False),
        sa.Column("account", sa.String),
        sa.Column("call_id", sa.String, sa.ForeignKey("helper_calls.id")),
    )
    kept = "id, job_id, guild_id, owner_id, period, at, kind, reserved, spent, account"
    op.execute(sa.text(f"INSERT INTO new_ledger ({kept}) SELECT {kept} FROM ledger ORDER BY id"))  # noqa: S608 (no words of anybody's)
    op.drop_table("ledger")
    op.rename_table("new_ledger", "ledger")
    for index in made:
        op.execute(sa.text(index))
