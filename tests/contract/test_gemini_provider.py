"""Gemini Omni against a pretend host over HTTP: orders, their outcomes, and how an interaction stands."""

from __future__ import annotations

import asyncio
import base64
import logging
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web

from bot.domain.errors import (
    AccountTrouble,
    CannotStart,
    Gone,
    OutcomeUnknown,
    ProviderError,
    Refused,
    Unavailable,
    Unsupported,
)
from bot.domain.money import Usd
from bot.domain.phases import Cause
from bot.domain.provider import Broken, Look, Order, Ready, Waiting
from bot.domain.video import Rung, Size
from bot.providers import FACTORIES, Host
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Fault, Hang, Operation, Reset, Say
from tests.contract.gemini_services import SMALL, a_card, a_gemini, a_picture, a_provider, an_order
from tests.contract.video_services import IMPATIENT, a_raw_server, serving

CREATE, LOOK = Operation.CREATE, Operation.LOOK
KEY_INVALID = {
    "code": 400,
    "message": "API key not valid. Please pass a valid API key.",
    "status": "INVALID_ARGUMENT",
    "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}],
}


def says(http: int, message: str, code: int | str = "invalid_request", **more: object) -> Say:
    return Say(status=http, body={"error": {"code": code, "message": message} | more})


def exhausted(message: str, *details: dict[str, str]) -> Say:
    return says(429, message, 429, status="RESOURCE_EXHAUSTED", details=list(details))


SPENDING = exhausted(
    "You exceeded your spend-based rate limit. Your spending rate has exceeded the allowed limit for your account's "
    "billing history and tier."
)
QUOTA = "You exceeded your current quota, please check your plan and billing details."
RETRY = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "32.5s"}


async def sent_by(order: Order) -> dict[str, Any]:
    """What really goes out for an order."""
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
        with pytest.raises(Refused, match=r"16:9 or 9:16 in 360p, 720p, 1080p, 4k, not .* Nothing was spent"):
            await service.provider.submit(an_order(size=Size.of(size)))
        assert service.host.asked[CREATE] == 0


async def test_a_picture_is_sent_along_and_the_words_stay_as_they_are() -> None:
    picture = a_picture()
    sent = await sent_by(an_order("let it rain", picture=picture))
    data = base64.b64encode(picture).decode()
    assert sent["input"] == [
        {"type": "image", "data": data, "mime_type": "image/png"},
        {"type": "text", "text": "let it rain"},
    ]


async def test_an_edit_goes_on_from_the_earlier_video_and_asks_for_no_other_shape() -> None:
    sent = await sent_by(an_order("at night", rung=Rung.NATIVE, source_id="v1_a"))
    assert sent["previous_interaction_id"] == "v1_a"
    assert sent["input"] == "at night"
    assert sent["response_format"] == {"type": "video", "delivery": "uri", "resolution": "720p"}
    assert "generation_config" not in sent


async def test_an_extension_says_that_it_is_one_and_how_long() -> None:
    sent = await sent_by(an_order("it snows", rung=Rung.EXTEND, source_id="v1_a", seconds=5))
    assert sent["previous_interaction_id"] == "v1_a"
    assert sent["generation_config"] == {"video_config": {"task": "extend"}}
    assert sent["response_format"]["duration"] == "5s"


@pytest.mark.parametrize("rung", [Rung.FRAME, Rung.LAST_FRAME])
async def test_a_still_of_the_source_is_marked_as_the_first_frame(rung: Rung) -> None:
    sent = await sent_by(an_order("at night", rung=rung, picture=a_picture()))
    assert [part["type"] for part in sent["input"]] == ["image", "text"]
    assert sent["input"][1]["text"] == "<FIRST_FRAME> at night"


async def test_an_order_becomes_one_video_on_the_bill() -> None:
    async with a_gemini() as service:
        picture = a_picture()
        remote_id = await service.provider.submit(an_order("a paper boat", picture=picture, seconds=3))
        (accepted,) = service.host.created
        assert (accepted.id, accepted.prompt, accepted.operation) == (remote_id, "a paper boat", CREATE)
        assert (accepted.ordered.seconds, accepted.ordered.size) == (3, (1280, 720))
        assert accepted.ordered.picture == picture


async def test_every_way_to_remix_is_taken() -> None:
    async with a_gemini() as service:
        source = await service.finished()
        for rung, picture in (
            (Rung.NATIVE, None),
            (Rung.EXTEND, None),
            (Rung.FRAME, a_picture()),
            (Rung.LAST_FRAME, a_picture()),
            (Rung.REPROMPT, None),
        ):
            await service.provider.submit(
                an_order("at night", rung=rung, source_id=source, picture=picture, size=SMALL, seconds=4)
            )
        edit, extension, frame, last, anew = (accepted.ordered for accepted in service.host.created[1:])
    assert edit.lineage == extension.lineage == ("a red fox in the snow", "at night")
    assert (edit.seconds, extension.seconds) == (3, 7)  # as long as its source; and longer by what was ordered
    assert edit.remixed_from == extension.remixed_from == source
    assert frame.picture == last.picture == a_picture()
    assert [anew.lineage, frame.lineage] == [("at night",)] * 2


@pytest.mark.parametrize("rung", [Rung.NATIVE, Rung.EXTEND, Rung.EDIT, Rung.SOURCE])
async def test_a_rung_that_is_not_open_is_passed_over_without_a_request(rung: Rung) -> None:
    async with a_gemini() as service:
        with pytest.raises(Unsupported):
            await service.provider.submit(an_order(rung=rung))
        assert service.host.asked[CREATE] == 0


async def test_the_ways_are_those_that_google_has() -> None:
    async with a_gemini() as service:
        assert service.provider.ways(a_card(*Rung)) == (
            Rung.NATIVE,
            Rung.EXTEND,
            Rung.FRAME,
            Rung.LAST_FRAME,
            Rung.REPROMPT,
        )


@pytest.mark.parametrize("rung", [Rung.NATIVE, Rung.EXTEND])
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
async def test_a_source_that_google_no_longer_knows_or_edits_leaves_the_next_rung(rung: Rung, fault: Fault) -> None:
    async with a_gemini() as service:
        service.host.trouble.next(CREATE, fault)
        with pytest.raises(Unsupported):
            await service.provider.submit(an_order(rung=rung, source_id="v1_a"))


async def test_a_remix_of_a_forgotten_video_leaves_the_next_rung() -> None:
    async with a_gemini() as service:
        with pytest.raises(Unsupported):
            await service.provider.submit(an_order(rung=Rung.NATIVE, source_id="v1_gone"))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (says(400, "The value '1:7' is not supported for 'response_format.aspect_ratio'."), Refused),
        (says(404, "models/veo is no longer available.", "not_found"), Refused),
        (says(422, "no"), Refused),
        (Say(status=400, body={"error": KEY_INVALID}), AccountTrouble),
        (Say(status=400, body=[{"error": KEY_INVALID}]), AccountTrouble),
        (Say(status=401, body={"error": {"code": 401, "status": "UNAUTHENTICATED"}}), AccountTrouble),
        (says(403, "The caller does not have permission", 403, status="PERMISSION_DENIED"), AccountTrouble),
        (says(400, "User location is not supported for the API use.", 400), AccountTrouble),
        (says(403, "Generative Language API has not been used in project 1 before.", 403), AccountTrouble),
        (exhausted("Your project has exceeded its monthly spending cap."), AccountTrouble),
        (exhausted("Your prepayment credits are depleted."), AccountTrouble),
        (exhausted(f"{QUOTA} Quota exceeded for metric: …free_tier_requests, limit: 0"), AccountTrouble),
        (Say(status=402), AccountTrouble),
        (Say(status=307, headers={"Location": "https://elsewhere.example/"}), AccountTrouble),
        (SPENDING, Unavailable),
        (exhausted(QUOTA), Unavailable),
        (exhausted("Resource has been exhausted (e.g. check quota)."), Unavailable),
        (Say(status=429, body="<html>slow down</html>"), Unavailable),
        (Say(status=408), OutcomeUnknown),
        (says(500, "Internal error encountered.", "internal"), OutcomeUnknown),
        (says(503, "The model is overloaded.", 503, status="UNAVAILABLE"), OutcomeUnknown),
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
    async with a_gemini(patience=IMPATIENT) as service:
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
        assert await service.provider.recent(datetime(2026, 9, 1, tzinfo=UTC)) is None  # there is no list to look in


async def test_an_order_lost_by_its_own_words_was_taken() -> None:
    async with a_gemini() as service:
        with pytest.raises(OutcomeUnknown):
            await service.provider.submit(an_order("a fox [lost]"))
        assert len(service.host.created) == 1


async def test_an_order_to_a_host_that_is_off_was_never_sent(unused_tcp_port: int) -> None:
    async with a_provider(f"http://127.0.0.1:{unused_tcp_port}/v1beta") as provider:
        with pytest.raises(Unavailable, match=r"Nothing was sent or spent"):
            await provider.submit(an_order())


async def test_an_answer_that_is_not_http_leaves_the_outcome_unknown() -> None:
    async with a_raw_server(b"SSH-2.0-hello\r\n") as base_url, a_provider(base_url) as provider:
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
        with pytest.raises(Unavailable, match="Nothing was spent") as caught:
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
@pytest.mark.parametrize("rung", [None, Rung.NATIVE])
async def test_moderation_at_the_door_is_told_apart_and_says_what_to_do(fault: Fault, rung: Rung | None) -> None:
    async with a_gemini() as service:
        service.host.trouble.next(CREATE, fault)
        with pytest.raises(Refused, match=r"Nothing was spent. Leave out real people") as caught:
            await service.provider.submit(an_order(rung=rung, source_id="v1_a"))
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


async def test_a_video_is_followed_to_its_end_and_its_cost() -> None:
    async with a_gemini() as service:
        remote_id = await service.provider.submit(an_order("a slow dolly shot", seconds=3))
        seen: list[Look] = []
        for _ in range(3):
            seen.append(await service.provider.look(remote_id))
            service.clock.now += 50
        # 17,376 tokens of film at $17.50 a million, 732 other at $9.00, 7 read at $1.50
        assert seen == [Waiting(), Waiting(), Ready(cost=Usd.of("0.310679"))]


async def test_an_edit_costs_the_reading_of_the_earlier_video_too() -> None:
    async with a_gemini() as service:
        source = await service.finished(an_order("a fox", seconds=3))
        remote_id = await service.provider.submit(an_order("at night", rung=Rung.NATIVE, source_id=source))
        service.finish()
        seen = await service.provider.look(remote_id)
        assert seen == Ready(cost=Usd.of("0.336740"))


async def test_a_film_that_the_filters_withheld_is_moderation_and_costs_what_was_thought() -> None:
    async with a_gemini() as service:
        remote_id = await service.finished(an_order("a fox [moderated]"))
        seen = await service.provider.look(remote_id)
    assert isinstance(seen, Broken)
    assert seen.cause is Cause.MODERATION
    assert "I can't make this video" in seen.reason
    assert seen.cost == Usd.of("0.000828")


async def test_a_render_that_breaks_is_the_services_fault_and_free() -> None:
    async with a_gemini() as service:
        remote_id = await service.finished(an_order("a fox [breaks]"))
        reason = "The video service could not make this video: Internal error encountered."
        assert await service.provider.look(remote_id) == Broken(cause=Cause.PROVIDER, reason=reason)


USED = {"total_input_tokens": 10, "total_output_tokens": 100, "total_thought_tokens": 0}


@pytest.mark.parametrize(
    ("body", "cause", "words"),
    [
        ({"status": "failed", "error": {"code": "SAFETY", "message": "no"}}, Cause.MODERATION, "moderation"),
        ({"status": "failed", "error": {"code": "invalid_request", "message": "bad"}}, Cause.INVALID, "bad"),
        ({"status": "failed"}, Cause.PROVIDER, "no reason"),
        ({"status": "cancelled"}, Cause.PROVIDER, "stopped"),
        ({"status": "incomplete"}, Cause.PROVIDER, "broke this video off"),
        ({"status": "requires_action"}, Cause.PROVIDER, "asked something back"),
        ({"status": "budget_exceeded"}, Cause.PROVIDER, "budget"),
        ({"status": "completed"}, Cause.MODERATION, "made no video"),
    ],
)
async def test_how_an_interaction_ended_and_what_it_cost(body: dict[str, Any], cause: Cause, words: str) -> None:
    shown = {"id": "v1_a", "model": "gemini-omni-1.1-flash", "usage": USED, **body}
    async with a_gemini() as service:
        service.host.trouble.next(LOOK, Say(body=shown))
        look = await service.provider.look("v1_a")
    assert isinstance(look, Broken)
    assert (look.cause, look.cost) == (cause, Usd.of("0.000915"))
    assert words in look.reason


@pytest.mark.parametrize(
    ("body", "look"),
    [
        ({"status": "queued"}, Waiting()),
        ({"status": "in_progress"}, Waiting()),
        ({"status": "never_seen_before"}, Waiting()),
        ({"status": "completed"}, Ready()),  # nothing of it can be read: a person is asked when the file is not found
    ],
)
async def test_how_an_interaction_stands(body: dict[str, Any], look: Look) -> None:
    async with a_gemini() as service:
        service.host.trouble.next(LOOK, Say(body={"id": "v1_a", **body}))
        assert await service.provider.look("v1_a") == look


async def test_a_wish_to_wait_is_passed_on() -> None:
    async with a_gemini() as service:
        busy = Say(body={"id": "v1_a", "status": "queued"}, headers={"Retry-After": "9"})
        service.host.trouble.next(LOOK, busy)
        assert await service.provider.look("v1_a") == Waiting(poll_after=9.0)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (says(400, "Invalid interaction name"), Gone),
        (Say(status=404), Gone),
        (Say(status=410), Gone),
        (says(400, "some other trouble of the moment"), Unavailable),  # seen live on a running interaction
        (Say(status=400, body={"error": KEY_INVALID}), AccountTrouble),
        (Say(status=401), AccountTrouble),
        (Say(status=403), AccountTrouble),
        (exhausted("Your project has exceeded its monthly spending cap."), AccountTrouble),
        (exhausted(QUOTA), Unavailable),
        (Say(status=500), Unavailable),
        (Say(status=503, body="<html></html>"), Unavailable),
        (Say(body="<html>hello</html>"), Unavailable),
        (Say(body=[]), Unavailable),
        (Say(body='{"id": "v1_a", "sta'), Unavailable),
        (Reset(), Unavailable),
        (Hang(), Unavailable),
    ],
)
async def test_what_it_means_when_a_look_fails(fault: Fault, error: type[ProviderError]) -> None:
    async with a_gemini(patience=IMPATIENT) as service:
        service.host.trouble.next(LOOK, fault)
        with pytest.raises(error) as caught:
            await service.provider.look("v1_a")
        assert type(caught.value) is error


async def test_a_video_that_google_does_not_know_is_gone() -> None:
    async with a_gemini() as service:
        with pytest.raises(Gone, match="knows no such video"):
            await service.provider.look("v1_none")


async def test_cancelling_ends_a_render_and_only_a_render() -> None:
    async with a_gemini() as service:
        remote_id = await service.provider.submit(an_order())
        assert await service.provider.cancel(remote_id)
        assert isinstance(await service.provider.look(remote_id), Broken)
        assert not await service.provider.cancel(remote_id)
        assert not await service.provider.cancel("v1_none")


@pytest.mark.parametrize(
    ("fault", "stopped"),
    [
        (Say(body={"id": "v1_a", "status": "in_progress"}), False),
        (Say(body={}), False),
        (Say(body="<html>hello</html>"), False),
        (Say(status=404), False),
        (Say(status=501), False),
        (Say(body={"id": "v1_a", "status": "cancelled"}), True),
    ],
)
async def test_a_video_counts_as_stopped_only_if_google_says_so(fault: Fault, *, stopped: bool) -> None:
    async with a_gemini() as service:
        service.host.trouble.next(Operation.CANCEL, fault)
        assert await service.provider.cancel("v1_a") is stopped


async def test_a_host_that_breaks_while_cancelling_may_be_asked_again() -> None:
    async with a_gemini() as service:
        service.host.trouble.next(Operation.CANCEL, Say(status=500))
        with pytest.raises(Unavailable):
            await service.provider.cancel("v1_a")


async def test_a_forgotten_video_is_gone_and_may_be_forgotten_twice() -> None:
    async with a_gemini() as service:
        remote_id = await service.finished()
        assert await service.provider.forget(remote_id)
        assert await service.provider.forget(remote_id)
        with pytest.raises(Gone):
            await service.provider.look(remote_id)


@pytest.mark.parametrize("status", [404, 405, 501])  # 501 is what keys of AI Studio got in 2026
async def test_a_google_that_does_not_delete_has_not_forgotten(status: int) -> None:
    async with a_gemini() as service:
        remote_id = await service.finished()
        service.host.trouble.next(Operation.DELETE, Say(status=status))
        assert not await service.provider.forget(remote_id)


async def test_a_google_that_breaks_while_forgetting_may_be_asked_again() -> None:
    async with a_gemini() as service:
        service.host.trouble.next(Operation.DELETE, Say(status=500))
        with pytest.raises(Unavailable):
            await service.provider.forget("v1_a")


async def test_the_key_is_checked_without_cost() -> None:
    async with a_gemini() as service, a_gemini(key="wrong") as other:
        await service.provider.check()
        with pytest.raises(AccountTrouble, match=r"refuses the key in GEMINI_API_KEY"):
            await other.provider.check()
        assert service.host.created == other.host.created == ()


async def test_the_models_are_named_as_an_order_names_them() -> None:
    async with a_gemini() as service:
        assert await service.provider.served() == ["gemini-omni-1.1-flash", "gemini-3.5-flash"]


async def test_a_list_of_models_is_read_to_its_end() -> None:
    async with a_gemini() as service:
        first = Say(body={"models": [{"name": "models/a"}, {}], "nextPageToken": "1"})
        service.host.trouble.next(Operation.MODELS, first)
        assert await service.provider.served() == ["a", "gemini-3.5-flash"]


@pytest.mark.parametrize(
    "fault", [Say(status=404), Say(body="<html></html>"), Say(body={"models": None}), Say(body=[])]
)
async def test_a_host_that_does_not_say_what_it_serves(fault: Fault) -> None:
    async with a_gemini() as service:
        service.host.trouble.next(Operation.MODELS, fault)
        assert await service.provider.served() is None


async def test_a_list_of_models_without_end_says_nothing() -> None:
    async with a_gemini() as service:
        page = Say(body={"models": [{"name": "models/a"}], "nextPageToken": "again"})
        service.host.trouble.next(Operation.MODELS, *[page] * 20)
        assert await service.provider.served() is None


async def test_a_host_without_a_list_of_models_has_not_refused_the_key() -> None:
    async with a_gemini() as service:
        service.host.trouble.next(Operation.MODELS, Say(status=404), Say(status=403))
        await service.provider.check()
        await service.provider.check()


async def test_an_address_without_the_api_stops_the_start() -> None:
    async with a_gemini() as service:
        service.host.trouble.next(Operation.MODELS, Say(body="<html>a dashboard</html>"), Say(status=404))
        service.host.trouble.next(LOOK, Say(status=404))
        with pytest.raises(CannotStart, match="answers with a page"):
            await service.provider.check()
        with pytest.raises(CannotStart, match="There is no Gemini API"):
            await service.provider.check()


@pytest.mark.parametrize("fault", [Say(status=503), Say(status=429), Reset()])
async def test_a_host_that_is_out_of_order_is_told_from_one_that_refuses(fault: Fault) -> None:
    async with a_gemini() as service:
        service.host.trouble.next(Operation.MODELS, fault)
        with pytest.raises(Unavailable) as caught:
            await service.provider.check()
        assert type(caught.value) is Unavailable


def test_a_key_or_an_address_that_is_none_stops_the_start() -> None:
    with pytest.raises(CannotStart, match="GEMINI_BASE_URL"):
        FACTORIES["gemini"](Host(key="k", base_url="generativelanguage.googleapis.com"))
    with pytest.raises(CannotStart, match="GEMINI_API_KEY"):
        FACTORIES["gemini"](Host(key=" ", base_url="https://generativelanguage.googleapis.com/v1beta"))


async def test_two_orders_at_once_are_two_videos() -> None:
    async with a_gemini() as service:
        ids = await asyncio.gather(*(service.provider.submit(an_order(f"fox {number}")) for number in range(2)))
        assert sorted(ids) == sorted(accepted.id for accepted in service.host.created)


async def test_neither_key_nor_prompt_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with a_gemini() as service:
        remote_id = await service.finished(an_order("a very private fox"))
        await service.provider.look(remote_id)
    assert SANDBOX_KEY not in caplog.text
    assert "private" not in caplog.text


def test_httpx_is_not_loaded_before_it_is_needed() -> None:
    code = (
        "import sys; from bot.providers import FACTORIES, Host; "
        "FACTORIES['gemini'](Host(key='k', base_url='https://api.example.com/v1beta')); "
        "print({'openai', 'httpx', 'httpx2'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
