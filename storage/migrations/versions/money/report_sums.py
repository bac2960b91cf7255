"""The totals behind reports, and indexes for their lists. An existing database's totals are computed at start-up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    _table("video_sums", ["guild_id", "owner_id", "bucket"], ["model", "mode", "outcome"], ["spent", "quoted"])
    _table("member_sums", ["guild_id", "bucket", "owner_id"], [], ["spent"])
    _table("hour_sums", ["guild_id", "bucket", "hour"], [], [])
    settled, rendered = sa.text("kind IN ('settle')"), sa.text("render_seconds IS NOT NULL")
    _partial("ledger_settled", "ledger", ["guild_id", "at"], settled)
    _partial("ledger_settled_of_member", "ledger", ["guild_id", "owner_id", "at"], settled)
    _partial("jobs_rendered_here", "jobs", ["guild_id", "model", "created_at", "render_seconds"], rendered)
    _partial("jobs_in_review", "jobs", ["guild_id", "created_at"], sa.text("state IN ('needsreview')"))
    _partial("jobs_remixes", "jobs", ["guild_id", "created_at", "source"], sa.text("source IS NOT NULL"))


COUNTS = {"video_sums": ["jobs", "charged"], "member_sums": ["jobs", "videos"], "hour_sums": ["jobs"]}
LARGE = {"guild_id", "owner_id"}


def _table(name: str, numbers: list[str], words: list[str], money: list[str]) -> None:
    """The key of `numbers` and `words`, then counts, then micro-dollars."""
    kinds = [(each, sa.BigInteger if each in LARGE else sa.Integer) for each in numbers]
    op.create_table(
        name,
        *(sa.Column(each, kind, primary_key=True, autoincrement=False) for each, kind in kinds),
        *(sa.Column(each, sa.String, primary_key=True) for each in words),
        *(sa.Column(each, sa.Integer, nullable=False) for each in COUNTS[name]),
        *(sa.Column(each, sa.BigInteger, nullable=False) for each in money),
        sqlite_with_rowid=False,
    )


def _partial(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
