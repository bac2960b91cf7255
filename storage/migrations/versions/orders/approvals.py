"""Who approved an order, and when. Null, as in all earlier rows: nobody was asked.

Orders that wait for approval are among those in progress, whose indexes are recreated. An older version beside this one
ignores them; on SQLite it scans all orders until it is stopped, because the new condition is not the one it uses.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

MOMENT = sa.BigInteger  # microseconds since 1970
OPEN = "state IN ('awaitingapproval', 'posting', 'queued', 'rendering', 'saving', 'submitting', 'unknown')"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("approved_by", sa.BigInteger))
    op.add_column("jobs", sa.Column("approved_at", MOMENT))
    condition = sa.text(OPEN)
    for name, columns in {"jobs_open": ["state", "next_at"], "jobs_open_of_guild": ["guild_id"]}.items():
        op.drop_index(name, "jobs")
        op.create_index(name, "jobs", columns, sqlite_where=condition, postgresql_where=condition)
