"""Stores files: in memory, behind signed links that expire after a day, like Discord's."""

from __future__ import annotations

import hashlib
import re

from aiohttp import web

from bot.data_classes import value_object
from bot.sandbox.discord.checks.pictures import dimensions, kind_of
from bot.sandbox.discord.world.clock import Clock, Json

LINK_SECONDS = 24 * 3600
UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")


@value_object
class Attachment:
    """One uploaded file."""

    id: int
    channel_id: int
    filename: str
    data: bytes
    description: str | None = None
    ephemeral: bool = False

    @property
    def content_type(self) -> str:
        return kind_of(self.filename)

    @property
    def size(self) -> tuple[int, int] | None:
        return dimensions(self.data)

    @property
    def path(self) -> str:
        kind = "ephemeral-attachments" if self.ephemeral else "attachments"
        return f"/cdn/{kind}/{self.channel_id}/{self.id}/{self.filename}"


class Cdn:
    """All files of the world. `host` is where the server listens, once it is running."""

    def __init__(self, clock: Clock) -> None:
        self.host = ""
        self._clock = clock
        self._kept: dict[int, Attachment] = {}

    def keep(self, attachment: Attachment) -> Attachment:
        self._kept[attachment.id] = attachment
        return attachment

    def drop(self, attachment: Attachment) -> None:
        self._kept.pop(attachment.id, None)

    def link(self, attachment: Attachment, *, relative: bool = False) -> str:
        """A fresh signed link. Relative ones are for a page on the same host."""
        expires = f"{int(self._clock.now()) + LINK_SECONDS:x}"
        query = f"ex={expires}&is={int(self._clock.now()):x}&hm={_signature(attachment.path, expires)}"
        return f"{'' if relative else self.host}{attachment.path}?{query}"

    def to_dict(self, attachment: Attachment, *, relative: bool = False) -> Json:
        link = self.link(attachment, relative=relative)
        described = {
            "id": str(attachment.id),
            "filename": attachment.filename,
            "size": len(attachment.data),
            "url": link,
            "proxy_url": link,
            "content_type": attachment.content_type,
        }
        if attachment.size:
            described |= {"width": attachment.size[0], "height": attachment.size[1]}
        if attachment.description:
            described |= {"description": attachment.description}
        return described | ({"ephemeral": True} if attachment.ephemeral else {})

    async def serve(self, request: web.Request) -> web.Response:
        """GET a file, whole or a range of it (a player seeks with ranges)."""
        attachment = self._kept.get(int(request.match_info["id"]))
        if attachment is None or attachment.path != request.path or not self._still_valid(request):
            raise web.HTTPNotFound(text="This content is no longer available.")
        headers = {"Accept-Ranges": "bytes", "Content-Type": attachment.content_type}
        try:
            wanted = request.http_range
        except ValueError:
            raise web.HTTPRequestRangeNotSatisfiable from None
        if wanted.start is None:
            return web.Response(body=attachment.data, headers=headers)
        start, stop, _ = wanted.indices(len(attachment.data))
        if start >= stop:
            raise web.HTTPRequestRangeNotSatisfiable
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(attachment.data)}"
        return web.Response(status=206, body=attachment.data[start:stop], headers=headers)

    def _still_valid(self, request: web.Request) -> bool:
        expires = request.query.get("ex", "")
        if request.query.get("hm") != _signature(request.path, expires):
            return False
        return int(expires, 16) > self._clock.now()


def safe_name(filename: str) -> str:
    """The name as Discord cleans it: ASCII letters, digits and `_-.` remain."""
    return UNSAFE.sub("_", filename.replace(" ", "_")).strip("_") or "unknown"


def _signature(path: str, expires: str) -> str:
    return hashlib.sha256(f"{path}?{expires}".encode()).hexdigest()
