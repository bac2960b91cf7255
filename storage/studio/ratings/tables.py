"""The tables of ratings, like those in `storage.tables`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table

from storage.db.metadata import metadata
from storage.db.time_types import UtcDateTime

ratings = Table(
    "ratings",
    metadata,
    Column("job_id", String, primary_key=True),
    Column("member_id", BigInteger, primary_key=True, autoincrement=False, index=True),
    Column("likes", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# Their totals, one row per rated video, so that an index finds the best.
rated_videos = Table(
    "rated_videos",
    metadata,
    Column("job_id", String, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("owner_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("model", String, nullable=False),
    Column("number", BigInteger, nullable=False),  # by the time of the order; see `storage.studio.search.index`
    Column("likes", Integer, nullable=False),
    Column("dislikes", Integer, nullable=False),
    Column("score", Integer, nullable=False),  # likes minus dislikes
)
for _name, _of in {
    "rated_videos_best": (),
    "rated_videos_best_of_member": (rated_videos.c.owner_id,),
    "rated_videos_best_of_model": (rated_videos.c.model,),
}.items():
    Index(_name, rated_videos.c.guild_id, *_of, rated_videos.c.score, rated_videos.c.number)
# The ratings of some days are summed from this index alone.
Index(
    "rated_videos_by_number",
    *(rated_videos.c.guild_id, rated_videos.c.number, rated_videos.c.likes, rated_videos.c.dislikes),
)
