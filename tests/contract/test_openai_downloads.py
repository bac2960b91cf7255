"""Downloading what an OpenAI-dialect host has made: whole, of the right kind, and without leaking the key."""

from __future__ import annotations

import gzip
import logging
from pathlib import Path
from urllib.parse import quote

import pytest
from aiohttp import web

from bot.domain.errors import AccountTrouble, Gone, ProviderError, Unavailable, Withheld
from bot.domain.ports.provider import Asset, Broken, Ready, Waiting
from bot.providers.common.timeouts import Timeouts
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Drip, Fault, Hang, Operation, Reset, Say, Truncate
from tests.contract.video_services import (
    Service,
    a_file_server,
    a_provider,
    a_service,
    an_order,
    patience_for,
    serving,
)

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")

MP4 = b"\0\0\0\x20ftypisom" + b"\0" * 2000


async def a_finished_video(service: Service) -> str:
    remote_id = await service.provider.submit(an_order())
    service.finish()
    return remote_id


async def test_the_video_and_its_stills_arrive_whole(tmp_path: Path) -> None:
    async with a_service() as service:
        remote_id = await a_finished_video(service)
        for asset in Asset:
            assert await service.provider.fetch(remote_id, asset, tmp_path / asset)
    assert (tmp_path / "video").read_bytes()[4:8] == b"ftyp"
    assert (tmp_path / "thumbnail").read_bytes()[8:12] == b"WEBP"
    assert (tmp_path / "spritesheet").read_bytes()[:2] == b"\xff\xd8"


async def test_a_file_that_comes_packed_is_kept_unpacked(tmp_path: Path) -> None:
    """The stated length is then that of the compressed file (httpie/cli#1642)."""
    async with a_service() as service:
        remote_id = await a_finished_video(service)
        packed = {"Content-Type": "video/mp4", "Content-Encoding": "gzip"}
        service.host.trouble.next(Operation.CONTENT, Say(body=gzip.compress(MP4), headers=packed))
        assert await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v")
    assert (tmp_path / "v").read_bytes() == MP4


@pytest.mark.parametrize("kind", ["application/json", "text/html", "binary/octet-stream", ""])
async def test_a_video_is_known_by_its_first_bytes_whatever_its_type_is_said_to_be(kind: str, tmp_path: Path) -> None:
    async with a_service() as service:
        remote_id = await a_finished_video(service)
        service.host.trouble.next(Operation.CONTENT, Say(body=MP4, headers={"Content-Type": kind}))
        assert await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v")
    assert (tmp_path / "v").read_bytes() == MP4


@pytest.mark.parametrize(
    ("status", "part", "is_taken"),
    [
        (206, f"bytes 0-{len(MP4) - 1}/{len(MP4)}", True),
        (203, "", True),
        (206, f"bytes 0-{len(MP4) - 1}/{len(MP4) * 2}", False),
        (206, f"bytes 9-{len(MP4) + 8}/{len(MP4) + 9}", False),
        (206, "", False),
    ],
)
async def test_a_whole_file_is_taken_also_when_it_is_called_a_part(
    status: int, part: str, is_taken: bool, tmp_path: Path
) -> None:
    """Nobody requested a part (putyy/res-downloader#360); half of one is no video (jizhi0v0/duo-updater#225)."""
    async with a_service() as service:
        remote_id = await a_finished_video(service)
        headers = {"Content-Type": "video/mp4", **({"Content-Range": part} if part else {})}
        service.host.trouble.next(Operation.CONTENT, Say(status=status, body=MP4, headers=headers))
        if is_taken:
            assert await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v")
            assert (tmp_path / "v").read_bytes() == MP4
        else:
            with pytest.raises(Unavailable):
                await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v")


async def test_a_finished_video_that_moderation_keeps_is_said_to_be_blocked(tmp_path: Path) -> None:
    """Otherwise it would be requested until the service forgets it (QuantumNous/new-api#6838)."""
    filtered = {"error": {"code": "content_policy_violation", "message": "raiMediaFilteredReasons: the audio"}}
    async with a_service() as service:
        remote_id = await a_finished_video(service)
        service.host.trouble.next(Operation.CONTENT, Say(status=400, body=filtered))
        with pytest.raises(Withheld, match="moderation blocked"):
            await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v")


@pytest.mark.parametrize("start", [b"\x1a\x45\xdf\xa3", b"RIFF\0\0\0\0AVI ", b"FLV\x01", b"GIF89a", b"OggS"])
async def test_a_video_in_another_container_is_taken_too(start: bytes, tmp_path: Path) -> None:
    film = start + bytes(2000)
    async with a_service() as service:
        remote_id = await a_finished_video(service)
        service.host.trouble.next(Operation.CONTENT, Say(body=film, headers={"Content-Type": "video/webm"}))
        assert await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v")
    assert (tmp_path / "v").read_bytes() == film


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
        Say(status=404, body={"detail": "Generation is still in-progress"}),
        Say(body=b"", headers={"Content-Type": "video/mp4"}),
        Say(body=b"<html>not a video at all</html>", headers={"Content-Type": "video/mp4"}),
        Say(body={"message": "no file here"}),
        Say(status=302, headers={"Location": "file:///etc/passwd"}),
        Say(status=302, headers={"Location": "http://files.example/v.mp4"}),
        Say(status=400, body={"detail": "Please use the cloud URL: http://169.254.169.254/latest"}),
    ],
)
async def test_a_download_that_another_try_may_cure(fault: Fault, tmp_path: Path) -> None:
    async with a_service(patience=patience_for(fault)) as service:
        remote_id = await a_finished_video(service)
        service.host.trouble.next(Operation.CONTENT, fault)
        with pytest.raises(Unavailable) as caught:
            await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")
        assert type(caught.value) is Unavailable


async def test_a_file_beyond_all_bounds_is_not_taken(tmp_path: Path) -> None:
    async with a_service(patience=Timeouts(most_bytes=10_000)) as service:
        remote_id = await a_finished_video(service)
        with pytest.raises(Unavailable, match="larger than"):
            await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")


async def test_a_disk_that_does_not_take_the_file_costs_nothing_but_time(tmp_path: Path) -> None:
    async with a_service() as service:
        remote_id = await a_finished_video(service)
        with pytest.raises(Unavailable, match="couldn't be written to disk"):
            await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "no such folder" / "v.mp4")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Say(status=410), Gone),
        (Say(status=404, body={"error": {"message": "The content has expired"}}), Gone),
        (Say(status=401), AccountTrouble),
        (Say(status=402), AccountTrouble),
    ],
)
async def test_a_download_that_needs_more_than_another_try(
    fault: Fault, error: type[ProviderError], tmp_path: Path
) -> None:
    async with a_service() as service:
        remote_id = await a_finished_video(service)
        service.host.trouble.next(Operation.CONTENT, fault)
        with pytest.raises(error):
            await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")


async def test_a_video_the_host_no_longer_knows_is_gone(tmp_path: Path) -> None:
    async with a_service() as service:
        with pytest.raises(Gone):
            await service.provider.fetch("video_0", Asset.VIDEO, tmp_path / "v.mp4")


async def test_a_video_that_expired_at_the_host_is_gone(tmp_path: Path) -> None:
    async with a_service() as service:
        remote_id = await a_finished_video(service)
        service.clock.now += 24 * 3600
        with pytest.raises(Gone):
            await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")


async def test_a_video_that_is_not_done_after_all_is_asked_for_again(tmp_path: Path) -> None:
    async with a_service(poll_after_ms=3000) as service:
        remote_id = await service.provider.submit(an_order())
        with pytest.raises(Unavailable, match="hasn't finished") as caught:
            await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")
        assert caught.value.retry_after == 3.0


@pytest.mark.parametrize(
    "fault",
    [
        Say(status=400, body={"detail": "variant must be video"}),
        Say(status=404),
        Say(body=MP4, headers={"Content-Type": "video/mp4"}),
        Say(body={"detail": "no"}),
    ],
)
async def test_a_host_without_stills_has_none(fault: Fault, tmp_path: Path) -> None:
    async with a_service() as service:
        remote_id = await a_finished_video(service)
        service.host.trouble.next(Operation.CONTENT, fault)
        assert not await service.provider.fetch(remote_id, Asset.THUMBNAIL, tmp_path / "t")


@pytest.mark.parametrize("way", ["redirect", "text of a 400", "json"])
async def test_a_file_elsewhere_is_fetched_without_the_key(
    way: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[web.Request] = []
    async with a_service() as service, a_file_server("/v.mp4", MP4, seen) as plain_url:
        url = f"{plain_url}?X-Amz-Signature=SIGNATURE&a=b"
        faults = {
            "redirect": Say(status=302, headers={"Location": url}),
            "text of a 400": Say(status=400, body={"detail": f"Stored in the cloud. Please use the cloud URL: {url}."}),
            "json": Say(body={"url": url}),
        }
        remote_id = await a_finished_video(service)
        service.host.trouble.next(Operation.CONTENT, faults[way])
        assert await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == MP4
    (request,) = seen
    assert request.query["X-Amz-Signature"] == "SIGNATURE"
    assert not [value for value in request.headers.values() if SANDBOX_KEY in value]
    assert "SIGNATURE" not in caplog.text


@pytest.mark.parametrize("place", ["url", "urls", "metadata", "videos", "video_url", "result_url", "output", "data"])
async def test_a_file_named_in_the_video_itself_is_found(place: str, tmp_path: Path) -> None:
    seen: list[web.Request] = []
    async with a_service() as service, a_file_server("/v.mp4", MP4, seen) as url:
        shown = {
            "url": url,
            "urls": ["file:///out.mp4", url],
            "metadata": {"url": url},
            "videos": [{"type": "url", "url": url}],
            "video_url": url,
            "result_url": url,
            "output": {"url": url},
            "data": [url],
        }
        service.host.trouble.next(Operation.CONTENT, Say(status=404))
        service.host.trouble.next(Operation.LOOK, Say(body={"id": "v", "status": "completed", place: shown[place]}))
        assert await service.provider.fetch("v", Asset.VIDEO, tmp_path / "v.mp4")
    assert len(seen) == 1


async def test_a_place_that_cannot_be_reached_does_not_keep_the_file_from_another(tmp_path: Path) -> None:
    async with a_service() as service, a_file_server("/v.mp4", MP4, []) as url:
        shown = {"id": "v", "status": "completed", "urls": ["https://127.0.0.1:1/v.mp4", url]}
        service.host.trouble.next(Operation.CONTENT, Say(status=404))
        service.host.trouble.next(Operation.LOOK, Say(body=shown))
        assert await service.provider.fetch("v", Asset.VIDEO, tmp_path / "v.mp4")


@pytest.mark.parametrize("given", ["/h/files/x.mp4", "../files/x.mp4", "//[", ""])
async def test_an_address_without_a_host_is_one_at_the_host_itself(given: str, tmp_path: Path) -> None:
    keys: list[str | None] = []

    async def look(_: web.Request) -> web.Response:
        return web.json_response({"id": "v", "status": "completed", "url": given, "urls": ["files/x.mp4"]})

    async def file(request: web.Request) -> web.Response:
        keys.append(request.headers.get("Authorization"))
        return web.Response(body=MP4)

    application = web.Application()
    application.router.add_get("/v1/videos/{id}", look)
    for path in ("/files/x.mp4", "/v1/files/x.mp4"):
        application.router.add_get(path, file)
    async with serving({"/h": application}) as url, a_provider(f"{url}/h/v1") as provider:
        assert await provider.fetch("v", Asset.VIDEO, tmp_path / "v.mp4")
    assert keys == [f"Bearer {SANDBOX_KEY}"]


async def test_a_video_in_data_is_read_like_any_other(tmp_path: Path) -> None:
    seen: list[web.Request] = []
    async with a_service() as service, a_file_server("/v.mp4", MP4, seen) as url:
        shown = {"code": "success", "data": {"task_id": "v", "status": "SUCCESS", "url": url}}
        service.host.trouble.next(Operation.LOOK, Say(body=shown), Say(body=shown))
        service.host.trouble.next(Operation.CONTENT, Say(status=404))
        assert await service.provider.look("v") == Ready()
        assert await service.provider.fetch("v", Asset.VIDEO, tmp_path / "v.mp4")


@pytest.mark.parametrize("shown", [{"status": "error", "error": {"message": "CUDA out of memory"}}, {"id": "v"}])
async def test_a_render_that_failed_says_so_however_little_it_shows(shown: dict[str, object]) -> None:
    failed = {"error": {"message": "CUDA out of memory"}} | shown
    async with a_service() as service:
        service.host.trouble.next(Operation.LOOK, Say(body=failed), Say(body=failed))
        await service.provider.look("v")
        seen = await service.provider.look("v")
    assert isinstance(seen, Broken)
    assert "CUDA out of memory" in str(seen.reason)


async def test_an_unknown_status_that_comes_again_with_a_file_is_done() -> None:
    async with a_service() as service:
        shown = {"id": "v", "status": "kept", "url": "/files/x.mp4"}
        service.host.trouble.next(Operation.LOOK, Say(body=shown), Say(body=shown))
        assert [await service.provider.look("v") for _ in range(2)] == [Waiting(), Ready()]


async def test_a_redirect_to_no_address_is_tried_again_later(tmp_path: Path) -> None:
    async with a_service() as service:
        remote_id = await a_finished_video(service)
        service.host.trouble.next(Operation.CONTENT, Say(status=302, headers={"Location": "http://[broken"}))
        with pytest.raises(Unavailable, match="an invalid address"):
            await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")


async def test_a_redirect_within_the_host_keeps_the_key(tmp_path: Path) -> None:
    keys: list[str | None] = []

    async def content(request: web.Request) -> web.Response:
        raise web.HTTPFound(f"/h/store/{quote(request.match_info['id'], safe='')}")

    async def store(request: web.Request) -> web.Response:
        keys.append(request.headers.get("Authorization"))
        assert request.match_info["id"] == "a/b=="  # opaque ids arrive unchanged
        return web.Response(body=MP4)

    application = web.Application()
    application.router.add_get("/v1/videos/{id}/content", content)
    application.router.add_get("/store/{id}", store)
    async with serving({"/h": application}) as url, a_provider(f"{url}/h/v1") as provider:
        assert await provider.fetch("a/b==", Asset.VIDEO, tmp_path / "v.mp4")
    assert keys == [f"Bearer {SANDBOX_KEY}"]


async def test_a_download_sent_in_circles_ends(tmp_path: Path) -> None:
    async def content(request: web.Request) -> web.Response:
        raise web.HTTPFound(request.path)

    application = web.Application()
    application.router.add_get("/v1/videos/{id}/content", content)
    async with serving({"/h": application}) as url, a_provider(f"{url}/h/v1") as provider:
        with pytest.raises(Unavailable, match="in circles"):
            await provider.fetch("v", Asset.VIDEO, tmp_path / "v.mp4")
