"""Report totals of quarters and years, from the months that are stored already."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"

QUARTER, YEAR = "200000000 + bucket / 100 * 10 + (bucket % 100 + 2) / 3", "300000000 + bucket / 100"
SUMS = {
    "video_sums": (
        "guild_id, owner_id, {}, model, mode, outcome",
        ("jobs", "charged", "spent", "quoted", "on_own_keys"),
    ),
    "member_sums": ("guild_id, {}, owner_id", ("jobs", "videos", "spent")),
    "hour_sums": ("guild_id, {}, hour", ("jobs",)),
}


def upgrade() -> None:
    for table, (key, values) in SUMS.items():
        columns, sums = ", ".join(values), ", ".join(f"sum({value})" for value in values)
        for bucket in (QUARTER, YEAR):
            names, kept = key.format("bucket"), key.format(bucket)
            op.execute(
                f"INSERT INTO {table} ({names}, {columns}) "  # noqa: S608 - names of ours
                f"SELECT {kept}, {sums} FROM {table} WHERE bucket <= 999912 GROUP BY {kept}"
            )
