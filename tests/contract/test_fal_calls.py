"""fal's webhooks: which are genuine, and what they do to a job."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.domain.ids import JobId
from bot.domain.phases import Done, Rendering, Unknown
from bot.domain.ports.webhooks import (
    IncomingCall,
    NotSignedError,
    UncheckedCallError,
    UnreadableCallError,
    WebhookEvent,
)
from bot.providers.fal.webhooks import RequestCalls
from bot.sandbox.video.fal.service import FalHost
from bot.sandbox.video.fal.webhooks import signed_headers
from bot.sandbox.video.trouble import Operation, Reset, Say
from tests.builders import NOON, an_account
from tests.contract.called_scene import CalledScene, a_called_scene
from tests.contract.fal_services import LTX, a_provider
from tests.contract.video_services import serving
from tests.extent import only_in_full
from tests.scripted import SteppingClock
from tests.waiting import PATIENCE

RENDER_SECONDS = 60.0
QUERY = "?application=fal-ai%2Fltx-2.3"
DONE = json.dumps({"request_id": "r-1", "gateway_request_id": "r-1", "status": "OK", "payload": {}}).encode()
MOMENT = int(NOON.timestamp())

Scene = CalledScene[FalHost]


@asynccontextmanager
async def a_scene(folder: Path) -> AsyncIterator[Scene]:
    clock = SteppingClock()
    host = FalHost(
        render_seconds=RENDER_SECONDS, clock=lambda: clock.now().timestamp(), frame_rate=4, sound=False, calls=True
    )
    async with serving({"/video/fal": host.application()}) as url, a_provider(f"{url}/video/fal") as provider:
        account = an_account("fal", base_url=f"{url}/video/fal")
        async with a_called_scene(folder, clock, host, provider=provider, account=account, card=LTX) as scene:
            yield scene


@pytest.fixture
async def host() -> AsyncIterator[tuple[FalHost, RequestCalls]]:
    """With the reader of its webhooks."""
    host = FalHost(calls=True)
    async with serving({"/video/fal": host.application()}) as url:
        yield host, RequestCalls(an_account("fal", base_url=f"{url}/video/fal"))


def key_of(host: FalHost) -> Ed25519PrivateKey:
    assert host.hooks is not None
    return host.hooks.key


def a_call(key: Ed25519PrivateKey, body: bytes = DONE, *, later: int = 0, **changes: Any) -> IncomingCall:
    headers = signed_headers(key, "r-1", MOMENT + later, body)
    headers |= {f"X-Fal-Webhook-{name.title()}": value for name, value in changes.get("headers", {}).items()}
    query = {"application": changes.get("application", "fal-ai/ltx-2.3")}
    return IncomingCall(headers=headers, query=query, body=changes.get("sent", body), at=NOON)


async def test_a_signed_call_says_which_request_has_ended(host: tuple[FalHost, RequestCalls]) -> None:
    service, calls = host
    remote_id = "fal-ai/ltx-2.3/requests/r-1"
    assert await calls.read(a_call(key_of(service))) == WebhookEvent(remote_id=remote_id, is_done=True)
    failed = DONE.replace(b'"OK"', b'"ERROR"')
    assert await calls.read(a_call(key_of(service), failed, later=300)) == WebhookEvent(
        remote_id=remote_id, is_done=False
    )


FORGED: list[dict[str, Any]] = [
    {"later": -301},
    {"later": 301},
    {"sent": DONE + b" "},
    {"headers": {"request-id": "r-2"}},
    {"headers": {"request-id": ""}},
    {"headers": {"user-id": "somebody"}},
    {"headers": {"user-id": "\udcff"}},
    {"headers": {"timestamp": str(MOMENT + 1)}},
    {"headers": {"timestamp": "now"}},
    {"headers": {"signature": ""}},
    {"headers": {"signature": "no hex"}},
    {"headers": {"signature": "00" * 64}},
]


async def test_a_call_that_is_changed_or_old_is_not_its_own(host: tuple[FalHost, RequestCalls]) -> None:
    service, calls = host
    for changes in FORGED:
        with pytest.raises(NotSignedError):
            await calls.read(a_call(key_of(service), **changes))
    with pytest.raises(NotSignedError):
        await calls.read(a_call(Ed25519PrivateKey.generate()))
    assert service.asked[Operation.KEYS] == 1


async def test_what_cannot_be_an_address_at_fal_is_not_understood(host: tuple[FalHost, RequestCalls]) -> None:
    service, calls = host
    for body in (b"{", b"[]", b'{"request_id": 7, "status": "OK"}', b'{"request_id": "../x", "status": "OK"}'):
        with pytest.raises(UnreadableCallError):
            await calls.read(a_call(key_of(service), body))
    for application in ("", "fal-ai", "a/../b", "https://evil.example/x", "fal-ai/x?y"):
        with pytest.raises(UnreadableCallError):
            await calls.read(a_call(key_of(service), application=application))


async def test_while_its_keys_cannot_be_had_nothing_is_refused(host: tuple[FalHost, RequestCalls]) -> None:
    service, calls = host
    service.trouble.next(Operation.KEYS, Say(status=503))
    with pytest.raises(UncheckedCallError):
        await calls.read(a_call(key_of(service)))


async def calls(scene: Scene, job_id: JobId, **changes: Any) -> int:
    """A webhook as fal sends it, about the first request; returns the status that answers it."""
    body = json.dumps({"request_id": scene.host.created[0].id, "status": "OK"}).encode()
    key = changes.get("key", key_of(scene.host))
    headers = signed_headers(key, "r-1", int(scene.clock.now().timestamp()), body)
    return await scene.is_called(job_id, changes.get("query", QUERY), body, headers)


@only_in_full("the reader by itself is tried always, and a call that finds a lost order with another service")
async def test_a_call_finds_a_lost_order_while_the_list_does_not_show_it(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        scene.host.trouble.next(Operation.CREATE, Reset(after=True))
        job_id = await scene.order()
        await scene.until(job_id, Unknown)
        assert await calls(scene, job_id, key=Ed25519PrivateKey.generate()) == 401
        scene.host.trouble.next(Operation.KEYS, *[Say(status=500)] * 5)
        assert await calls(scene, job_id, query="") == 400
        assert [await calls(scene, job_id) for _ in range(4)] == [204, 204, 204, 204]
        assert scene.counted == {"refused": 2, "adopted": 1, "nudged": 1, "nothing": 2}
        assert isinstance((await scene.ended(job_id)).phase, Done)
        assert (len(scene.host.created), await scene.books()) == (1, [])


@only_in_full("the calls of another service take the same way")
async def test_from_order_to_call_to_video(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        job_id = await scene.order()
        await scene.until(job_id, Rendering)
        scene.clock.forward(RENDER_SECONDS)
        assert scene.host.hooks is not None
        async with asyncio.timeout(PATIENCE):
            await scene.host.hooks.answered(1)
        assert scene.counted == {"nudged": 1}
        assert isinstance((await scene.ended(job_id)).phase, Done)


@only_in_full("the reader by itself is tried always")
async def test_without_keys_fal_is_asked_to_call_again(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        scene.host.trouble.next(Operation.KEYS, Say(status=500))
        job_id = await scene.order()
        await scene.until(job_id, Rendering)
        assert scene.host.hooks is not None
        await scene.host.hooks.close()  # its own call at the end would be counted as well
        assert [await calls(scene, job_id) for _ in range(2)] == [503, 503]
        scene.clock.forward(300.0)
        assert await calls(scene, job_id) == 204
        assert scene.counted == {"unchecked": 2, "nudged": 1}
