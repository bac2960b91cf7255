"""What members list at the moment, remembered so that the buttons of a page can name it in a few letters."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import cache

from pydantic import TypeAdapter

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.history import HistoryFilter
from bot.domain.messages import msg
from bot.domain.ports.records import Record, Records
from bot.domain.studio.library import VideoFilter

LASTS = timedelta(days=7)
MOST_KEPT = 20  # of one member
NAME = "[0-9a-f]{8}"
TOO_OLD = msg("That list is too old. Use `/history` again.")


@value_object
class KeptView:
    name: str
    wanted: VideoFilter


@value_object
class KeptViews:
    """The latest last."""

    views: tuple[KeptView, ...] = ()

    def of(self, name: str) -> VideoFilter | None:
        return next((view.wanted for view in self.views if view.name == name), None)

    def with_one(self, view: KeptView) -> KeptViews:
        others = tuple(each for each in self.views if each.name != view.name)
        return KeptViews(views=(*others, view)[-MOST_KEPT:])


VIEWS = Record("history views", KeptViews, lasts=LASTS)  # by the member's id


@wired
class HistoryViews:
    records: Records

    async def name_of(self, member: Member, wanted: VideoFilter) -> str:
        """One's own videos by their state have the state's name, which is never too old."""
        if wanted == VideoFilter(owner_id=member.id, state=wanted.state):
            return wanted.state.value
        view = KeptView(name=hashlib.sha256(_filters().dump_json(wanted)).hexdigest()[:8], wanted=wanted)
        await self.records.update(VIEWS, str(member.id), lambda known: (known or KeptViews()).with_one(view))
        return view.name

    async def named(self, member: Member, name: str) -> VideoFilter:
        """Raises BadRequest for one that is forgotten by now."""
        if name in set(HistoryFilter):
            return VideoFilter(owner_id=member.id, state=HistoryFilter(name))
        kept = await self.records.read(VIEWS, str(member.id))
        wanted = None if kept is None else kept.of(name)
        if wanted is None:
            raise BadRequest(TOO_OLD)
        return wanted


@cache
def _filters() -> TypeAdapter[VideoFilter]:
    """Created at first use, as that takes a few milliseconds."""
    return TypeAdapter(VideoFilter)
