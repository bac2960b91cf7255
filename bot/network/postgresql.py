"""Why a PostgreSQL server lets nobody in, by its code.

While a connection is made, libpq hands on the server's words alone, and those are in the server's language
(`lc_messages`). So a server that refused us in words that nobody here knows is greeted once more, and its code is read.
It says what state it is in before it asks for a password, so none is sent.
"""

from __future__ import annotations

import asyncio
import struct

PROTOCOL = 3 << 16
PATIENCE = 5.0  # seconds
MOST = 10_000  # bytes of a refusal that are read
ERROR, CODE = b"E", b"C"


async def refusal_code(host: str, port: int, user: str, database: str) -> str | None:
    """The SQLSTATE with which it refuses this user; None where it goes on, or says nothing of the kind."""
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await _connection(host, port)
            try:
                writer.write(_greeting(user, database))
                await writer.drain()
                return await _code(reader)
            finally:
                writer.close()
    except (OSError, EOFError, OverflowError):  # of a time-out, and of a port that there is not, too
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
