"""Where a service may send us for files: to the public internet, or to the service's own network.

Otherwise an address from it could make the bot connect to machines in its own network.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.request import getproxies, proxy_bypass

from bot.domain.errors import OutOfBounds, Unavailable
from bot.domain.messages import Foreign, Param, Term, msg
from bot.domain.network.addresses import is_address, is_loopback, is_of_a_cloud, is_private, is_public
from bot.network.names import Resolve, resolved
from bot.providers.common.endpoint import LOOPBACK, PORTS, Endpoint, host_of, split

NUMBER = re.compile(r"(^|\.)([0-9]+|0x[0-9a-f]*)\.?$")  # as the last part of a host (https://url.spec.whatwg.org)


class PublicAddresses:
    """Checks the addresses that one account's service gives."""

    def __init__(self, endpoint: Endpoint, resolve: Resolve = resolved) -> None:
        self._endpoint = endpoint
        self._resolve = resolve

    async def check(self, url: str) -> None:
        """Raise OutOfBounds, or Unavailable if another attempt may help, unless the file may be fetched there."""
        host = host_of(url)
        if not self._endpoint.may_fetch(url):
            await self._check_beside(url)
        elif not await self._is_free(url, is_looked_up=_is_looked_up(host)):
            self._check_public(host, await self._addresses(host))

    async def check_peer(self, url: str, address: str | None) -> None:
        """The same for the address that was actually connected to: a name may resolve differently a moment later."""
        if address is None:
            return
        if not self._endpoint.may_fetch(url):
            if not await self._are_beside([address]):
                raise self._unencrypted(host_of(url))
        elif not is_public(address) and not await self._is_free(url):
            self._check_public(host_of(url), [address])

    def _check_public(self, host: str, addresses: Sequence[str]) -> None:
        """Raises OutOfBounds, or Unavailable for addresses that nobody is asked to allow."""
        if any(map(is_of_a_cloud, addresses)):
            raise self._nowhere()
        if not all(map(is_public, addresses)):
            raise self._private(host)

    async def _check_beside(self, url: str) -> None:
        """Without encryption: from another machine in the network, if the service itself is in it."""
        host = host_of(url)
        if split(url).scheme not in PORTS or not host or is_of_a_cloud(host):  # nobody is asked to allow these
            raise self._nowhere()
        if not self._is_spoken_to_plainly() or _is_proxied(url):
            raise self._unencrypted(host)
        if not await self._are_beside(await self._addresses(host)):
            raise self._unencrypted(host)

    def _is_spoken_to_plainly(self) -> bool:
        return split(self._endpoint.base_url).scheme == "http"

    async def _are_beside(self, addresses: Sequence[str]) -> bool:
        """Whether all these are in the service's network: private ones, and this machine if the service is on it."""
        own = await self._addresses(self._endpoint.name)
        is_here = all(map(is_loopback, own))
        if not is_here and not all(map(is_private, own)):
            return False
        return all(is_private(address) or (is_here and is_loopback(address)) for address in addresses)

    async def _addresses(self, host: str) -> Sequence[str]:
        """Raises Unavailable."""
        try:
            return await self._resolve(host)
        except OSError:
            raise Unavailable(
                msg(
                    "{service} keeps the file at {place}, which can't be found.",
                    service=self._endpoint.label,
                    place=Foreign(host),
                )
            ) from None

    async def _is_free(self, url: str, *, is_looked_up: bool = True) -> bool:
        """Whether the location of the file doesn't matter, or can't be known because a proxy resolves the name.

        `is_looked_up`: False for an address, which is the same for a proxy.
        """
        if self._endpoint.is_own(url) or host_of(url) in self._endpoint.account.download_hosts:
            return True
        return (is_looked_up and _is_proxied(url)) or not await self._is_public_service()

    async def _is_public_service(self) -> bool:
        try:
            return any(map(is_public, await self._resolve(self._endpoint.name)))
        except OSError:
            return True  # it was reached a moment ago

    def _nowhere(self) -> Unavailable:
        return Unavailable(msg("{service} keeps the file at no address of the web.", service=self._endpoint.label))

    def _unencrypted(self, host: str) -> OutOfBounds:
        return OutOfBounds(
            msg(
                "{service} keeps the file at {place} without encryption. Add that host to {setting} to allow it.",
                **self._names(host),
            ),
            host,
        )

    def _private(self, host: str) -> OutOfBounds:
        return OutOfBounds(
            msg(
                "{service} keeps the file at {place}, on a private network. Add that host to {setting} to allow it.",
                **self._names(host),
            ),
            host,
        )

    def _names(self, host: str) -> dict[str, Param]:
        return {"service": self._endpoint.label, "place": Foreign(host), "setting": Term("DOWNLOAD_HOSTS")}


def _is_looked_up(host: str) -> bool:
    """Whether a name server says where it is. What ends in a number is an address in some form, such as 127.1."""
    return not is_address(host) and host not in LOOPBACK and NUMBER.search(host) is None


def _is_proxied(url: str) -> bool:
    """Whether a proxy from the environment is used for it, which resolves the name itself."""
    proxies = getproxies()
    return (split(url).scheme in proxies or "all" in proxies) and not proxy_bypass(host_of(url))
