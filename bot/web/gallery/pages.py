"""The routes of a gallery. Each request is authorized, and shows only what the member may see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from aiohttp import web

from bot.data_classes import wired
from bot.domain.access.members import Member
from bot.domain.errors import NotAllowed, NotFound, Refusal
from bot.domain.ids import PATTERN, JobId
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.video import StoredVideo
from bot.jobs.use_cases.studio.gallery import Gallery, GalleryPage
from bot.web.gallery.filters import GalleryQuery
from bot.web.gallery.grid import GridFacts, grid_page
from bot.web.gallery.names import CachedNames
from bot.web.gallery.video import video_page
from bot.web.gallery.visits import PATH, Visits
from bot.web.pages.document import NOT_KEPT, page, refusal, root_of
from bot.web.pages.kept_files import FilePages
from bot.web.pages.phrases import DELETED, NO_VIDEO, Writer, name_or_other

VIDEO = rf"{PATH}{{id:{PATTERN}}}"
NOTHING = GalleryPage(jobs=[], has_older=False)
Keys = Callable[[StoredVideo], str]


@wired
class GalleryPages:
    visits: Visits
    gallery: Gallery
    files: FilePages
    write: Writer
    names: CachedNames

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
        member, asked = await self.visits.member(request), GalleryQuery.of(request.query)
        sees_everyones = await self.gallery.sees_everyones(member)
        about = GridFacts(
            asked=asked,
            models=self.gallery.models(),
            sees_everyones=sees_everyones,
            viewer_id=member.id,
            collections=await self.gallery.collections.listed(member),
        )
        found = NOTHING
        try:
            about, found = await self._looked_for(member, about)
        except Refusal as error:  # its message is shown on the page, above the form
            about = replace(about, trouble=error.message)
        return self._shown(request, grid_page(root_of(request), found, about, self.gallery.label, self.write))

    async def _looked_for(self, member: Member, about: GridFacts) -> tuple[GridFacts, GalleryPage]:
        asked = about.asked
        chosen = await self.gallery.collections.named(member, asked.collection) if asked.collection else None
        wanted = asked.wanted(member.id, chosen)
        found = await self.gallery.page(member, wanted, asked.before, first=asked.first, last=asked.last)
        others = {job.owner_id for job in found.jobs} - {member.id}
        names = await self.names.names(member.guild_id, others) if others else {}
        return replace(about, collection=chosen, names=names), found

    async def _video(self, request: web.Request) -> web.Response:
        member = await self.visits.member(request)
        job = await self._watched(request)
        related = await self.gallery.related(member, job)
        maker = await self._maker(member, job)
        text = video_page(root_of(request), job, related, self.gallery.label, self.write, maker=maker)
        return self._shown(request, text)

    async def _maker(self, member: Member, job: Job) -> Message | None:
        if job.owner_id == member.id:
            return None
        return name_or_other((await self.names.names(member.guild_id, [job.owner_id])).get(job.owner_id))

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
