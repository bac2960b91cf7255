"""Files of the store over HTTP: whole, and in the parts that a player or an interrupted download asks for."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from bot.domain.errors import StoreAway
from bot.domain.ports.files import FileStore
from bot.web.pages.document import GUARDS, refusal
from bot.web.pages.phrases import DELETED, LATER, Writer

log = logging.getLogger(__name__)

KEPT_BY_BROWSERS = "private, max-age=60"  # seconds: whoever may no longer see it does not for longer
KINDS = {".mp4": "video/mp4", ".webp": "image/webp", ".jpg": "image/jpeg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePages:
    files: FileStore
    write: Writer = str

    async def answer(self, request: web.Request, *keys: str) -> web.StreamResponse:
        """The first of these files that is there."""
        try:
            for key in keys:
                try:
                    async with self.files.local(key) as path:
                        return _served(path, KINDS[Path(key).suffix])
                except FileNotFoundError:
                    continue
        except StoreAway as away:
            log.warning("a page could not be served: %s", away.sentence)
            raise refusal(request, web.HTTPServiceUnavailable, LATER, self.write) from None
        raise refusal(request, web.HTTPGone, DELETED, self.write)


def _served(path: Path, kind: str) -> web.FileResponse:
    headers = GUARDS | {"Content-Type": kind, "Cache-Control": KEPT_BY_BROWSERS}
    return web.FileResponse(path, headers=headers)
