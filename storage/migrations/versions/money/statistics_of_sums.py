"""Tells PostgreSQL that a member is on few servers, so that it knows how many of their kept sums a query reads.

Otherwise it expects one row where there are thousands, and sorts them before adding them up.
"""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE STATISTICS video_sums_owners (dependencies) ON guild_id, owner_id FROM video_sums")
        op.execute("ANALYZE video_sums")
