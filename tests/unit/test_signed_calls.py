"""Which webhooks genuinely come from Replicate."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.ports.webhooks import IncomingCall, NotSignedError, UnreadableCallError, WebhookEvent
from bot.providers.replicate.webhooks import PredictionCalls
from bot.sandbox.video.replicate.webhooks import standard_headers
from tests.builders import NOON

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
DONE = json.dumps({"id": "p1", "status": "succeeded"}).encode()


def a_call(body: bytes = DONE, *, secret: str = SECRET, later: int = 0, **headers: str) -> IncomingCall:
    signed = standard_headers(secret, "msg_1", int(NOON.timestamp()) + later, body)
    changed = {f"webhook-{name}": value for name, value in headers.items()}
    return IncomingCall(headers=signed | changed, query={}, body=body, at=NOON)


async def heard(call: IncomingCall) -> WebhookEvent:
    return await PredictionCalls(SECRET.encode()).read(call)


async def test_a_signed_call_says_which_video_is_done() -> None:
    assert await heard(a_call()) == WebhookEvent(remote_id="p1", is_done=True)
    assert await heard(a_call(later=-300)) == WebhookEvent(remote_id="p1", is_done=True)
    failed = json.dumps({"id": "p1", "status": "failed"}).encode()
    assert await heard(a_call(failed)) == WebhookEvent(remote_id="p1", is_done=False)


@pytest.mark.parametrize(
    "changes",
    [
        {"secret": "whsec_" + "b" * 32},
        {"later": -301},
        {"later": 301},
        {"id": "msg_2"},
        {"id": ""},
        {"id": "\udcff"},
        {"timestamp": "now"},
        {"timestamp": "9" * 30},
        {"signature": ""},
        {"signature": "v1,"},
        {"signature": "v1,ä"},
        {"signature": "v1a," + "A" * 44},
    ],
)
async def test_a_call_that_is_changed_or_old_is_not_its_own(changes: dict[str, Any]) -> None:
    with pytest.raises(NotSignedError):
        await heard(a_call(**changes))


async def test_what_was_signed_is_the_very_body() -> None:
    call = a_call()
    with pytest.raises(NotSignedError):
        await heard(IncomingCall(headers=call.headers, query={}, body=call.body + b" ", at=NOON))
    with pytest.raises(NotSignedError):
        await heard(IncomingCall(headers=call.headers, query={}, body=b"\xff", at=NOON))


async def test_replacing_the_secret_two_signatures_are_sent() -> None:
    right = a_call().headers["webhook-signature"]
    assert (await heard(a_call(signature=f"v1,AAAA v2,BBBB {right}"))).is_done
    with pytest.raises(NotSignedError):
        await heard(a_call(signature="v1,AAAA " * 10 + right))


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"id": "a\\nb", "status": "succeeded"}', b'{"id": 7, "status": ""}'])
async def test_a_signed_call_may_say_nothing(body: bytes) -> None:
    with pytest.raises(UnreadableCallError):
        await heard(a_call(body))


async def test_a_call_from_long_ago_is_not_taken_again() -> None:
    call = a_call()
    late = IncomingCall(headers=call.headers, query={}, body=call.body, at=NOON + timedelta(minutes=6))
    with pytest.raises(NotSignedError):
        await heard(late)
