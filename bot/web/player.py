"""Player pages: one video each, for anyone who has its signed address, until that expires."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from urllib.parse import urlencode

from aiohttp import web

from bot.data_classes import wired
from bot.domain.ids import JobId, shown
from bot.domain.job import Job
from bot.domain.links import PlayerLinks
from bot.domain.ports.clock import Clock
from bot.domain.studio.ratings import UNRATED, VideoRating
from bot.domain.studio.words import rating
from bot.domain.video import StoredVideo
from bot.web.pages import phrases
from bot.web.pages.document import document, page, refusal, root_of
from bot.web.pages.html import Html, element, fragment
from bot.web.pages.kept_files import FilePages
from bot.web.pages.phrases import DELETED, WRONG, Writer
from bot.web.pages.player_view import PlayerFiles, copy_button, download_link, player

PREVIEWED_PROMPT = 300  # characters


async def unrated(_: Collection[JobId]) -> Mapping[JobId, VideoRating]:
    return {}


@wired
class PlayerPages:
    """Without a valid signature nothing is revealed about a video, not even whether it exists."""

    find: Callable[[JobId], Awaitable[Job | None]]
    files: FilePages
    links: PlayerLinks
    clock: Clock
    write: Writer = str
    label: Callable[[str], str] = str  # from a model's id to its display name
    ratings: Callable[[Collection[JobId]], Awaitable[Mapping[JobId, VideoRating]]] = unrated

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(r"/v/{id:\w+}", self._page),
            web.get(r"/v/{id:\w+}/video.mp4", self._video),
            web.get(r"/v/{id:\w+}/poster.webp", self._poster),
            web.get(r"/v/{id:\w+}/sheet.jpg", self._sheet),
        ]

    async def _page(self, request: web.Request) -> web.StreamResponse:
        job, video = await self._asked_for(request)
        query = f"?{urlencode({name: request.query[name] for name in ('until', 'sig')})}"
        # Previews need absolute addresses; the page itself uses relative ones.
        head = _preview(job, video, PlayerFiles.below(f"{self.links.base}/v/{job.id}", query))
        rated = (await self.ratings([job.id])).get(job.id, UNRATED)
        facts = _facts(job, self.label(job.request.model), video, rated, self.write)
        main = _content(job, video, PlayerFiles.below(job.id, query), facts, self.write)
        return page(document(root_of(request), _title(job), main, script="player.js", head=head))

    async def _video(self, request: web.Request) -> web.StreamResponse:
        _, video = await self._asked_for(request)
        return await self.files.answer(request, video.video, self._left(request))

    def _left(self, request: web.Request) -> float:
        """Seconds until the link expires."""
        return float(request.query["until"]) - self.clock.now().timestamp()

    async def _poster(self, request: web.Request) -> web.StreamResponse:
        _, video = await self._asked_for(request)
        return await self.files.answer(request, video.poster)

    async def _sheet(self, request: web.Request) -> web.StreamResponse:
        _, video = await self._asked_for(request)
        return await self.files.answer(request, video.sheet)

    async def _asked_for(self, request: web.Request) -> tuple[Job, StoredVideo]:
        """The video. Raises 403 for an invalid link and 410 for a deleted one."""
        job_id, query = JobId(request.match_info["id"]), request.query
        if not self.links.opens(job_id, query.get("until", ""), query.get("sig", ""), self.clock.now()):
            raise refusal(request, web.HTTPForbidden, WRONG, self.write)
        job = await self.find(job_id)
        if job is None or job.video is None:
            raise refusal(request, web.HTTPGone, DELETED, self.write)
        return job, job.video


def _title(job: Job) -> str:
    return f"{shown(job.id)} · Kinora"


def _facts(job: Job, model: str, video: StoredVideo, rated: VideoRating, write: Writer) -> str:
    said = rating(rated)
    opinions = [] if said is None else [write(said)]
    return " · ".join([model, write(phrases.length(job)), str(video.size), *opinions, write(phrases.AI_GENERATED)])


def _content(job: Job, video: StoredVideo, files: PlayerFiles, facts: str, write: Writer) -> Html:
    return element(
        "main",
        element("h1", shown(job.id)),
        player(video, files, job.request.prompt, write),
        element("p", job.request.prompt, class_="prompt", id="prompt", dir="auto"),
        element("p", facts, class_="facts"),
        element("p", copy_button(write), download_link(files.video, job.id, write), class_="actions"),
        class_="watch",
    )


def _preview(job: Job, video: StoredVideo, files: PlayerFiles) -> Html:
    """The preview that other sites show for a link to the page: https://ogp.me"""
    said = {
        "og:type": "video.other",
        "og:title": _title(job),
        "og:description": job.request.prompt[:PREVIEWED_PROMPT],
        "og:image": files.poster,
        "og:video": files.video,
        "og:video:type": "video/mp4",
        "og:video:width": str(video.size.width),
        "og:video:height": str(video.size.height),
    }
    return fragment([element("meta", property=name, content=content) for name, content in said.items()])
