"""The size of kept videos, and when an expired one was removed.

An older version beside this one writes neither: what it keeps is measured later, and it finds removed videos missing.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

MOMENT = sa.BigInteger  # microseconds since 1970
HAS_FILES = "file_bytes IS NOT NULL AND deleted IS {false}"
UNMEASURED = (
    "state IN ('done', 'posting', 'undelivered') AND file_bytes IS NULL AND expired_at IS NULL AND deleted IS {false}"
)


def upgrade() -> None:
    op.add_column("jobs", sa.Column("file_bytes", sa.BigInteger))
    op.add_column("jobs", sa.Column("expired_at", MOMENT))
    _index("jobs_with_files", ["guild_id", "created_at", "file_bytes"], HAS_FILES)
    _index("jobs_unmeasured", ["id"], UNMEASURED)


def _index(name: str, columns: list[str], where: str) -> None:
    sqlite, postgresql = sa.text(where.format(false="0")), sa.text(where.format(false="false"))
    op.create_index(name, "jobs", columns, sqlite_where=sqlite, postgresql_where=postgresql)
