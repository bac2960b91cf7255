"""Records with a namespace and an expiry, and two indexes.

`notes` stays as it is, for an older version that runs beside this one. Its content is copied once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.BigInteger  # microseconds since 1970
WEEK, DAY = timedelta(days=7), timedelta(days=1)

notes = sa.table("notes", sa.column("key", sa.String), sa.column("value", sa.Text))


def upgrade() -> None:
    records = op.create_table(
        "records",
        sa.Column("namespace", sa.String, primary_key=True),
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("value", sa.JSON, nullable=False),
        sa.Column("expires_at", MOMENT),
    )
    expiring, remixes = sa.text("expires_at IS NOT NULL"), sa.text("source IS NOT NULL")
    op.create_index("records_expiring", "records", ["expires_at"], sqlite_where=expiring, postgresql_where=expiring)
    op.create_index("jobs_of_source", "jobs", ["source"], sqlite_where=remixes, postgresql_where=remixes)
    op.create_index("ledger_at", "ledger", ["at"])
    taken_over = list(_taken_over(op.get_bind()))
    if taken_over:
        op.bulk_insert(records, taken_over)


class Kind(NamedTuple):
    """How one kind of note was keyed and written, and how it is stored now."""

    prefix: str
    namespace: str
    value: Callable[[str], Any] = json.loads
    lasts: timedelta | None = None


KINDS = (
    Kind("account trouble: ", "circuit"),  # an empty note: it was in trouble once
    Kind("address of ", "endpoint"),
    Kind("cannot remix: ", "capabilities", lambda text: {"absent": json.loads(text)}, WEEK),
    Kind("upload limit of ", "upload limit", lasts=WEEK),
    Kind("upload limit ", "upload limit", lasts=WEEK),
    Kind("unattributed spending: ", "unattributed spending", lambda text: {"said": json.loads(text)}, WEEK + DAY),
    Kind("pictures offered to ", "picture choices", lasts=DAY),
    Kind("parent of thread ", "thread parent", lambda text: {"channel_id": int(text)}),
    Kind("registered commands", "registered commands", lambda text: {"digest": text}),
)


def _taken_over(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    for key, text in connection.execute(sa.select(notes.c.key, notes.c.value)):
        kind = next((kind for kind in KINDS if key.startswith(kind.prefix)), None)
        if kind is None or not text:
            continue
        try:
            value = kind.value(text)
        except ValueError:
            continue
        yield {
            "namespace": kind.namespace,
            "key": key.removeprefix(kind.prefix),
            "value": value,
            "expires_at": None if kind.lasts is None else _microseconds(datetime.now(UTC) + kind.lasts),
        }


def _microseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
