"""Downloading what Gemini has made: by address or from the answer itself, whole, and without leaking the key."""

from __future__ import annotations

import base64
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.domain.errors import AccountTrouble, Gone, ProviderError, Unavailable
from bot.domain.money.usd import Usd
from bot.domain.ports.provider import Asset, Ready
from bot.providers.common.timeouts import Timeouts
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Drip, Fault, Hang, Operation, Reset, Say, Truncate
from tests.contract.gemini_services import a_gemini, a_provider, an_order
from tests.contract.video_services import a_file_server, patience_for, serving

MP4 = b"\0\0\0\x20ftypisom" + b"\0" * 2000
HOURS = 3600.0


def a_finished_one(*parts: Mapping[str, object], **fields: object) -> Say:
    steps = [{"type": "user_input", "content": []}, {"type": "model_output", "content": list(parts)}]
    return Say(body={"id": "v1_a", "status": "completed", "steps": steps} | fields)


def film(**where: object) -> Mapping[str, object]:
    return {"type": "video", "mime_type": "video/mp4"} | where


@pytest.mark.parametrize("inline", [False, True])
async def test_the_video_arrives_whole_by_address_or_in_the_answer(tmp_path: Path, *, inline: bool) -> None:
    async with a_gemini(inline=inline) as service:
        remote_id = await service.finished()
        assert isinstance(await service.provider.look(remote_id), Ready)
        assert await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")
        assert service.host.asked[Operation.CONTENT] == (0 if inline else 1)
    assert (tmp_path / "v.mp4").read_bytes()[4:8] == b"ftyp"


@pytest.mark.parametrize("asset", [Asset.THUMBNAIL, Asset.SPRITESHEET])
async def test_there_are_no_stills_and_none_are_asked_for(asset: Asset, tmp_path: Path) -> None:
    async with a_gemini() as service:
        assert not await service.provider.fetch("v1_a", asset, tmp_path / "still")
        assert service.host.asked[Operation.LOOK] == 0


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
        Say(status=400, body={"error": {"message": "The file is not in an ACTIVE state.", "code": 400}}),
        Say(status=404),  # a minute after the film was made it cannot be gone for good
        Say(status=403, body={"error": {"message": "You do not have permission … or it may not exist.", "code": 403}}),
        Say(body=b"", headers={"Content-Type": "video/mp4"}),
        Say(body=b"<html>not a video at all</html>", headers={"Content-Type": "video/mp4"}),
        Say(body={"name": "files/abc", "state": "PROCESSING"}),
        Say(status=302, headers={"Location": "http://files.example/v.mp4"}),
    ],
)
async def test_a_download_that_another_try_may_cure(fault: Fault, tmp_path: Path) -> None:
    async with a_gemini(patience=patience_for(fault)) as service:
        remote_id = await service.finished()
        service.host.trouble.next(Operation.CONTENT, fault)
        with pytest.raises(Unavailable) as caught:
            await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")
        assert type(caught.value) is Unavailable


@pytest.mark.parametrize(
    "data",
    [
        base64.b64encode(MP4[:7]).decode(),
        base64.b64encode(b"<html>not a video at all</html>").decode(),
        base64.b64encode(MP4).decode()[:-3],
        "!!!!",
    ],
)
async def test_a_film_in_the_answer_that_is_none_is_not_kept(data: str, tmp_path: Path) -> None:
    async with a_gemini() as service:
        service.host.trouble.next(Operation.LOOK, a_finished_one(film(data=data)))
        with pytest.raises(Unavailable):
            await service.provider.fetch("v1_a", Asset.VIDEO, tmp_path / "v.mp4")
    assert not (tmp_path / "v.mp4").exists()


@pytest.mark.parametrize("inline", [False, True])
async def test_a_file_beyond_all_bounds_is_not_taken(tmp_path: Path, *, inline: bool) -> None:
    async with a_gemini(patience=Timeouts(most_bytes=1000), inline=inline) as service:
        remote_id = await service.finished()
        with pytest.raises(Unavailable, match="larger than"):
            await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")


@pytest.mark.parametrize("inline", [False, True])
async def test_a_disk_that_does_not_take_the_file_costs_nothing_but_time(tmp_path: Path, *, inline: bool) -> None:
    async with a_gemini(inline=inline) as service:
        remote_id = await service.finished()
        with pytest.raises(Unavailable, match="couldn't be written to disk"):
            await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "no such folder" / "v.mp4")


async def test_after_48_hours_the_file_is_gone_and_not_before(tmp_path: Path) -> None:
    async with a_gemini() as service:
        remote_id = await service.finished()
        service.clock.now += 47 * HOURS
        assert await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")
        service.clock.now += 1 * HOURS
        with pytest.raises(Gone, match="48 hours"):
            await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Say(status=401), AccountTrouble),
        (
            Say(status=403, body={"error": {"status": "PERMISSION_DENIED", "message": "API key expired"}}),
            AccountTrouble,
        ),
    ],
)
async def test_a_download_that_needs_a_person(fault: Fault, error: type[ProviderError], tmp_path: Path) -> None:
    async with a_gemini() as service:
        remote_id = await service.finished()
        service.host.trouble.next(Operation.CONTENT, fault)
        with pytest.raises(error):
            await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")


async def test_a_video_that_is_not_there_is_not_fetched(tmp_path: Path) -> None:
    async with a_gemini() as service:
        with pytest.raises(Gone, match="has no such video"):
            await service.provider.fetch("v1_none", Asset.VIDEO, tmp_path / "v.mp4")
        moderated = await service.finished(an_order("a fox [moderated]"))
        with pytest.raises(Gone, match="moderation blocked this video"):
            await service.provider.fetch(moderated, Asset.VIDEO, tmp_path / "v.mp4")
        rendering = await service.provider.submit(an_order())
        with pytest.raises(Unavailable, match="hasn't finished"):
            await service.provider.fetch(rendering, Asset.VIDEO, tmp_path / "v.mp4")


async def test_a_film_that_was_billed_and_is_in_no_known_place_is_neither_gone_nor_moderated(tmp_path: Path) -> None:
    usage = {
        "total_output_tokens": 17376,
        "total_input_tokens": 0,
        "output_tokens_by_modality": [{"modality": "video", "tokens": 17376}],
    }
    shown = a_finished_one({"type": "text", "text": "Here it is."}, usage=usage, model="gemini-omni-1.1-flash")
    async with a_gemini() as service:
        service.host.trouble.next(Operation.LOOK, shown, shown)
        assert await service.provider.look("v1_a") == Ready(cost=Usd.of("0.304080"))
        with pytest.raises(Unavailable, match="isn't handing out"):
            await service.provider.fetch("v1_a", Asset.VIDEO, tmp_path / "v.mp4")


@pytest.mark.parametrize("way", ["address", "redirect"])
async def test_a_file_elsewhere_is_fetched_without_the_key_and_its_address_is_left_alone(
    way: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[web.Request] = []
    async with a_gemini() as service, a_file_server("/v.mp4", MP4, seen) as plain_url:
        url = f"{plain_url}?X-Goog-Signature=SIGNATURE"
        remote_id = await service.finished()
        if way == "redirect":
            service.host.trouble.next(Operation.CONTENT, Say(status=302, headers={"Location": url}))
        else:
            service.host.trouble.next(Operation.LOOK, a_finished_one(film(uri=url)))
        assert await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == MP4
    (request,) = seen
    assert request.query_string == "X-Goog-Signature=SIGNATURE"
    assert not [value for value in request.headers.values() if SANDBOX_KEY in value]
    assert "SIGNATURE" not in caplog.text


async def asked_for(uri: str, target: Path) -> tuple[str, Any]:
    """The address that a host's film is actually downloaded from, and the key that was sent."""
    seen: list[web.Request] = []

    async def look(request: web.Request) -> web.Response:
        address = uri.replace("HOST", str(request.url.origin()))
        return web.json_response(a_finished_one(film(uri=address)).body)

    async def content(request: web.Request) -> web.Response:
        seen.append(request)
        return web.Response(body=MP4, content_type="video/mp4")

    application = web.Application()
    application.router.add_get("/v1beta/interactions/{id}", look)
    application.router.add_get("/v1beta/files/{tail:.*}", content)
    async with serving({"/g": application}) as url, a_provider(f"{url}/g/v1beta") as provider:
        assert await provider.fetch("v1_a", Asset.VIDEO, target)
    (request,) = seen
    return request.path_qs, request.headers.get("x-goog-api-key")


@pytest.mark.parametrize(
    ("uri", "address"),
    [
        ("HOST/g/v1beta/files/abc:download?alt=media", "/g/v1beta/files/abc:download?alt=media"),
        ("HOST/g/v1beta/files/abc:download", "/g/v1beta/files/abc:download?alt=media"),
        ("HOST/g/v1beta/files/abc?v=2", "/g/v1beta/files/abc:download?v=2&alt=media"),
        ("files/abc", "/g/v1beta/files/abc:download?alt=media"),
        (  # a host that passes Google's API on passes its files on too
            "https://generativelanguage.googleapis.com/v1beta/files/abc:download",
            "/g/v1beta/files/abc:download?alt=media",
        ),
    ],
)
async def test_a_file_at_google_itself_is_asked_for_as_media_with_the_key(
    uri: str, address: str, tmp_path: Path
) -> None:
    assert await asked_for(uri, tmp_path / "v.mp4") == (address, SANDBOX_KEY)


async def test_a_film_in_the_answer_is_preferred_to_an_address(tmp_path: Path) -> None:
    both = a_finished_one(film(uri="https://files.example/v.mp4"), film(data=base64.b64encode(MP4).decode()))
    async with a_gemini() as service:
        service.host.trouble.next(Operation.LOOK, both)
        assert await service.provider.fetch("v1_a", Asset.VIDEO, tmp_path / "v.mp4")
    assert (tmp_path / "v.mp4").read_bytes() == MP4
