"""The simulated Gemini is as strict as the real one, and has the same pitfalls."""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import av
import pytest

from bot.domain.ports.provider import Asset
from bot.domain.video import RemixMethod
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Operation
from tests.contract.gemini_services import SMALL, Service, a_gemini, an_order
from tests.contract.video_services import a_picture

BODY: dict[str, Any] = {"model": "gemini-omni-1.1-flash", "input": "a fox", "background": True}


@asynccontextmanager
async def a_client(service: Service, **headers: str) -> AsyncIterator[aiohttp.ClientSession]:
    shown = {"x-goog-api-key": SANDBOX_KEY} | headers
    async with aiohttp.ClientSession(f"{service.base_url}/", headers=shown) as session:
        yield session


async def refusal_of(body: dict[str, Any], **headers: str) -> tuple[int, str]:
    async with (
        a_gemini() as service,
        a_client(service, **headers) as client,
        client.post("interactions", json=body) as response,
    ):
        assert service.host.created == ()
        return response.status, (await response.json())["error"]["message"]


@pytest.mark.parametrize(
    ("film", "message"),
    [
        (
            {"aspect_ratio": "1:1"},
            "The value '1:1' is not supported for 'response_format.aspect_ratio'. Supported values: '16:9', '9:16'.",
        ),
        (
            {"delivery": "mail"},
            "The value 'mail' is not supported for 'response_format.delivery'. Supported values: 'uri', 'inline'.",
        ),
        (
            {"duration": 8},
            "Invalid value for 'response_format.duration': expected a duration such as '8s', got 8.",
        ),
    ],
)
async def test_a_film_that_google_does_not_make_is_refused(film: dict[str, Any], message: str) -> None:
    assert await refusal_of(BODY | {"response_format": {"type": "video"} | film}) == (400, message)


@pytest.mark.parametrize(
    "more",
    [
        {"response_format": {"type": "image"}},
        {"response_format": {"duration": "11s"}},
        {"input": ""},
        {"input": [{"type": "text"}]},
        {"input": [{"type": "image", "data": "AAAA", "mime_type": "image/png"}, {"type": "text", "text": "a"}]},
        {"input": [{"type": "image", "data": base64.b64encode(a_picture(SMALL)).decode(), "mime_type": "image/png"}]},
        {"generation_config": {"video_config": {"task": "remix"}}},
        {"previous_interaction_id": "v1_none"},
        {"negative_prompt": "rain"},
        {"input": "a fox [refused]"},
    ],
)
async def test_an_order_that_google_does_not_take_is_refused(more: dict[str, Any]) -> None:
    status, message = await refusal_of(BODY | more)
    assert status == 400
    assert message


async def test_other_models_make_no_videos() -> None:
    assert (await refusal_of(BODY | {"model": "gemini-3.5-flash"}))[0] == 404


async def test_a_wrong_key_is_refused_as_google_does() -> None:
    async with a_gemini() as service, a_client(service, **{"x-goog-api-key": "wrong"}) as client:
        for answer in (client.post("interactions", json=BODY), client.get("models")):
            async with answer as response:
                error = (await response.json())["error"]
                assert (response.status, error["status"]) == (400, "INVALID_ARGUMENT")
                assert error["details"][0]["reason"] == "API_KEY_INVALID"
        assert service.host.created == ()


async def test_an_old_revision_is_refused() -> None:
    status, message = await refusal_of(BODY, **{"Api-Revision": "2026-01-01"})
    assert (status, "legacy" in message) == (400, True)


async def test_without_background_the_answer_takes_as_long_as_the_video() -> None:
    body = BODY | {"background": False, "response_format": {"type": "video", "resolution": "360p", "duration": "3s"}}
    async with a_gemini() as service, a_client(service) as client:
        answer = asyncio.ensure_future(client.post("interactions", json=body))
        while not service.host.created:
            async with client.get("models"):
                pass
        assert not answer.done()
        service.finish()
        async with await answer as response:
            assert (await response.json())["status"] == "completed"


async def test_an_unknown_id_is_a_400() -> None:
    async with a_gemini() as service, a_client(service) as client, client.get("interactions/v1_none") as response:
        assert response.status == 400
        assert (await response.json())["error"]["message"] == "Invalid interaction name"


async def test_a_file_needs_the_key_and_the_word_for_media() -> None:
    async with a_gemini() as service, a_client(service) as client, aiohttp.ClientSession() as stranger:
        remote_id = await service.finished()
        async with client.get(f"interactions/{remote_id}") as response:
            steps = (await response.json())["steps"]
        uri = steps[-1]["content"][0]["uri"]
        assert uri.startswith(f"{service.base_url}/files/")
        async with stranger.get(uri) as response:
            assert response.status == 400
        async with client.get(uri.removesuffix("?alt=media")) as response:
            assert (await response.json())["state"] == "ACTIVE"
        async with client.get(uri) as response:
            assert (await response.read())[4:8] == b"ftyp"


async def length_of(service: Service, remote_id: str, folder: Path) -> float:
    await service.provider.fetch(remote_id, Asset.VIDEO, folder / "v.mp4")
    with av.open(io.BytesIO((folder / "v.mp4").read_bytes()), "r") as film:
        assert (film.streams.video[0].width, film.streams.video[0].height) == (640, 360)
        return float(film.duration or 0) / av.time_base


async def test_an_extended_film_is_longer_and_goes_on_up_to_forty_seconds(tmp_path: Path) -> None:
    async with a_gemini() as service, a_client(service) as client:
        source = await service.finished()
        remote_id = await service.finished(an_order("it snows", method=RemixMethod.EXTEND, source_id=source, seconds=4))
        assert await length_of(service, source, tmp_path) == pytest.approx(3, abs=0.3)
        assert await length_of(service, remote_id, tmp_path) == pytest.approx(7, abs=0.3)
        for _ in range(3):
            remote_id = await service.finished(
                an_order("on", method=RemixMethod.EXTEND, source_id=remote_id, seconds=10)
            )
        body = BODY | {"previous_interaction_id": remote_id, "generation_config": {"video_config": {"task": "extend"}}}
        async with client.post("interactions", json=body) as response:
            assert response.status == 400


async def test_a_video_that_is_not_there_cannot_be_gone_on_from() -> None:
    async with a_gemini() as service, a_client(service) as client:
        unfinished = await service.provider.submit(an_order())
        moderated = await service.finished(an_order("a fox [moderated]"))
        for source in (unfinished[:-1], moderated):
            async with client.post("interactions", json=BODY | {"previous_interaction_id": source}) as response:
                assert response.status == 400


async def test_a_slow_one_takes_longer() -> None:
    async with a_gemini() as service, a_client(service) as client:
        remote_id = await service.finished(an_order("a fox [slow]", size=SMALL, seconds=3))
        async with client.get(f"interactions/{remote_id}") as response:
            assert (await response.json())["status"] == "in_progress"


async def test_requests_are_counted_by_what_they_ask_for() -> None:
    async with a_gemini() as service:
        remote_id = await service.provider.submit(an_order())
        await service.provider.cancel(remote_id)
        asked = service.host.asked
        assert [asked[kind] for kind in (Operation.CREATE, Operation.CANCEL, Operation.LOOK)] == [1, 1, 0]
