"""LoRAs of presets. Null, as in all earlier rows: none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.add_column("presets", sa.Column("lora", sa.String))
