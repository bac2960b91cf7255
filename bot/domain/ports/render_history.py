"""How long renders took and how orders ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.accounts import service_of
from bot.domain.job import Job, ProgressAt
from bot.domain.models.health import Ending, TrackRecord
from bot.domain.video import Size, VideoRequest


@value_object
class RenderKind:
    """Renders that take about the same time."""

    account: str
    model: str
    seconds: int
    size: Size

    @classmethod
    def of(cls, job: Job) -> RenderKind:
        return cls.ordered(job.request, job.account)

    @classmethod
    def ordered(cls, request: VideoRequest, account: str) -> RenderKind:
        return cls(account=service_of(account), model=request.model, seconds=request.seconds, size=request.size)


@value_object
class PastRenders:
    """Seconds from accepted order to the end, newest first: of the last 200 of a kind, and of those on one server."""

    anywhere: Sequence[float] = ()
    here: Sequence[float] = ()


@value_object
class PastRender:
    """A render that gave a video: after how many seconds its end was seen, and what was seen before."""

    seconds: float
    seen: Sequence[ProgressAt] = ()


class RenderHistory(Protocol):
    """What past jobs say about the next one."""

    async def renders(self, kinds: Iterable[RenderKind]) -> Mapping[RenderKind, Sequence[PastRender]]:
        """The last 200 of each kind."""
        ...

    async def render_times(self, kinds: Iterable[RenderKind], guild_id: int) -> Mapping[RenderKind, PastRenders]:
        """Of renders that gave a video, for each kind."""
        ...

    async def endings(
        self, models: Iterable[tuple[str, str]], ordered: RenderKind | None = None
    ) -> Mapping[tuple[str, str], Sequence[Ending]]:
        """By provider and model: how the last orders ended.

        `ordered`: its times are needed next, so they are read too.
        """
        ...

    async def track_records(self, models: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], TrackRecord]:
        """By provider and model: how the last orders ended and how long the last 200 videos took."""
        ...
