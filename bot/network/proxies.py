"""Rewrites the proxy variables of the environment in a form that every library can read, as each fails on some forms.

httpx ends with a traceback if NO_PROXY contains `[::1]` or a line break, or if it cannot use a kind of proxy.
"""

from __future__ import annotations

import ipaddress
import os
import re
from urllib.parse import urlsplit
from urllib.request import getproxies

from bot.domain.errors import CannotStart

SUPPORTED = frozenset({"http", "https"})
EXCEPTIONS = ("NO_PROXY", "no_proxy")
BETWEEN = re.compile(r"[,;\s]+")
# A host, with a port, below a domain, or a network, which none of them matches and which does no harm.
HOST = re.compile(r"(https?://)?[\w*][\w.*-]*(:\d{1,4})?(/\d{1,2})?|\.[\w.-]+", re.ASCII)


def settle_proxies() -> None:
    """Raises CannotStart for an unusable proxy. An unusable ALL_PROXY is dropped if each kind has its own."""
    proxies = getproxies()
    if {"http", "https"} <= proxies.keys() and not _is_usable(proxies.get("all", "")):
        for name in ("ALL_PROXY", "all_proxy"):
            os.environ.pop(name, None)
        proxies.pop("all", None)
    for kind in ("http", "https", "all"):
        check_proxy(proxies.get(kind, ""), kind)
    for name in EXCEPTIONS:
        if name in os.environ:
            os.environ[name] = ",".join(filter(_is_read_by_all, map(_bare, BETWEEN.split(os.environ[name]))))


def check_proxy(named: str, kind: str) -> None:
    """`kind` is http, https or all. Raises CannotStart."""
    if not _is_usable(named):
        names = "ALL_PROXY" if kind == "all" else f"{kind.upper()}_PROXY or ALL_PROXY"
        raise CannotStart(f"{names} does not name a proxy that can be used; write it like http://proxy:3128.")


def _is_usable(named: str) -> bool:
    try:
        proxy = urlsplit(with_scheme(named))
        return not named or (proxy.scheme in SUPPORTED and bool(proxy.hostname) and proxy.port != 0)
    except ValueError:
        return False


def with_scheme(named: str) -> str:
    return named if "://" in named else f"http://{named}"


def _bare(entry: str) -> str:
    """`[::1]` is `::1` here."""
    return entry[1:-1] if entry.startswith("[") and entry.endswith("]") else entry


def _is_read_by_all(entry: str) -> bool:
    try:
        ipaddress.ip_address(entry)
    except ValueError:
        return HOST.fullmatch(entry) is not None
    return True
