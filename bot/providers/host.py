"""Where a video service is, and the key that it takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """An account at one address, as the settings name it."""

    key: str = field(repr=False)
    base_url: str

    @property
    def name(self) -> str:
        """The host's name without a port, in lower case; empty when the address has none."""
        return host_of(self.base_url)

    def is_own(self, url: str) -> bool:
        """Whether a URL leads to this very host and port: the only place the key is ever sent to."""
        return origin(url) == origin(self.base_url)

    def may_fetch(self, url: str) -> bool:
        """Files may come from anywhere over https, otherwise from the host itself or, beside it, on this machine."""
        if self.is_own(url):
            return True
        scheme = urlsplit(url).scheme
        return scheme == "https" or (scheme == "http" and {self.name, host_of(url)} <= LOOPBACK)


def origin(url: str) -> tuple[str, str, int | None]:
    """(scheme, host, port). An address that cannot be read is like no other."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    return parts.scheme.lower(), host_of(url), PORTS.get(parts.scheme.lower()) if port is None else port


def host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
