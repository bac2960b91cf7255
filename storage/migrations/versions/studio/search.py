"""The words of prompts, and how far existing videos have been indexed. Databases differ in how."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"

# Only blanks separate words: Kinora has split the text itself. Prefixes of up to four letters are indexed, not merged.
FTS = (
    "CREATE VIRTUAL TABLE video_words USING fts5("
    "job UNINDEXED, words, tags, columnsize=0, prefix='1 2 3 4', "
    """tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'")"""
)
ROWS = (
    "CREATE TABLE video_words (guild_id BIGINT NOT NULL, number BIGINT NOT NULL, job VARCHAR NOT NULL, "
    "words TSVECTOR NOT NULL, PRIMARY KEY (guild_id, number))"
)
# Without a list of pending entries, which every search would have to read.
GIN = "CREATE INDEX video_words_found ON video_words USING gin (words) WITH (fastupdate = off)"
WALK = (
    "CREATE TABLE video_words_walk (id INTEGER PRIMARY KEY, begun_at BIGINT NOT NULL, since BIGINT NOT NULL, "
    "guild_id BIGINT, at BIGINT, job VARCHAR, ended_at BIGINT)"
)


def upgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in (*((ROWS, GIN) if on_postgresql else (FTS,)), WALK):
        op.execute(statement)
