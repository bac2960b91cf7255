"""Resolving host names."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Sequence

from bot.domain.network.web_addresses import is_host

for chatty in ("httpx", "httpcore"):
    logging.getLogger(chatty).setLevel(logging.WARNING)  # they log whole addresses, and a signed one opens a file

Resolve = Callable[[str], Awaitable[Sequence[str]]]  # from a host to its addresses; raises OSError if it has none


async def resolved(host: str) -> Sequence[str]:
    """Raises OSError."""
    if not is_host(host):  # such as a..example
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
