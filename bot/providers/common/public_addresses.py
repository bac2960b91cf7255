"""A service on the public internet may send us to files there, and nowhere else.

Otherwise an address that it gives could make the bot ask machines of the network it runs in.
"""

from __future__ import annotations

from urllib.request import getproxies, proxy_bypass

from bot.domain.errors import Unavailable
from bot.domain.messages import Foreign, Param, Term, msg
from bot.domain.network.addresses import is_public
from bot.network.names import Resolve, resolved
from bot.providers.common.endpoint import Endpoint, host_of, split


class PublicAddresses:
    """Checks the places that one account's service names."""

    def __init__(self, endpoint: Endpoint, resolve: Resolve = resolved) -> None:
        self._endpoint = endpoint
        self._resolve = resolve

    async def check(self, url: str) -> None:
        """Raise Unavailable unless the file may be fetched there."""
        if await self._is_free(url):
            return
        host = host_of(url)
        try:
            addresses = await self._resolve(host)
        except OSError:
            raise Unavailable(
                msg(
                    "{service} keeps the file at {place}, which can't be found.",
                    service=self._endpoint.label,
                    place=Foreign(host),
                )
            ) from None
        if not all(map(is_public, addresses)):
            raise self._private(host)

    async def check_peer(self, url: str, address: str | None) -> None:
        """The same of the address that was really connected to: a name may lead elsewhere a moment later."""
        if address is not None and not is_public(address) and not await self._is_free(url):
            raise self._private(host_of(url))

    async def _is_free(self, url: str) -> bool:
        """Whether it does not matter where the file is, or cannot be told: a proxy finds the way by itself."""
        host = host_of(url)
        if self._endpoint.is_own(url) or host in self._endpoint.account.download_hosts:
            return True
        proxies = getproxies()
        is_proxied = (split(url).scheme in proxies or "all" in proxies) and not proxy_bypass(host)
        return is_proxied or not await self._is_public_service()

    async def _is_public_service(self) -> bool:
        try:
            return any(map(is_public, await self._resolve(self._endpoint.name)))
        except OSError:
            return True  # it was reached a moment ago

    def _private(self, host: str) -> Unavailable:
        names: dict[str, Param] = {
            "service": self._endpoint.label,
            "place": Foreign(host),
            "setting": Term("DOWNLOAD_HOSTS"),
        }
        return Unavailable(
            msg(
                "{service} keeps the file at {place}, on a private network. Add that host to {setting} to allow it.",
                **names,
            )
        )
