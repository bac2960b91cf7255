"""Which rows of words include word pairs, on PostgreSQL. Existing rows get them in the background."""

from __future__ import annotations

from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE video_words ADD COLUMN form SMALLINT NOT NULL DEFAULT 1")
        op.execute("CREATE INDEX video_words_older ON video_words (guild_id, number) WHERE form < 2")
