"""Orders to Gemini Omni over HTTP: what is sent, and what each answer to a paid request means."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from bot.domain.errors import (
    AccountTrouble,
    FailedToTake,
    OutcomeUnknown,
    ProviderError,
    Refused,
    Unavailable,
    Unsupported,
)
from bot.domain.phases import Cause
from bot.domain.ports.provider import Order
from bot.domain.video import RemixMethod, Size
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Fault, Hang, Operation, Reset, Say
from tests.contract.gemini_services import (
    KEY_INVALID,
    QUOTA,
    RETRY,
    SMALL,
    SPENDING,
    a_card,
    a_gemini,
    a_provider,
    an_order,
    exhausted,
    says,
)
from tests.contract.video_services import a_picture, a_server_saying, patience_for, serving

CREATE, LOOK = Operation.CREATE, Operation.LOOK


async def sent_by(order: Order) -> dict[str, Any]:
    """What is actually sent for an order."""
    got: dict[str, Any] = {}

    async def create(request: web.Request) -> web.Response:
        got.update(await request.json(), headers=dict(request.headers))
        return web.json_response({"id": "v1_x", "status": "in_progress"})

    application = web.Application()
    application.router.add_post("/v1beta/interactions", create)
    async with serving({"/g": application}) as url, a_provider(f"{url}/g/v1beta") as provider:
        assert await provider.submit(order) == "v1_x"
    return got


async def test_an_order_is_sent_as_google_takes_it() -> None:
    sent = await sent_by(an_order("a paper boat"))
    headers = sent.pop("headers")
    assert headers["x-goog-api-key"] == SANDBOX_KEY
    assert headers["Api-Revision"] == "2026-05-20"
    assert "Authorization" not in headers
    film = {"type": "video", "delivery": "uri", "aspect_ratio": "16:9", "resolution": "720p", "duration": "8s"}
    assert sent == {
        "model": "gemini-omni-1.1-flash",
        "input": "a paper boat",
        "background": True,
        "response_format": film,
    }


@pytest.mark.parametrize(
    ("size", "shape"),
    [
        ("640x360", ("16:9", "360p")),
        ("1280x720", ("16:9", "720p")),
        ("720x1280", ("9:16", "720p")),
        ("1080x1920", ("9:16", "1080p")),
        ("3840x2160", ("16:9", "4k")),
    ],
)
async def test_a_size_becomes_a_ratio_and_a_resolution(size: str, shape: tuple[str, str]) -> None:
    film = (await sent_by(an_order(size=Size.of(size))))["response_format"]
    assert (film["aspect_ratio"], film["resolution"]) == shape


@pytest.mark.parametrize("size", ["1024x768", "720x720", "853x480", "1280x721"])
async def test_a_size_that_there_is_not_is_refused_before_anything_is_sent(size: str) -> None:
    async with a_gemini() as service:
        with pytest.raises(Refused, match=r"16:9 or 9:16 in 360p, 720p, 1080p, 4k, not "):
            await service.provider.submit(an_order(size=Size.of(size)))
        assert service.host.asked[CREATE] == 0


async def test_a_picture_is_sent_along_and_the_words_stay_as_they_are() -> None:
    picture = a_picture(SMALL)
    sent = await sent_by(an_order("let it rain", picture=picture))
    data = base64.b64encode(picture).decode()
    assert sent["input"] == [
        {"type": "image", "data": data, "mime_type": "image/png"},
        {"type": "text", "text": "let it rain"},
    ]


async def test_an_edit_goes_on_from_the_earlier_video_and_asks_for_no_other_shape() -> None:
    sent = await sent_by(an_order("at night", method=RemixMethod.NATIVE, source_id="v1_a"))
    assert sent["previous_interaction_id"] == "v1_a"
    assert sent["input"] == "at night"
    assert sent["response_format"] == {"type": "video", "delivery": "uri", "resolution": "720p"}
    assert "generation_config" not in sent


async def test_an_extension_says_that_it_is_one_and_how_long() -> None:
    sent = await sent_by(an_order("it snows", method=RemixMethod.EXTEND, source_id="v1_a", seconds=5))
    assert sent["previous_interaction_id"] == "v1_a"
    assert sent["generation_config"] == {"video_config": {"task": "extend"}}
    assert sent["response_format"]["duration"] == "5s"


@pytest.mark.parametrize("method", [RemixMethod.FRAME, RemixMethod.LAST_FRAME])
async def test_a_still_of_the_source_is_marked_as_the_first_frame(method: RemixMethod) -> None:
    sent = await sent_by(an_order("at night", method=method, picture=a_picture(SMALL)))
    assert [part["type"] for part in sent["input"]] == ["image", "text"]
    assert sent["input"][1]["text"] == "<FIRST_FRAME> at night"


async def test_an_order_becomes_one_video_on_the_bill() -> None:
    async with a_gemini() as service:
        picture = a_picture(SMALL)
        remote_id = await service.provider.submit(an_order("a paper boat", picture=picture, seconds=3))
        (accepted,) = service.host.created
        assert (accepted.id, accepted.prompt, accepted.operation) == (remote_id, "a paper boat", CREATE)
        assert (accepted.ordered.seconds, accepted.ordered.size) == (3, (1280, 720))
        assert accepted.ordered.picture == picture


async def test_every_way_to_remix_is_taken() -> None:
    async with a_gemini() as service:
        source = await service.finished()
        for method, picture in (
            (RemixMethod.NATIVE, None),
            (RemixMethod.EXTEND, None),
            (RemixMethod.FRAME, a_picture(SMALL)),
            (RemixMethod.LAST_FRAME, a_picture(SMALL)),
            (RemixMethod.REPROMPT, None),
        ):
            await service.provider.submit(
                an_order("at night", method=method, source_id=source, picture=picture, size=SMALL, seconds=4)
            )
        edit, extension, frame, last, anew = (accepted.ordered for accepted in service.host.created[1:])
    assert edit.lineage == extension.lineage == ("a red fox in the snow", "at night")
    assert (edit.seconds, extension.seconds) == (3, 7)  # as long as its source; and longer by the ordered seconds
    assert edit.remixed_from == extension.remixed_from == source
    assert frame.picture == last.picture == a_picture(SMALL)
    assert [anew.lineage, frame.lineage] == [("at night",)] * 2


@pytest.mark.parametrize("method", [RemixMethod.NATIVE, RemixMethod.EXTEND, RemixMethod.EDIT, RemixMethod.SOURCE])
async def test_a_method_that_is_not_open_is_passed_over_without_a_request(method: RemixMethod) -> None:
    async with a_gemini() as service:
        with pytest.raises(Unsupported):
            await service.provider.submit(an_order(method=method))
        assert service.host.asked[CREATE] == 0


async def test_the_ways_are_those_that_google_has() -> None:
    async with a_gemini() as service:
        assert await service.provider.remix_methods(a_card(*RemixMethod)) == (
            RemixMethod.NATIVE,
            RemixMethod.EXTEND,
            RemixMethod.FRAME,
            RemixMethod.LAST_FRAME,
            RemixMethod.REPROMPT,
        )


@pytest.mark.parametrize("method", [RemixMethod.NATIVE, RemixMethod.EXTEND])
@pytest.mark.parametrize(
    "fault",
    [
        says(400, "Invalid interaction name"),
        says(404, "Interaction v1_a was not found.", "not_found"),
        says(403, "You do not have permission to access the interaction or it may not exist.", 403),
        says(400, "Video extension is currently not supported."),
        says(400, "Video editing is not available in your region."),
        says(501, "not here", 501),
    ],
)
async def test_a_source_that_google_no_longer_knows_or_edits_leaves_the_next_method(
    method: RemixMethod, fault: Fault
) -> None:
    async with a_gemini() as service:
        service.host.trouble.next(CREATE, fault)
        with pytest.raises(Unsupported):
            await service.provider.submit(an_order(method=method, source_id="v1_a"))


async def test_a_remix_of_a_forgotten_video_leaves_the_next_method() -> None:
    async with a_gemini() as service:
        with pytest.raises(Unsupported):
            await service.provider.submit(an_order(method=RemixMethod.NATIVE, source_id="v1_gone"))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (says(400, "The value '1:7' is not supported for 'response_format.aspect_ratio'."), Refused),
        (says(404, "models/veo is no longer available.", "not_found"), Refused),
        (says(422, "no"), Refused),
        (says(400, "The input 'my api key is on a free tier, enable billing' cannot be read."), Refused),
        (Say(status=400, body={"error": KEY_INVALID}), AccountTrouble),
        (Say(status=400, body=[{"error": KEY_INVALID}]), AccountTrouble),
        (Say(status=401, body={"error": {"code": 401, "status": "UNAUTHENTICATED"}}), AccountTrouble),
        (says(403, "The caller does not have permission", 403, status="PERMISSION_DENIED"), AccountTrouble),
        (says(400, "User location is not supported for the API use.", 400), AccountTrouble),
        (says(403, "Generative Language API has not been used in project 1 before.", 403), AccountTrouble),
        (exhausted("Your project has exceeded its monthly spending cap."), AccountTrouble),
        (exhausted("Your prepayment credits are depleted."), AccountTrouble),
        (exhausted(f"{QUOTA} Quota exceeded for metric: …free_tier_requests, limit: 0"), AccountTrouble),
        (says(400, "Gemini API free tier is not available in your country.", 400), AccountTrouble),
        (Say(status=402), AccountTrouble),
        (Say(status=303, headers={"Location": "/interactions/1"}), OutcomeUnknown),
        (Say(status=307, headers={"Location": "https://elsewhere.example/"}), AccountTrouble),
        (SPENDING, Unavailable),
        (exhausted(QUOTA), Unavailable),
        (exhausted("Resource has been exhausted (e.g. check quota)."), Unavailable),
        (Say(status=429, body="<html>slow down</html>"), Unavailable),
        (Say(status=408), OutcomeUnknown),
        (says(500, "Internal error encountered.", "internal"), FailedToTake),
        (says(503, "The model is overloaded.", 503, status="UNAVAILABLE"), FailedToTake),
        (says(504, "Deadline expired.", 504, status="DEADLINE_EXCEEDED"), OutcomeUnknown),
        (Say(status=502, body="<html>bad gateway</html>"), OutcomeUnknown),
        (Say(body="<html>hello</html>"), OutcomeUnknown),
        (Say(body={"status": "in_progress"}), OutcomeUnknown),
        (Say(body={"id": "", "status": "in_progress"}), OutcomeUnknown),
        (Say(body={"id": 7, "status": "in_progress"}), OutcomeUnknown),
        (Say(body='{"id": "v1_'), OutcomeUnknown),
        (Reset(), OutcomeUnknown),
        (Reset(after=True), OutcomeUnknown),
        (Hang(), OutcomeUnknown),
        (Hang(after=True), OutcomeUnknown),
    ],
)
async def test_what_an_answer_to_a_paid_request_means(fault: Fault, error: type[ProviderError]) -> None:
    async with a_gemini(patience=patience_for(fault)) as service:
        service.host.trouble.next(CREATE, fault)
        with pytest.raises(error) as caught:
            await service.provider.submit(an_order())
        assert type(caught.value) is error
        assert service.host.asked[CREATE] == 1  # never sent again


@pytest.mark.parametrize(("lost", "taken"), [(Reset(after=True), 1), (Reset(), 0)])
async def test_a_lost_answer_is_unknown_whether_the_order_was_taken_or_not(lost: Fault, taken: int) -> None:
    async with a_gemini() as service:
        service.host.trouble.next(CREATE, lost)
        with pytest.raises(OutcomeUnknown):
            await service.provider.submit(an_order())
        assert len(service.host.created) == taken
        assert await service.provider.recent(datetime(2026, 9, 1, tzinfo=UTC)) is None  # there is no list to search


async def test_an_order_lost_by_its_own_words_was_taken() -> None:
    async with a_gemini() as service:
        with pytest.raises(OutcomeUnknown):
            await service.provider.submit(an_order("a fox [lost]"))
        assert len(service.host.created) == 1


async def test_an_order_to_a_host_that_is_off_was_never_sent(unused_tcp_port: int) -> None:
    async with a_provider(f"http://127.0.0.1:{unused_tcp_port}/v1beta") as provider:
        with pytest.raises(Unavailable, match=r"can't be reached"):
            await provider.submit(an_order())


async def test_an_answer_that_is_not_http_leaves_the_outcome_unknown() -> None:
    async with a_server_saying(b"SSH-2.0-hello\r\n") as base_url, a_provider(base_url) as provider:
        with pytest.raises(OutcomeUnknown):
            await provider.submit(an_order())


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (SPENDING, 60.0),
        (exhausted(QUOTA, RETRY), 32.5),
        (Say(status=429, body={"error": {"code": 429, "details": [RETRY]}}, headers={"Retry-After": "7"}), 7.0),
        (exhausted(QUOTA, {"retryDelay": "soon"}), None),
        (exhausted(QUOTA), None),
    ],
)
async def test_a_busy_google_says_when_to_come_back(fault: Fault, seconds: float | None) -> None:
    async with a_gemini() as service:
        service.host.trouble.next(CREATE, fault)
        with pytest.raises(Unavailable, match="asked to wait") as caught:
            await service.provider.submit(an_order())
        assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    "fault",
    [
        says(400, "The prompt was blocked for safety reasons."),
        says(400, "Your request was blocked because it violates our usage policies."),
        says(400, "no", 400, status="PROHIBITED_CONTENT"),
        says(400, "no", "SAFETY"),
        says(400, "no", 400, status="INVALID_ARGUMENT", details=[{"reason": "BLOCKLIST"}]),
    ],
)
@pytest.mark.parametrize("method", [None, RemixMethod.NATIVE])
async def test_moderation_at_the_door_is_told_apart_and_says_what_to_do(
    fault: Fault, method: RemixMethod | None
) -> None:
    async with a_gemini() as service:
        service.host.trouble.next(CREATE, fault)
        with pytest.raises(Refused, match=r"rejected this prompt\.") as caught:
            await service.provider.submit(an_order(method=method, source_id="v1_a"))
        assert caught.value.cause is Cause.MODERATION
        assert type(caught.value) is Refused


async def test_a_setting_with_safety_in_its_name_is_no_moderation() -> None:
    async with a_gemini() as service:
        service.host.trouble.next(CREATE, says(400, "Unknown parameter 'safety_settings'."))
        with pytest.raises(Refused, match="Unknown parameter 'safety_settings'") as caught:
            await service.provider.submit(an_order())
        assert caught.value.cause is Cause.INVALID


async def test_words_that_are_refused_cost_nothing() -> None:
    async with a_gemini() as service:
        with pytest.raises(Refused) as caught:
            await service.provider.submit(an_order("a fox [refused]"))
        assert caught.value.cause is Cause.MODERATION
        assert service.host.created == ()


async def test_two_orders_at_once_are_two_videos() -> None:
    async with a_gemini() as service:
        ids = await asyncio.gather(*(service.provider.submit(an_order(f"fox {number}")) for number in range(2)))
        assert sorted(ids) == sorted(accepted.id for accepted in service.host.created)
