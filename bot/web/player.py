"""Player pages: one video each, for whoever has its signed address, until that runs out."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from aiohttp import web

from bot.domain.errors import StoreAway
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.links import PlayerLinks
from bot.domain.ports.clock import Clock
from bot.domain.ports.files import FileStore
from bot.domain.video import StoredVideo
from bot.web.page import player, sorry

log = logging.getLogger(__name__)

WRONG = "This link is wrong or has expired. Use /show in Discord to get a new one."
DELETED = "This video was deleted."
LATER = "The video can't be fetched at the moment. Try again in a minute."
KEPT_BY_BROWSERS = "private, max-age=3600"
POLICY = "default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
GUARDS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Content-Security-Policy": POLICY}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayerPages:
    """Nothing is told of a video without a good signature, not even whether there is one."""

    find: Callable[[JobId], Awaitable[Job | None]]
    files: FileStore
    links: PlayerLinks
    clock: Clock

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(r"/v/{id:\w+}", self._page),
            web.get(r"/v/{id:\w+}/video.mp4", self._video),
            web.get(r"/v/{id:\w+}/poster.webp", self._poster),
        ]

    async def _page(self, request: web.Request) -> web.StreamResponse:
        job, video = await self._asked_for(request)
        query = urlencode({name: request.query[name] for name in ("until", "sig")})
        text = player(job, video, f"{self.links.base}/v/{job.id}", query)
        return web.Response(text=text, content_type="text/html", headers=GUARDS | {"Cache-Control": "no-store"})

    async def _video(self, request: web.Request) -> web.StreamResponse:
        _, video = await self._asked_for(request)
        return await self._file(video.video, "video/mp4")

    async def _poster(self, request: web.Request) -> web.StreamResponse:
        _, video = await self._asked_for(request)
        return await self._file(video.poster, "image/webp")

    async def _asked_for(self, request: web.Request) -> tuple[Job, StoredVideo]:
        """The video, or 403 for a bad link and 410 for a deleted one."""
        job_id, query = JobId(request.match_info["id"]), request.query
        if not self.links.opens(job_id, query.get("until", ""), query.get("sig", ""), self.clock.now()):
            raise _no(web.HTTPForbidden, WRONG)
        job = await self.find(job_id)
        if job is None or job.video is None:
            raise _no(web.HTTPGone, DELETED)
        return job, job.video

    async def _file(self, key: str, kind: str) -> web.StreamResponse:
        """With ranges, so that a player can jump, and a broken download can go on."""
        try:
            async with self.files.local(key) as path:
                return _served(path, kind)
        except FileNotFoundError:
            raise _no(web.HTTPGone, DELETED) from None
        except StoreAway as away:
            log.warning("a page could not be served: %s", away.sentence)
            raise _no(web.HTTPServiceUnavailable, LATER) from None


def _served(path: Path, kind: str) -> web.FileResponse:
    headers = GUARDS | {"Content-Type": kind, "Cache-Control": KEPT_BY_BROWSERS}
    return web.FileResponse(path, headers=headers)


def _no(kind: type[web.HTTPException], sentence: str) -> web.HTTPException:
    headers = GUARDS | {"Cache-Control": "no-store"}
    return kind(text=sorry(sentence), content_type="text/html", headers=headers)
