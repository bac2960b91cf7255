"""Orders that a manager had sent again, and the doubles that were found. Null, as in all earlier rows: none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("replaced", sa.JSON))
    op.add_column("jobs", sa.Column("doubles", sa.String))
    some = sa.text("replaced IS NOT NULL")
    op.create_index("jobs_replaced", "jobs", ["created_at"], sqlite_where=some, postgresql_where=some)
    doubles = sa.text("doubles IS NOT NULL")
    columns = ["doubles", "created_at"]
    op.create_index("jobs_doubles", "jobs", columns, unique=True, sqlite_where=doubles, postgresql_where=doubles)
