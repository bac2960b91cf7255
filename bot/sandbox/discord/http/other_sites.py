"""Keeps other sites away: a page that is open in the same browser reaches the ports of this machine, too."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler


@web.middleware
async def own_page_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """403 for a request from another site's page, also if that site's name was made to lead to this machine.

    Browsers say where each POST and each WebSocket comes from. Whatever else connects here says nothing about that.
    """
    origin = request.headers.get("Origin")
    is_own = origin is None or origin.partition("://")[2] == request.host
    if not is_own or not _is_this_machine(request.host):
        raise web.HTTPForbidden(text="This is the page of a demo, and answers nobody else's pages.")
    return await handler(request)


def _is_this_machine(host: str) -> bool:
    """Whether it is an address, or a name that no site can have (RFC 6761 §6.3 and §6.4)."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or name.endswith((".localhost", ".invalid")) or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
