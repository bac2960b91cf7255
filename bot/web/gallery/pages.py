"""The routes of a gallery. Who asks, and what they may see, is looked at again with each of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from bot.domain.errors import NotAllowed, NotFound
from bot.domain.history import HistoryFilter
from bot.domain.ids import PATTERN, JobId, typed
from bot.domain.job import Job
from bot.domain.video import StoredVideo
from bot.jobs.use_cases.studio.gallery import Gallery
from bot.web.gallery.grid import grid_page
from bot.web.gallery.video import video_page
from bot.web.gallery.visits import PATH, Visits
from bot.web.kept_files import FilePages
from bot.web.page import NOT_KEPT, page, refusal, root_of
from bot.web.phrases import DELETED, NO_VIDEO, Writer

VIDEO = rf"{PATH}{{id:{PATTERN}}}"
Keys = Callable[[StoredVideo], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryPages:
    visits: Visits
    gallery: Gallery
    files: FilePages
    write: Writer

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"{PATH}open", self._open),
            web.get(PATH, self._grid),
            web.get(f"{PATH}renew", self._renew),
            web.get(VIDEO, self._video),
            *(web.get(f"{VIDEO}/{name}", self._file_of(key)) for name, key in FILES.items()),
        ]

    async def _open(self, request: web.Request) -> web.Response:
        raise self.visits.opened(request)

    async def _renew(self, request: web.Request) -> web.Response:
        await self.visits.member(request)
        answer = web.Response(status=204, headers=NOT_KEPT)
        self.visits.renew(request, answer)
        return answer

    async def _grid(self, request: web.Request) -> web.Response:
        member = await self.visits.member(request)
        which = _state(request.query.get("state", ""))
        found = await self.gallery.page(member, which, typed(request.query.get("before", "")))
        return self._shown(request, grid_page(root_of(request), found, which, self.write))

    async def _video(self, request: web.Request) -> web.Response:
        member = await self.visits.member(request)
        job = await self._watched(request)
        related = await self.gallery.related(member, job)
        return self._shown(request, video_page(root_of(request), job, related, self.gallery.label, self.write))

    def _file_of(self, key: Keys) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def file(request: web.Request) -> web.StreamResponse:
            job = await self._watched(request)
            if job.video is None:
                raise refusal(request, web.HTTPGone, DELETED, self.write)
            return await self.files.answer(request, key(job.video))

        return file

    async def _watched(self, request: web.Request) -> Job:
        member = await self.visits.member(request)
        try:
            return await self.gallery.watched(member, JobId(request.match_info["id"]))
        except NotFound:
            raise refusal(request, web.HTTPNotFound, NO_VIDEO, self.write) from None
        except NotAllowed as error:
            raise refusal(request, web.HTTPForbidden, error.message, self.write) from None

    def _shown(self, request: web.Request, text: str) -> web.Response:
        answer = page(text)
        self.visits.renew(request, answer)
        return answer


FILES: dict[str, Keys] = {
    "video.mp4": lambda video: video.video,
    "poster.webp": lambda video: video.poster,
    "sheet.jpg": lambda video: video.sheet,
}


def _state(text: str) -> HistoryFilter:
    """All of them for what is no state."""
    return HistoryFilter(text) if text in set(HistoryFilter) else HistoryFilter.ALL
