"""Connects through a proxy: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, as other programs read them.

The video services' libraries do so by themselves. discord.py takes one proxy for everything without exceptions, so here
the connector chooses for each request: REST, gateway and pictures alike.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.request import getproxies, proxy_bypass

import aiohttp
from aiohttp.connector import Connection
from aiohttp.tracing import Trace
from yarl import URL

from bot.network.proxies import check_proxy, with_scheme

SECURE = {"https": "https", "wss": "https", "http": "http", "ws": "http"}


class ProxyConnector(aiohttp.TCPConnector):
    """Connects through the proxy that the environment names for an address, if any.

    The environment is read once, as the services' libraries do: reading it for each request would take another 0.2 ms.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._proxies = getproxies()

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 (aiohttp's own name)
    ) -> Connection:
        proxy = proxy_for(req.url, self._proxies) if req.proxy is None else None
        if proxy is not None:
            req.update_proxy(proxy.with_user(None), aiohttp.BasicAuth.from_url(proxy), None)
        return await super().connect(req, traces, timeout)


def proxy_for(url: URL, proxies: Mapping[str, str]) -> URL | None:
    """The proxy for an address, from those for each kind of address or for `all`.

    This machine is reached directly. Raises CannotStart for an invalid proxy.
    """
    host, kind = url.host or "", SECURE.get(url.scheme, "http")
    named = proxies.get(kind) or proxies.get("all")
    if not named or _is_here(host) or proxy_bypass(f"{host}:{url.port}") or proxy_bypass(host):
        return None
    check_proxy(named, kind)
    return URL(with_scheme(named))


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
