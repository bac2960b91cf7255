"""An object store's errors: a refusal that a person has to fix is distinguished from temporary faults."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.errors import StoreAway, StoreRefuses
from storage.files.local import LocalFiles
from tests.extent import only_in_full

StoreAddress = pytest.importorskip("storage.files.addresses", reason="obstore is an extra").StoreAddress
ObjectFiles = pytest.importorskip("storage.files.objects").ObjectFiles


@asynccontextmanager
async def a_store_that_says(status: int, code: str) -> AsyncIterator[str]:
    """Its address. It answers everything with the same error, in S3's format."""

    async def refuse(request: web.Request) -> web.Response:
        await request.read()
        head = '<?xml version="1.0" encoding="UTF-8"?>'
        return web.Response(status=status, text=f"{head}\n<Error><Code>{code}</Code></Error>")

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", refuse)
    async with TestServer(application) as server:
        yield str(server.make_url("")).rstrip("/")


async def checked(endpoint: str, folder: Path) -> StoreAway:
    address = StoreAddress(url="s3://kinora/videos", endpoint=endpoint, access_key="kinora", secret_key="secret")
    files = ObjectFiles(address.open(), LocalFiles(folder), most=0)
    with pytest.raises(StoreAway) as refusal:
        await files.check()
    assert not await files.writable()
    return refusal.value


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (404, "NoSuchBucket", "The file store has no such bucket. Check FILES_URL"),
        (403, "SignatureDoesNotMatch", "refuses the bot's keys: .*403 Forbidden (SignatureDoesNotMatch)."),
        (400, "InvalidBucketName", "refuses the bot: .*400 Bad Request (InvalidBucketName). Check FILES_URL"),
        (301, "PermanentRedirect", "refuses the bot: .*incorrectly configured region. Check FILES_URL"),
    ],
)
async def test_a_definite_no_names_what_is_wrong(tmp_path: Path, status: int, code: str, words: str) -> None:
    async with a_store_that_says(status, code) as endpoint:
        refusal = await checked(endpoint, tmp_path)
    assert isinstance(refusal, StoreRefuses)
    begin, _, end = words.partition(".*")
    assert begin in refusal.sentence
    assert end in refusal.sentence


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (503, "SlowDown"),
        (400, "RequestTimeout"),
        *(pytest.param(*each, marks=only_in_full("the same")) for each in [(429, "SlowDown"), (500, "InternalError")]),
    ],
)
async def test_what_passes_is_no_refusal(tmp_path: Path, status: int, code: str) -> None:
    async with a_store_that_says(status, code) as endpoint:
        refusal = await checked(endpoint, tmp_path)
    assert not isinstance(refusal, StoreRefuses)
    assert refusal.sentence.startswith("The file store doesn't answer: ")


async def test_nor_is_a_store_that_is_off(tmp_path: Path, unused_tcp_port: int) -> None:
    assert not isinstance(await checked(f"http://127.0.0.1:{unused_tcp_port}", tmp_path), StoreRefuses)
