"""Styles, scripts and the icon of the pages: small files of the package, whose addresses change with them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).parent / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FOR_GOOD = "public, max-age=31536000, immutable"
NO_SNIFFING = {"X-Content-Type-Options": "nosniff"}


@cache
def contents() -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(FOLDER.iterdir()) if path.suffix in KINDS}


@cache
def version() -> str:
    """Changes if any file does. Scripts import each other from their folder, so all have one version."""
    digest = hashlib.sha256()
    for name, content in contents().items():
        digest.update(name.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()[:16]


def address(root: str, name: str) -> str:
    """`root` leads from the page to the top of the site: pages may be served below any path."""
    return f"{root}assets/{version()}/{name}"


def routes() -> list[web.RouteDef]:
    return [web.get(r"/assets/{version:\w+}/{name:[\w.]+}", _file)]


async def _file(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    content = contents().get(name)
    if content is None:
        raise web.HTTPNotFound
    kept = FOR_GOOD if request.match_info["version"] == version() else "no-store"
    headers = NO_SNIFFING | {"Content-Type": KINDS[Path(name).suffix], "Cache-Control": kept}
    return web.Response(body=content, headers=headers)
