"""Which videos a gallery shows, according to the address of the page."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from bot.data_classes import value_object
from bot.domain.history import HistoryFilter
from bot.domain.ids import JobId, typed
from bot.domain.studio.collections import VideoCollection
from bot.domain.studio.library import VideoFilter, VideoOrder

EVERYONE = "everyone"
CHECKED = "yes"
LONGEST = 200  # characters of any input


@value_object
class GalleryQuery:
    """Days are kept as entered. Invalid values are ignored."""

    everyone: bool = False
    words: str = ""  # in prompts
    favourites: bool = False
    collection: str = ""  # as in the suggestions, or its name
    state: HistoryFilter = HistoryFilter.ALL
    model: str = ""
    first: str = ""
    last: str = ""
    order: VideoOrder = VideoOrder.NEWEST
    before: JobId | None = None  # the page begins after this video

    @classmethod
    def of(cls, query: Mapping[str, str]) -> GalleryQuery:
        # PostgreSQL does not accept zero bytes.
        given = {name: value.replace("\0", "").strip()[:LONGEST] for name, value in query.items()}
        state, order = given.get("state", ""), given.get("order", "")
        return cls(
            everyone=given.get("whose") == EVERYONE,
            words=given.get("words", ""),
            favourites=given.get("favourites") == CHECKED,
            collection=given.get("collection", ""),
            state=HistoryFilter(state) if state in set(HistoryFilter) else HistoryFilter.ALL,
            model=given.get("model", ""),
            first=given.get("from", ""),
            last=given.get("to", ""),
            order=VideoOrder(order) if order in set(VideoOrder) else VideoOrder.NEWEST,
            before=typed(given.get("before", "")),
        )

    @property
    def is_narrow(self) -> bool:
        return bool(self.words) or self.is_narrow_beside_words

    @property
    def is_narrow_beside_words(self) -> bool:
        return (
            bool(self.favourites or self.collection or self.model or self.first or self.last)
            or self.state is not HistoryFilter.ALL
            or self.order is not VideoOrder.NEWEST
        )

    def wanted(self, member_id: int, collection: VideoCollection | None = None) -> VideoFilter:
        """Without the days, which depend on the server's time zone.

        Favourites and collections contain videos of anybody, as far as the member may watch them.
        """
        is_gathered = self.favourites or collection is not None
        return VideoFilter(
            owner_id=None if self.everyone or is_gathered else member_id,
            state=self.state,
            model=self.model or None,
            favourites=self.favourites,
            collection=collection,
            words=self.words,
            order=self.order,
        )

    def behind(self, job_id: JobId) -> str:
        """The address of the next page, after this video."""
        given = {
            "whose": EVERYONE if self.everyone else "",
            "words": self.words,
            "favourites": CHECKED if self.favourites else "",
            "collection": self.collection,
            "state": "" if self.state is HistoryFilter.ALL else self.state.value,
            "model": self.model,
            "from": self.first,
            "to": self.last,
            "order": "" if self.order is VideoOrder.NEWEST else self.order.value,
            "before": job_id,
        }
        return f"?{urlencode({name: value for name, value in given.items() if value})}"
