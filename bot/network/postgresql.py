"""Why a PostgreSQL server refuses connections, by its error code.

While connecting, libpq passes on only the server's message, which is in the server's language (`lc_messages`). So if
the message is not understood, the server is asked once more, and its code is read. It reports its state before it asks
for a password, so none is sent.
"""

from __future__ import annotations

import asyncio
import struct

PROTOCOL = 3 << 16
PATIENCE = 5.0  # seconds
MOST = 10_000  # bytes of a refusal that are read
ERROR, CODE = b"E", b"C"


async def refusal_code(host: str, port: int, user: str, database: str) -> str | None:
    """The SQLSTATE with which it refuses this user; None if it does not refuse, or says something else."""
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await _connection(host, port)
            try:
                writer.write(_greeting(user, database))
                await writer.drain()
                return await _code(reader)
            finally:
                writer.close()
    except (OSError, EOFError, OverflowError):  # on a time-out or an invalid port, too
        return None


async def _connection(host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if host.startswith("/"):
        return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
    return await asyncio.open_connection(host, port)


def _greeting(user: str, database: str) -> bytes:
    named = "".join(f"{part}\0" for part in ("user", user, "database", database)).encode()
    body = struct.pack("!i", PROTOCOL) + named + b"\0"
    return struct.pack("!i", len(body) + 4) + body


async def _code(reader: asyncio.StreamReader) -> str | None:
    kind, size = struct.unpack("!ci", await reader.readexactly(5))
    if kind != ERROR or not 4 <= size <= MOST:
        return None
    fields = (await reader.readexactly(size - 4)).split(b"\0")
    return next((field[1:].decode("ascii", "replace") for field in fields if field[:1] == CODE), None)
