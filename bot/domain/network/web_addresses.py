"""Web addresses as people write them: whether a request could be sent there at all."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlsplit


def is_web_address(text: str, schemes: Collection[str]) -> bool:
    """Whether it has one of these schemes, a valid port, and a host that can be resolved by name."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in schemes and is_host(parts.hostname or "") and not re.search(r"\s", text)


def is_host(name: str) -> bool:
    """Names have up to 63 characters between two dots, and some (RFC 1035 §2.3.4); Python fails on others."""
    try:
        return bool(name) and bool(name.encode("idna"))
    except UnicodeError:
        return False
