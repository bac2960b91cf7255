"""What the service stores: its videos, and an entry for every paid request it accepted."""

from __future__ import annotations

from dataclasses import replace

from bot.data_classes import value_object
from bot.sandbox.video.openai.orders import Refusal
from bot.sandbox.video.openai.videos import Ordered, SimulatedVideo
from bot.sandbox.video.trouble import Operation


@value_object
class Accepted:
    """One paid request that was accepted: an entry on the bill."""

    id: str
    operation: Operation
    ordered: Ordered
    at: float  # Unix seconds

    @property
    def prompt(self) -> str:
        return self.ordered.prompt


@value_object
class Page:
    """One page of a listing."""

    videos: tuple[SimulatedVideo, ...]
    has_more: bool


class Books:
    """Videos by id, in the order in which they were made, and the bill, which is never cleared."""

    def __init__(self) -> None:
        self.bill: list[Accepted] = []
        self._videos: dict[str, SimulatedVideo] = {}

    def take(
        self, operation: Operation, ordered: Ordered, now: float, render_seconds: float, video_id: str
    ) -> SimulatedVideo:
        """Begin a video and put it on the bill."""
        video = SimulatedVideo(id=video_id, ordered=ordered, created_at=now, render_seconds=render_seconds)
        self._videos[video.id] = video
        self.bill.append(Accepted(id=video.id, operation=operation, ordered=ordered, at=now))
        return video

    def get(self, video_id: str) -> SimulatedVideo:
        """Raises Refusal (404) if there is no such video."""
        video = self._videos.get(video_id)
        if video is None:
            raise Refusal(404, f"Video with id '{video_id}' not found.", code="not_found")
        return video

    def remove(self, video_id: str) -> SimulatedVideo:
        video = self.get(video_id)
        del self._videos[video_id]
        return video

    def forget(self) -> None:
        """Lose all videos; the bill stays."""
        self._videos.clear()

    def remix(self, source_id: str, prompt: str, now: float) -> Ordered:
        """An order that keeps the look of a finished video. Raises Refusal if there is nothing to remix."""
        source = self.get(source_id)
        if source.status(now) != "completed":
            raise Refusal(400, f"Video '{source_id}' is not completed and cannot be remixed.", code="invalid_value")
        return replace(source.ordered, lineage=(*source.ordered.lineage, prompt), remixed_from=source_id)

    def page(self, *, limit: int, newest_first: bool, after: str | None) -> Page:
        """Up to `limit` videos that come after the one with id `after`. Raises Refusal if that is unknown."""
        videos = list(self._videos.values())
        if newest_first:
            videos.reverse()
        if after is not None:
            videos = videos[videos.index(self.get(after)) + 1 :]
        return Page(videos=tuple(videos[:limit]), has_more=len(videos) > limit)
