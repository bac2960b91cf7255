"""Downloading what OpenRouter has made: whole, of the right kind, and without leaking the key."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from bot.domain.errors import AccountTrouble, Gone, ProviderError, Unavailable
from bot.domain.ports.provider import Asset
from bot.providers.common.timeouts import Timeouts
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Drip, Fault, Hang, Operation, Reset, Say, Truncate
from tests.contract.openrouter_services import a_provider, an_openrouter
from tests.contract.video_services import IMPATIENT, a_file_server, patience_for, serving
from tests.servers import a_raw_server

MP4 = b"\0\0\0\x20ftypisom" + b"\0" * 2000


async def test_the_video_arrives_whole_and_there_are_no_stills(tmp_path: Path) -> None:
    async with an_openrouter() as service:
        remote_id = await service.finished()
        assert await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")
        assert not await service.provider.fetch(remote_id, Asset.THUMBNAIL, tmp_path / "t")
        assert not await service.provider.fetch(remote_id, Asset.SPRITESHEET, tmp_path / "s")
    assert (tmp_path / "v.mp4").read_bytes()[4:8] == b"ftyp"
    assert (tmp_path / "v.mp4").stat().st_size > 10_000


async def test_the_video_is_handed_out_to_the_key_only(tmp_path: Path) -> None:
    async with an_openrouter() as service:
        remote_id = await service.finished()
        async with a_provider(service.base_url, key="another") as stranger:
            with pytest.raises(AccountTrouble):
                await stranger.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")


@pytest.mark.parametrize(
    "fault",
    [
        Truncate(keep=5000),
        Truncate(keep=0),
        Drip(size=100, pause=0.02),
        Hang(),
        Reset(),
        Say(status=500),
        Say(status=429),
        Say(status=404, body={"error": {"message": "not found", "code": 404}}),
        Say(body=b"", headers={"Content-Type": "video/mp4"}),
        Say(body=b"<html>not a video at all</html>", headers={"Content-Type": "video/mp4"}),
        Say(body={"message": "no file here"}),
        Say(status=302, headers={"Location": "file:///etc/passwd"}),
        Say(status=302, headers={"Location": "http://files.example/v.mp4"}),
    ],
)
async def test_a_download_that_another_try_may_cure(fault: Fault, tmp_path: Path) -> None:
    async with an_openrouter(patience=patience_for(fault)) as service:
        remote_id = await service.finished()
        service.host.trouble.next(Operation.CONTENT, fault, Say(status=503))
        with pytest.raises(Unavailable) as caught:
            await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")
        assert type(caught.value) is Unavailable


async def test_a_file_in_chunks_that_is_cut_off_is_not_taken_for_whole(tmp_path: Path) -> None:
    """There is no length to compare: only the missing last chunk shows it."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"%x\r\n" % len(MP4) + MP4 + b"\r\n"

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head + chunk)
        await writer.drain()
        writer.close()

    async with a_raw_server(talk) as port:
        address = f"http://127.0.0.1:{port}/api/v1"
        async with a_provider(address, patience=IMPATIENT) as provider:
            with pytest.raises(Unavailable, match="didn't arrive whole"):
                await provider.fetch("gen-vid-1-x", Asset.VIDEO, tmp_path / "v.mp4")


async def test_a_file_beyond_all_bounds_is_not_taken(tmp_path: Path) -> None:
    async with an_openrouter(patience=Timeouts(most_bytes=10_000)) as service:
        remote_id = await service.finished()
        with pytest.raises(Unavailable, match="larger than"):
            await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Say(status=410), Gone), (Say(status=401), AccountTrouble), (Say(status=402), AccountTrouble)],
)
async def test_a_download_that_needs_more_than_another_try(
    fault: Fault, error: type[ProviderError], tmp_path: Path
) -> None:
    async with an_openrouter() as service:
        remote_id = await service.finished()
        service.host.trouble.next(Operation.CONTENT, fault, Say(status=503))
        with pytest.raises(error):
            await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")


async def test_a_video_the_host_does_not_know_is_gone(tmp_path: Path) -> None:
    async with an_openrouter() as service:
        with pytest.raises(Gone):
            await service.provider.fetch("gen-vid-0-x", Asset.VIDEO, tmp_path / "v.mp4")


async def test_a_video_that_failed_after_all_is_gone_and_one_that_still_renders_is_waited_for(tmp_path: Path) -> None:
    async with an_openrouter() as service:
        service.host.trouble.next(Operation.CONTENT, Say(status=400), Say(status=400))
        service.host.trouble.next(
            Operation.LOOK,
            Say(body={"id": "v", "status": "expired"}),
            Say(body={"id": "v", "status": "pending"}, headers={"Retry-After": "3"}),
        )
        with pytest.raises(Gone):
            await service.provider.fetch("v", Asset.VIDEO, tmp_path / "v.mp4")
        with pytest.raises(Unavailable, match="hasn't finished") as caught:
            await service.provider.fetch("v", Asset.VIDEO, tmp_path / "v.mp4")
        assert caught.value.retry_after == 3.0


@pytest.mark.parametrize("place", ["unsigned_urls", "urls", "redirect"])
async def test_a_file_elsewhere_is_fetched_without_the_key(place: str, tmp_path: Path) -> None:
    seen: list[web.Request] = []
    async with an_openrouter() as service, a_file_server("/v.mp4", MP4, seen) as url:
        to = Say(status=302, headers={"Location": url})
        service.host.trouble.next(Operation.CONTENT, to if place == "redirect" else Say(status=404))
        service.host.trouble.next(
            Operation.LOOK, Say(body={"id": "v", "status": "completed", place: [None, "http://[", url]})
        )
        assert await service.provider.fetch("v", Asset.VIDEO, tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == MP4
    (request,) = seen
    assert not [value for value in request.headers.values() if SANDBOX_KEY in value]


@pytest.mark.parametrize("address", ["{host}/h/api/v1/store/a", "/h/api/v1/store/a"])
async def test_a_file_elsewhere_on_the_own_host_is_fetched_with_the_key(address: str, tmp_path: Path) -> None:
    keys: list[str | None] = []

    async def look(request: web.Request) -> web.Response:
        url = address.replace("{host}", str(request.url.origin()))
        return web.json_response({"id": "a/b", "status": "completed", "unsigned_urls": [url]})

    async def store(request: web.Request) -> web.Response:
        keys.append(request.headers.get("Authorization"))
        return web.Response(body=MP4)

    application = web.Application()
    application.router.add_get("/api/v1/videos/{id}", look)
    application.router.add_get("/api/v1/store/a", store)
    async with serving({"/h": application}) as url, a_provider(f"{url}/h/api/v1") as provider:
        assert await provider.fetch("a/b", Asset.VIDEO, tmp_path / "v.mp4")
    assert keys == [f"Bearer {SANDBOX_KEY}"]
