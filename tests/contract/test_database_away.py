"""A database server that is off is distinguished from one that refuses us: only the first is worth waiting for."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.domain.errors import CannotStart, DatabaseAway
from bot.wiring.stores import NamePatience
from storage.db.database import Database
from tests.servers import a_raw_server

pytest.importorskip("psycopg", reason="PostgreSQL's driver is an extra")


@asynccontextmanager
async def a_server_that_says(code: str, words: str) -> AsyncIterator[int]:
    """Its port. It answers every connection with one error, like PostgreSQL."""
    fields = f"SFATAL\0VFATAL\0C{code}\0M{words}\0\0".encode()

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(8)
        writer.write(b"E" + struct.pack("!i", len(fields) + 4) + fields)
        await writer.drain()
        writer.close()

    async with a_raw_server(refuse) as port:
        yield port


async def refused(port: int) -> CannotStart:
    with pytest.raises(CannotStart) as refusal:
        await Database.open(f"postgresql://ann:secret@127.0.0.1:{port}/kinora?sslmode=disable")
    assert "secret" not in refusal.value.sentence
    return refusal.value


@pytest.mark.parametrize(
    ("code", "words", "is_away"),
    [
        ("57P03", "the database system is starting up", True),
        ("57P03", "the database system is shutting down", True),
        ("57P03", "the database system is not yet accepting connections", True),
        ("57P03", "the database system is in recovery mode", True),
        ("53300", "sorry, too many clients already", True),
        ("57P03", "das Datenbanksystem startet", True),
        ("57P03", "データベースシステムは起動処理中です", True),
        ("53300", "tut mir leid, schon zu viele Verbindungen", True),
        ("28P01", "Passwort-Authentifizierung für Benutzer »ann« fehlgeschlagen", False),
        ("3D000", "Datenbank »kinora« existiert nicht", False),
        ("28P01", 'password authentication failed for user "ann"', False),
        ("28000", 'role "ann" does not exist', False),
        ("28000", 'no pg_hba.conf entry for host "127.0.0.1"', False),
        ("3D000", 'database "kinora" does not exist', False),
    ],
)
async def test_what_a_server_says(code: str, words: str, is_away: bool) -> None:
    async with a_server_that_says(code, words) as port:
        refusal = await refused(port)
    assert isinstance(refusal, DatabaseAway) is is_away
    assert words in refusal.sentence


async def test_where_no_server_is(unused_tcp_port: int) -> None:
    refusal = await refused(unused_tcp_port)
    assert isinstance(refusal, DatabaseAway)
    assert not refusal.unknown_host


async def test_a_port_that_there_is_not_is_said_and_not_waited_for() -> None:
    refusal = await refused(99_999)
    assert not isinstance(refusal, DatabaseAway)
    assert "99999" in refusal.sentence


async def test_a_host_that_nobody_knows_is_told_from_one_that_is_off() -> None:
    with pytest.raises(DatabaseAway) as refusal:
        await Database.open("postgresql://ann@no-such-host.invalid/kinora")
    assert refusal.value.unknown_host


async def test_a_host_that_no_name_server_was_asked_about_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody_answers(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", nobody_answers)
    with pytest.raises(DatabaseAway) as refusal:
        await Database.open("postgresql://ann@database/kinora")
    assert not refusal.value.unknown_host


def test_a_name_is_waited_for_from_when_nobody_knows_it_on() -> None:
    off, unknown = DatabaseAway("It is off."), DatabaseAway("Nobody knows it.", unknown_host=True)
    patience = NamePatience()
    assert not patience.is_over(off, 0.0)
    assert not patience.is_over(unknown, 1000.0)
    assert not patience.is_over(off, 1050.0)  # its container is back, and not yet ready
    assert not patience.is_over(unknown, 2000.0)
    assert not patience.is_over(unknown, 2060.0)
    assert patience.is_over(unknown, 2060.1)
