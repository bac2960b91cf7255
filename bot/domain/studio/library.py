"""All videos of a server, filtered and read page by page: what /history and the gallery show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol, Self

from bot.data_classes import value_object
from bot.domain.history import Cursor, HistoryFilter
from bot.domain.job import Job
from bot.domain.studio.collections import VideoCollection


class VideoOrder(StrEnum):
    """Which videos come first."""

    NEWEST = "newest"
    BEST = "best"  # rated; what nobody rated is not listed


@value_object
class VideoFilter:
    """Which videos of a server are listed: those that match everything given. Without any filter, all of them."""

    owner_id: int | None = None  # None: everybody's
    state: HistoryFilter = HistoryFilter.ALL
    model: str | None = None  # id of a model card
    since: datetime | None = None  # ordered then, or later
    before: datetime | None = None  # ordered earlier
    favourites: bool = False  # of who reads
    well_rated: bool = False  # that more members like than do not
    collection: VideoCollection | None = None
    open_only: bool = False  # none that are private, or that their server kept no longer
    words: str = ""  # in their prompts, as they were typed; see `bot.domain.texts.searching`
    order: VideoOrder = VideoOrder.NEWEST


@value_object
class Reader:
    """Who reads, and which of others' videos they may watch. Of their own they may read everything."""

    member_id: int
    private_since: datetime | None = None  # private ones ordered then, or later; None: none of them
    channels: frozenset[int] | None = None  # those that they can read; None: all


@value_object
class VideoPage:
    """Some videos in the requested order, and whether there are more on either side.

    `newer` is what comes before them in that order, `older` what comes after them.
    """

    wanted: VideoFilter
    jobs: Sequence[Job]
    newer: bool
    older: bool
    searched_all: bool = True  # False: after an update, the words of older videos are still being collected

    @classmethod
    def next_to(cls, start: object, wanted: VideoFilter, nearest: Sequence[Job], *, back: bool, more: bool) -> Self:
        """`start`: the position of a known video, None for the first page. `more`: the nearest ones further on."""
        return cls(
            wanted=wanted,
            jobs=nearest[::-1] if back else nearest,
            newer=more if back else start is not None,
            older=back or more,
        )


class VideoLibrary(Protocol):
    """The videos of a server as one reader may know them; nothing changes."""

    async def page(
        self, guild_id: int, wanted: VideoFilter, reader: Reader, cursor: Cursor | None, most: int
    ) -> VideoPage:
        """The `most` videos next to the cursor, or the first.

        Videos that others deleted, and those of erased members, are left out. The reader's own expired videos are
        included as long as only dates and models are filtered by.
        """
        ...


class SearchIndex(Protocol):
    """The words of all prompts. Those of older orders are collected step by step."""

    async def begin(self) -> None:
        """Continue where it was left, or look for orders that are not indexed."""
        ...

    async def step(self) -> bool:
        """Whether there is more to do."""
        ...
