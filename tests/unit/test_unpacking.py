"""Decompressing what a host sends takes only one block of memory at a time."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.network.unpacking import BLOCK, content_of

FILM = bytes(range(256)) * 4096
GZIP = bytes.fromhex("1f8b0800000000000003")  # the head of a file, https://datatracker.ietf.org/doc/html/rfc1952
NOTHING = bytes.fromhex(
    "000000ffff"
)  # an empty block that is not the last, https://datatracker.ietf.org/doc/html/rfc1951


def a_response(sent: bytes, packing: str, piece: int = 64 * 1024) -> httpx.Response:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(sent), piece):
            yield sent[start : start + piece]

    return httpx.Response(200, headers={"Content-Encoding": packing}, content=pieces())


async def read(response: httpx.Response) -> bytes:
    return b"".join([block async for block in content_of(response)])


@pytest.mark.parametrize("piece", [1000, 1024**2])
@pytest.mark.parametrize(
    ("sent", "packing"),
    [
        (FILM, ""),
        (FILM, "identity"),
        (FILM, "aws-chunked"),  # stores repeat it as a header of a file that was uploaded that way
        (gzip.compress(FILM), "gzip"),
        (gzip.compress(FILM), "aws-chunked, GZIP"),
        (zlib.compress(FILM), "deflate"),
    ],
)
async def test_what_was_packed_arrives_as_it_was(sent: bytes, packing: str, piece: int) -> None:
    assert await read(a_response(sent, packing, piece)) == FILM


async def test_a_few_bytes_that_unpack_to_many_are_unpacked_a_block_at_a_time() -> None:
    sizes = [len(block) async for block in content_of(a_response(gzip.compress(bytes(20 * 1024**2)), "gzip"))]
    assert sum(sizes) == 20 * 1024**2
    assert max(sizes) <= BLOCK


async def test_whoever_measures_the_speed_hears_of_what_unpacks_to_nothing() -> None:
    film = gzip.compress(FILM)
    assert [block async for block in content_of(a_response(GZIP + NOTHING * 98, "gzip", 50))] == [b""] * 10
    after = [block async for block in content_of(a_response(film + bytes(5000), "gzip", len(film)))]
    assert b"".join(after) == FILM
    assert not after[-1]


@pytest.mark.parametrize("packing", ["gzip, gzip", "gzip,deflate"])
async def test_what_is_packed_twice_is_not_unpacked(packing: str) -> None:
    with pytest.raises(httpx.DecodingError):
        await read(a_response(gzip.compress(gzip.compress(FILM)), packing))


async def test_what_is_not_packed_as_it_says_is_an_error_of_the_host() -> None:
    with pytest.raises(httpx.DecodingError):
        await read(a_response(FILM, "gzip"))
