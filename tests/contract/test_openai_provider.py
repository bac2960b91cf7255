"""The OpenAI dialect against a simulated host over HTTP: orders, their outcomes, and a video's state."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bot.domain.errors import (
    AccountTrouble,
    CannotStart,
    FailedToTake,
    Gone,
    OutcomeUnknown,
    ProviderError,
    Refused,
    Unavailable,
    Unsupported,
)
from bot.domain.phases import Cause
from bot.domain.ports.provider import Asset, Broken, Look, Order, Ready, Waiting
from bot.domain.video import RemixMethod
from bot.sandbox.video.trouble import Fault, Hang, Operation, Reset, Say
from tests.contract.video_services import (
    IMPATIENT,
    STARTED_AT,
    a_finished_video,
    a_picture,
    a_provider,
    a_server_saying,
    a_service,
    an_order,
    patience_for,
    serving,
)

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")

NOW = datetime.fromtimestamp(STARTED_AT, UTC)
QUOTA = {"error": {"message": "You exceeded your current quota.", "code": "insufficient_quota"}}
BILLING = {"error": {"message": "Billing hard limit has been reached", "code": "billing_hard_limit_reached"}}
SENTINEL = {
    "error": {
        "message": "Hmmm something didn't look right with your request.",
        "type": "invalid_request_error",
        "code": "sentinel_block",
    }
}


async def test_an_order_becomes_one_video_on_the_bill() -> None:
    async with a_service() as service:
        remote_id = await service.provider.submit(an_order("a paper boat"))
        (accepted,) = service.host.created
        assert (accepted.id, accepted.prompt) == (remote_id, "a paper boat")
        assert (accepted.ordered.model, accepted.ordered.seconds, accepted.ordered.size) == ("sora-2", 4, (1280, 720))
        assert accepted.operation is Operation.CREATE


async def test_a_picture_is_sent_along() -> None:
    async with a_service() as service:
        picture = a_picture()
        await service.provider.submit(an_order(picture=picture))
        assert service.host.created[0].ordered.picture == picture


async def test_a_video_is_followed_to_its_end() -> None:
    async with a_service() as service:
        remote_id = await service.provider.submit(an_order())
        seen: list[Look] = []
        for _ in range(3):
            seen.append(await service.provider.look(remote_id))
            service.clock.now += 50
        assert seen == [Waiting(progress=0), Waiting(progress=50), Ready()]


@pytest.mark.parametrize(
    ("method", "operation"), [(RemixMethod.NATIVE, Operation.REMIX), (RemixMethod.EDIT, Operation.EDIT)]
)
async def test_a_remix_by_id_keeps_its_source(method: RemixMethod, operation: Operation) -> None:
    async with a_service() as service:
        source = await a_finished_video(service)
        remix = await service.provider.submit(an_order("at night", method=method, source_id=source))
        accepted = service.host.created[-1]
        assert (accepted.id, accepted.operation) == (remix, operation)
        assert accepted.ordered.lineage == ("a red fox in the snow", "at night")
        assert accepted.ordered.remixed_from == source


@pytest.mark.usefixtures("films_as_ordered")
async def test_a_remix_by_source_file_sends_the_file(tmp_path: Path) -> None:
    async with a_service() as service:
        source = await a_finished_video(service)
        file = tmp_path / "source.mp4"
        await service.provider.fetch(source, Asset.VIDEO, file)
        await service.provider.submit(an_order("at night", method=RemixMethod.SOURCE, source_file=file))
        assert service.host.created[-1].ordered.picture == file.read_bytes()


async def test_a_remix_by_frame_sends_the_still() -> None:
    async with a_service() as service:
        still = a_picture()
        await service.provider.submit(an_order("at night", method=RemixMethod.FRAME, picture=still))
        assert service.host.created[-1].ordered.picture == still


@pytest.mark.parametrize(
    "order",
    [
        an_order(method=RemixMethod.NATIVE),
        an_order(method=RemixMethod.EDIT),
        an_order(method=RemixMethod.SOURCE),
        an_order(method=RemixMethod.SOURCE, source_file=Path("gone.mp4")),
    ],
)
async def test_a_method_without_what_it_works_from_is_passed_over(order: Order) -> None:
    async with a_service() as service:
        with pytest.raises(Unsupported):
            await service.provider.submit(order)
        assert service.host.created == ()


async def test_a_server_with_a_single_model_is_sent_no_name() -> None:
    sent: dict[str, object] = {}

    async def create(request: web.Request) -> web.Response:
        sent.update(await request.post())
        return web.json_response({"id": "v1", "status": "queued"})

    application = web.Application()
    application.router.add_post("/v1/videos", create)
    async with serving({"/gpu": application}) as url, a_provider(f"{url}/gpu/v1") as provider:
        await provider.submit(an_order("a fox", remote=""))
    assert sent == {"prompt": "a fox", "seconds": "4", "size": "1280x720"}


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Say(status=400, body={"error": {"message": "bad size"}}), Refused),
        (Say(status=403, body={"error": {"message": "no"}}), Refused),
        (Say(status=404, body={"detail": "Not Found"}), Refused),
        (Say(status=422, body={"detail": [{"loc": ["body", "seconds"], "msg": "bad"}]}), Refused),
        (Say(status=501, body={"detail": "not here"}), Refused),
        (Say(status=401, body={"error": {"message": "Incorrect API key"}}), AccountTrouble),
        (Say(status=402, body={"error": {"message": "Payment required"}}), AccountTrouble),
        (Say(status=429, body=QUOTA), AccountTrouble),
        (Say(status=400, body=BILLING), AccountTrouble),
        (Say(status=403, body={"error": {"code": "insufficient_user_quota", "message": "quota"}}), AccountTrouble),
        (Say(status=429, body={"error": {"code": "credits_exhausted", "message": "Top up."}}), AccountTrouble),
        (Say(status=429, body={"error": {"message": "All accounts have exhausted their quota"}}), AccountTrouble),
        (Say(status=429, body={"error": {"message": "Subscription quota exceeded."}}), AccountTrouble),
        # LiteLLM over its budget, with its own message and with the host's
        (Say(status=400, body={"error": {"message": "Budget has been exceeded! Current cost: 2, …"}}), AccountTrouble),
        (Say(status=429, body={"error": {"message": "No deployments available - crossed budget"}}), AccountTrouble),
        (
            Say(status=429, body={"error": {"message": "Ask Pat.", "type": "budget_exceeded", "code": "429"}}),
            AccountTrouble,
        ),
        (Say(status=429, body={"error": {"code": "daily_cost_limit_exceeded", "message": ""}}), AccountTrouble),
        (Say(status=429, body={"error": {"message": "Quota exceeded for requests per minute"}}), Unavailable),
        (Say(status=429, body={"error": {"message": "Resource has been exhausted (e.g. check quota)."}}), Unavailable),
        (Say(status=307, headers={"Location": "https://elsewhere.example/v1/videos"}), AccountTrouble),
        (Say(status=429, body={"error": {"message": "slow down"}}), Unavailable),
        (Say(status=303, headers={"Location": "/v1/videos/v1"}), OutcomeUnknown),
        (Say(status=408), OutcomeUnknown),
        (Say(status=500), FailedToTake),
        (Say(status=502, body="<html>bad gateway</html>"), OutcomeUnknown),
        (Say(status=500, body={"error": {"message": "NotImplementedError"}}), FailedToTake),
        (Say(body="<html>hello</html>"), OutcomeUnknown),
        (Say(body={"object": "video", "status": "queued"}), OutcomeUnknown),
        (Say(body={"id": "", "status": "queued"}), OutcomeUnknown),
        (Say(body={"id": None, "status": "queued"}), OutcomeUnknown),
        (Say(body=""), OutcomeUnknown),
        (Say(body='{"id": "vid'), OutcomeUnknown),
        (Reset(), OutcomeUnknown),
        (Hang(), OutcomeUnknown),
    ],
)
async def test_what_an_answer_to_a_paid_request_means(fault: Fault, error: type[ProviderError]) -> None:
    async with a_service(patience=patience_for(fault)) as service:
        service.host.trouble.next(Operation.CREATE, fault)
        with pytest.raises(error) as caught:
            await service.provider.submit(an_order())
        assert type(caught.value) is error
        assert service.host.asked[Operation.CREATE] == 1  # never sent again


@pytest.mark.parametrize("fault", [Reset(after=True), Hang(after=True), Say(status=500, after=True)])
async def test_a_lost_answer_is_unknown_and_the_video_is_found_in_the_list(fault: Fault) -> None:
    async with a_service(patience=patience_for(fault)) as service:
        service.host.trouble.next(Operation.CREATE, fault)
        with pytest.raises(OutcomeUnknown):
            await service.provider.submit(an_order("a lost fox"))
        listed = await service.provider.recent(NOW - timedelta(seconds=5))
        assert listed is not None
        assert [(video.remote_id, video.prompt) for video in listed] == [(service.host.created[0].id, "a lost fox")]
        assert len(service.host.created) == 1


@pytest.mark.parametrize("picture", [None, a_picture()])
async def test_an_order_that_is_taken_after_we_gave_up_is_found_in_the_list(picture: bytes | None) -> None:
    go = asyncio.Event()
    async with a_service(patience=IMPATIENT) as service:
        service.host.trouble.next(Operation.CREATE, Hang(until=go))
        with pytest.raises(OutcomeUnknown):
            await service.provider.submit(an_order("a late fox", picture=picture))
        assert await service.provider.recent(NOW) == []
        go.set()
        while not (listed := await service.provider.recent(NOW)):
            pass
        assert [video.prompt for video in listed] == ["a late fox"]


async def test_an_order_to_a_host_that_is_off_was_never_sent(unused_tcp_port: int) -> None:
    async with a_provider(f"http://127.0.0.1:{unused_tcp_port}/v1") as provider:
        with pytest.raises(Unavailable, match="can't be reached"):
            await provider.submit(an_order())


async def test_an_order_without_encryption_where_it_was_expected_was_never_sent() -> None:
    async with a_service() as service, a_provider(service.base_url.replace("http:", "https:")) as provider:
        with pytest.raises(Unavailable, match="can't be reached"):
            await provider.submit(an_order())
        assert service.host.created == ()


async def test_an_answer_that_is_not_http_leaves_the_outcome_unknown() -> None:
    async with a_server_saying(b"SSH-2.0-hello\r\n") as base_url, a_provider(base_url) as provider:
        with pytest.raises(OutcomeUnknown):
            await provider.submit(an_order())


@pytest.mark.parametrize(
    "fault",
    [
        Say(status=400, body=SENTINEL),
        Say(status=400, body={"error": {"code": "moderation_blocked", "message": "Your request was blocked."}}),
        Say(status=400, body={"error": {"message": "litellm.BadRequestError: … 'code': 'moderation_blocked' …"}}),
        Say(status=400, body={"error": {"code": "content_policy_violation", "message": "no"}}),
        Say(status=451, body={"error": {"code": "prompt_unsafe", "message": "no"}}),
        Say(status=422, body={"error": {"code": 1026, "message": "input"}}),
        Say(status=400, body={"detail": "Input was blocked by Cosmos3 guardrails."}),
    ],
)
async def test_moderation_is_told_apart_and_says_what_to_do(fault: Fault) -> None:
    async with a_service() as service:
        service.host.trouble.next(Operation.CREATE, fault)
        with pytest.raises(Refused, match=r"rejected this prompt\.") as caught:
            await service.provider.submit(an_order())
        assert caught.value.cause is Cause.MODERATION


async def test_a_refusal_repeats_the_hosts_words_in_one_short_line_without_signatures() -> None:
    words = "no\n\tgood: https://files.example/a.png?sig=SECRET \x1b[31m" + "x" * 500
    async with a_service() as service:
        service.host.trouble.next(Operation.CREATE, Say(status=400, body={"error": {"message": words}}))
        with pytest.raises(Refused) as caught:
            await service.provider.submit(an_order())
        sentence = caught.value.sentence
        assert sentence.startswith(
            "The video service rejected this order: no good: https://files.example/a.png [31mxxx"
        )
        assert "SECRET" not in sentence
        assert len(sentence) < 400


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "17"}, 17.0),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"llm_provider-retry-after": "9"}, 9.0),
        ({"Date": "Mon, 23 Nov 2026 12:00:00 GMT", "Retry-After": "Mon, 23 Nov 2026 12:00:40 GMT"}, 40.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-3"}, None),
        ({}, None),
    ],
)
async def test_a_busy_host_says_when_to_come_back(headers: dict[str, str], seconds: float | None) -> None:
    async with a_service() as service:
        service.host.trouble.next(Operation.CREATE, Say(status=429, headers=headers))
        with pytest.raises(Unavailable) as caught:
            await service.provider.submit(an_order())
        assert caught.value.retry_after == seconds


@pytest.mark.parametrize("method", [RemixMethod.NATIVE, RemixMethod.EDIT])
@pytest.mark.parametrize(
    "fault",
    [
        Say(status=404, body="404: Not Found"),
        Say(status=405),
        Say(status=501),
        Say(status=400, body={"error": {"message": "Remix is not supported by this model"}}),
        Say(status=500, body={"error": {"message": "litellm.NotImplementedError: video remix"}}),
    ],
)
async def test_a_host_that_cannot_remix_this_way_is_told_from_one_that_refuses(
    method: RemixMethod, fault: Fault
) -> None:
    async with a_service() as service:
        source = await a_finished_video(service)
        operation = Operation.REMIX if method is RemixMethod.NATIVE else Operation.EDIT
        service.host.trouble.next(operation, fault)
        with pytest.raises(Unsupported):
            await service.provider.submit(an_order(method=method, source_id=source))


async def test_a_remix_that_broke_is_unknown_like_any_other_order() -> None:
    async with a_service() as service:
        source = await a_finished_video(service)
        service.host.trouble.next(Operation.REMIX, Say(status=500, body={"error": {"message": "oops"}}))
        with pytest.raises(OutcomeUnknown):
            await service.provider.submit(an_order(method=RemixMethod.NATIVE, source_id=source))


async def test_a_host_that_takes_no_video_as_source_leaves_the_next_method(tmp_path: Path) -> None:
    file = tmp_path / "source.mp4"
    file.write_bytes(b"not a video at all")
    async with a_service() as service:
        with pytest.raises(Unsupported):
            await service.provider.submit(an_order(method=RemixMethod.SOURCE, source_file=file))


@pytest.mark.parametrize(
    ("body", "look"),
    [
        ({"status": "queued"}, Waiting()),
        ({"status": "in_progress", "progress": 41.7}, Waiting(progress=41)),
        ({"status": "processing", "progress": None}, Waiting()),
        ({"status": "processing", "progress": -5}, Waiting()),
        ({"status": "processing", "progress": 250}, Waiting(progress=99)),
        ({"status": "processing", "progress": True}, Waiting()),
        ({"status": "unknown", "progress": "40%"}, Waiting(progress=40)),
        ({"status": "processing", "progress": 0.45}, Waiting()),
        ({"status": "processing", "progress": 1}, Waiting()),
        ({"status": "processing", "progress": "1%"}, Waiting(progress=1)),
        ({"status": "never seen before"}, Waiting()),
        ({"status": "completed", "progress": 0, "seconds": 4, "size": None}, Ready()),
        ({"status": "Succeeded"}, Ready()),
    ],
)
async def test_how_a_video_stands_at_every_kind_of_server(body: dict[str, object], look: Look) -> None:
    async with a_service() as service:
        service.host.trouble.next(Operation.LOOK, Say(body={"id": "x" * 300, **body}))
        assert await service.provider.look("x" * 300) == look


@pytest.mark.parametrize(
    ("status", "body", "cause", "words"),
    [
        (200, {"status": "failed", "error": {"code": "moderation_blocked", "message": "no"}}, Cause.MODERATION, "mod"),
        (200, {"status": "failed", "error": {"code": 500, "message": "CUDA out of memory."}}, Cause.PROVIDER, "CUDA"),
        (200, {"status": "failed", "error": {"code": 400, "message": "bad"}}, Cause.INVALID, "bad"),
        (200, {"status": "failed", "error": {"message": "no code"}}, Cause.PROVIDER, "no code"),
        (200, {"status": "failed", "error": "text only"}, Cause.PROVIDER, "text only"),
        (200, {"status": "failed", "error": None}, Cause.PROVIDER, "no reason"),
        (200, {"status": "cancelled"}, Cause.PROVIDER, "stopped"),
        (200, {"status": "deleted"}, Cause.PROVIDER, "stopped"),
        (200, {"status": "expired"}, Cause.EXPIRED, "gave up on this video"),
        (400, {"status": "failed", "error": {"code": 400, "message": "in a 400"}}, Cause.INVALID, "in a 400"),
        (500, {"detail": {"id": "v", "status": "failed", "error": {"message": "deep"}}}, Cause.PROVIDER, "deep"),
        (200, {"status": "completed", "content_filter": {"filtered_count": 1}}, Cause.MODERATION, "withheld"),
    ],
)
async def test_how_a_video_ended(status: int, body: dict[str, object], cause: Cause, words: str) -> None:
    async with a_service() as service:
        service.host.trouble.next(Operation.LOOK, Say(status=status, body={"id": "v", **body}))
        look = await service.provider.look("v")
        assert isinstance(look, Broken)
        assert look.cause is cause
        assert words in str(look.reason)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Say(status=404, body={"detail": "Video not found"}), Gone),
        (Say(status=410), Gone),
        (Say(status=404, body="404 page not found\n"), Unavailable),  # by the proxy (traefik#9041)
        (Say(status=401), AccountTrouble),
        (Say(status=402), AccountTrouble),
        (Say(status=403), AccountTrouble),
        (Say(status=429), Unavailable),
        (Say(status=400), Unavailable),
        (Say(status=500, body={"id": "req_1", "status": "error"}), Unavailable),
        (Say(status=503, body="<html></html>"), Unavailable),
        (Say(body="<html>hello</html>"), Unavailable),
        (Say(body=[]), Unavailable),
        (Say(body='{"id": "v", "sta'), Unavailable),
        (Reset(), Unavailable),
        (Hang(), Unavailable),
    ],
)
async def test_what_it_means_when_a_look_fails(fault: Fault, error: type[ProviderError]) -> None:
    async with a_service(patience=patience_for(fault)) as service:
        service.host.trouble.next(Operation.LOOK, fault)
        with pytest.raises(error) as caught:
            await service.provider.look("v")
        assert type(caught.value) is error


async def test_the_hosts_own_rhythm_is_passed_on() -> None:
    async with a_service(poll_after_ms=2500) as service:
        remote_id = await service.provider.submit(an_order())
        assert await service.provider.look(remote_id) == Waiting(progress=0, poll_after=2.5)


async def test_cancelling_ends_a_video_once() -> None:
    async with a_service() as service:
        remote_id = await service.provider.submit(an_order())
        assert await service.provider.cancel(remote_id)
        assert not await service.provider.cancel(remote_id)
        with pytest.raises(Gone):
            await service.provider.look(remote_id)


@pytest.mark.parametrize(
    ("fault", "stopped"),
    [
        (Say(status=404), False),
        (Say(status=405), False),
        (Say(status=409), False),
        (Say(status=204), True),
        (Say(body={"id": "v", "status": "deleted"}), True),
        (Say(body={"id": "v", "deleted": False}), False),
        (Say(body="<html>hello</html>"), False),
    ],
)
async def test_a_video_counts_as_stopped_only_if_the_host_says_so(fault: Fault, *, stopped: bool) -> None:
    async with a_service() as service:
        service.host.trouble.next(Operation.DELETE, fault)
        assert await service.provider.cancel("v") is stopped


async def test_a_host_that_breaks_while_cancelling_may_be_asked_again() -> None:
    async with a_service() as service:
        service.host.trouble.next(Operation.DELETE, Say(status=500))
        with pytest.raises(Unavailable):
            await service.provider.cancel("v")


async def test_a_forgotten_video_is_gone_and_may_be_forgotten_twice() -> None:
    async with a_service() as service:
        remote_id = await a_finished_video(service)
        assert await service.provider.forget(remote_id)
        assert await service.provider.forget(remote_id)


async def test_a_host_that_cannot_delete_has_not_forgotten() -> None:
    async with a_service() as service:
        remote_id = await a_finished_video(service)
        service.host.trouble.next(Operation.DELETE, Say(status=404, body="404: Not Found"))
        assert not await service.provider.forget(remote_id)


async def test_the_key_is_checked_without_cost() -> None:
    async with a_service() as service, a_service(key="wrong") as other:
        await service.provider.check()
        with pytest.raises(AccountTrouble, match=r"rejected the key in OPENAI_API_KEY"):
            await other.provider.check()
        assert service.host.created == other.host.created == ()


async def test_a_host_without_a_list_of_models_has_not_refused_the_key() -> None:
    async with a_service() as service:
        service.host.trouble.next(Operation.MODELS, Say(status=404), Say(status=403))
        await service.provider.check()
        await service.provider.check()


async def test_an_address_without_a_video_service_stops_the_start() -> None:
    async with a_service() as service:
        service.host.trouble.next(Operation.MODELS, Say(body="<html>a dashboard</html>"))
        with pytest.raises(CannotStart, match="answers with a web page"):
            await service.provider.check()


@pytest.mark.parametrize("status", [404, 410])
async def test_an_address_without_models_and_videos_stops_the_start(status: int) -> None:
    async with a_service() as service:
        service.host.trouble.next(Operation.MODELS, Say(status=status))
        service.host.trouble.next(Operation.LIST, Say(status=status))
        with pytest.raises(CannotStart, match=rf"There's no video service at .* \({status}\)"):
            await service.provider.check()


async def test_a_host_that_says_its_models_are_gone_has_not_refused_the_key() -> None:
    async with a_service() as service:
        service.host.trouble.next(Operation.MODELS, Say(status=410))
        await service.provider.check()
