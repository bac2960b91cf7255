"""The OpenRouter dialect against a simulated host over HTTP: orders, their outcomes, and a video's state."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

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
from bot.domain.money.usd import Usd
from bot.domain.phases import Cause
from bot.domain.ports.provider import Asset, Broken, Look, Order, Ready, Waiting
from bot.domain.video import RemixMethod, Size
from bot.providers.dialects import ProviderOnFirstUse
from bot.providers.openrouter.requests import body_of
from bot.providers.openrouter.status import cost_in
from bot.sandbox.video.openrouter.orders import CREDITS, RATE_LIMIT
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Fault, Hang, Operation, Reset, Say
from tests.builders import an_account
from tests.contract.openrouter_services import (
    MOVIOLA,
    SEEDANCE,
    SMALL,
    SQUARE,
    WAN,
    WIDE,
    a_provider,
    an_openrouter,
    an_order,
)
from tests.contract.video_services import IMPATIENT, a_picture, a_server_saying, patience_for, serving


async def test_an_order_becomes_one_video_on_the_bill() -> None:
    async with an_openrouter() as service:
        remote_id = await service.provider.submit(an_order("a paper boat", seconds=5))
        (accepted,) = service.host.created
        assert remote_id.startswith("gen-vid-")
        assert (accepted.id, accepted.prompt) == (remote_id, "a paper boat")
        assert (accepted.ordered.model, accepted.ordered.seconds, accepted.ordered.size) == (WAN, 5, (1280, 720))


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (WIDE, {"resolution": "720p", "aspect_ratio": "16:9"}),
        (Size(480, 854), {"resolution": "480p", "aspect_ratio": "9:16"}),
        (Size(3840, 2160), {"resolution": "4K", "aspect_ratio": "16:9"}),
        (Size(752, 560), {"size": "752x560"}),
    ],
)
def test_a_size_is_sent_as_resolution_and_ratio_or_in_pixels(size: Size, words: dict[str, str]) -> None:
    body = body_of(an_order("a boat", size=size, seconds=5))
    assert body == {"model": WAN, "prompt": "a boat", "duration": 5, **words}


async def test_a_size_of_a_models_own_list_is_made_in_these_pixels() -> None:
    async with an_openrouter() as service:
        await service.provider.submit(an_order(remote=MOVIOLA, size=Size(752, 560)))
        assert service.host.created[0].ordered.size == (752, 560)


async def test_a_picture_is_the_first_frame() -> None:
    picture = a_picture()
    (frame,) = body_of(an_order(picture=picture))["frame_images"]
    assert (frame["type"], frame["frame_type"]) == ("image_url", "first_frame")
    assert frame["image_url"]["url"] == "data:image/png;base64," + base64.b64encode(picture).decode()
    async with an_openrouter() as service:
        await service.provider.submit(an_order(picture=picture))
        assert service.host.created[0].ordered.picture == picture


@pytest.mark.parametrize("method", [RemixMethod.FRAME, RemixMethod.LAST_FRAME])
async def test_a_remix_by_frame_begins_with_the_still(method: RemixMethod) -> None:
    still = a_picture()
    async with an_openrouter() as service:
        await service.provider.submit(an_order("at night", method=method, picture=still))
        assert service.host.created[0].ordered.picture == still


async def test_a_remix_by_words_sends_words_only() -> None:
    assert set(body_of(an_order(method=RemixMethod.REPROMPT))) == {
        "model",
        "prompt",
        "duration",
        "resolution",
        "aspect_ratio",
    }


async def test_a_native_remix_continues_its_source() -> None:
    async with an_openrouter() as service:
        source = await service.finished(an_order("a fox", remote=MOVIOLA))
        order = an_order("at night", remote=MOVIOLA, method=RemixMethod.NATIVE, source_id=source)
        remix = await service.provider.submit(order)
        accepted = service.host.created[-1]
        assert (accepted.id, accepted.ordered.remixed_from) == (remix, source)
        assert accepted.ordered.lineage == ("a fox", "at night")


async def test_a_model_without_native_remixes_says_so_for_free() -> None:
    async with an_openrouter() as service:
        source = await service.finished()
        with pytest.raises(Unsupported) as caught:
            await service.provider.submit(an_order(method=RemixMethod.NATIVE, source_id=source))
        assert caught.value.lasting
        assert len(service.host.created) == 1


async def test_a_source_that_the_host_has_forgotten_is_left_to_the_next_method() -> None:
    async with an_openrouter() as service:
        order = an_order("at night", remote=MOVIOLA, method=RemixMethod.NATIVE, source_id="gen-vid-0-x")
        with pytest.raises(Unsupported) as caught:
            await service.provider.submit(order)
        assert not caught.value.lasting


async def test_a_length_that_a_native_remix_cannot_have_says_nothing_of_the_next_one() -> None:
    async with an_openrouter() as service:
        source = await service.finished(an_order("a fox", remote=MOVIOLA))
        order = an_order("at night", remote=MOVIOLA, seconds=7, method=RemixMethod.NATIVE, source_id=source)
        with pytest.raises(Unsupported) as caught:
            await service.provider.submit(order)
        assert not caught.value.lasting


@pytest.mark.parametrize(
    "order",
    [
        an_order(method=RemixMethod.NATIVE),
        an_order(method=RemixMethod.FRAME),
        an_order(method=RemixMethod.LAST_FRAME),
        an_order(method=RemixMethod.SOURCE),
        an_order(method=RemixMethod.EDIT, source_id="x"),
        an_order(method=RemixMethod.EXTEND, source_id="x"),
    ],
)
async def test_a_method_that_cannot_be_sent_is_passed_over(order: Order) -> None:
    async with an_openrouter() as service:
        with pytest.raises(Unsupported):
            await service.provider.submit(order)
        assert service.host.asked[Operation.CREATE] == 0
        assert order.method not in await service.provider.remix_methods(order.card) or order.method in {
            RemixMethod.NATIVE,
            RemixMethod.FRAME,
            RemixMethod.LAST_FRAME,
        }


async def test_a_video_is_followed_to_its_end_and_its_exact_cost() -> None:
    async with an_openrouter() as service:
        remote_id = await service.provider.submit(an_order(remote=SEEDANCE, size=SQUARE, seconds=4))
        seen: list[Look] = []
        for _ in range(3):
            seen.append(await service.provider.look(remote_id))
            service.clock.now += 50
        # 640x640 pixels, 97 frames, 1024 pixels a token, $3.50 per million: as recorded from the real one.
        assert seen == [Waiting(), Waiting(), Ready(cost=Usd.of("0.1358"))]


@pytest.mark.parametrize(
    ("cost", "micros"),
    [
        (0.1358, 135_800),
        (0, 0),
        (0.13574, 135_740),
        (0.1234565, 123_457),
        (0.1234564999, 123_456),
        ("0.25", 250_000),
        (1e-7, 0),
    ],
)
def test_a_cost_is_read_to_the_micro_dollar(cost: object, micros: int) -> None:
    assert cost_in({"usage": {"cost": cost}}) == Usd(micros)


@pytest.mark.parametrize("cost", [None, True, -0.1, float("nan"), float("inf"), "x", [], 1e30, "²"])
def test_a_cost_that_makes_no_sense_is_none(cost: object) -> None:
    assert cost_in({"usage": {"cost": cost}}) is None
    assert cost_in({"usage": cost}) is None


def test_a_cost_of_more_digits_than_can_be_converted_is_none() -> None:
    assert cost_in({"usage": {"cost": 10**5000}}) is None


@pytest.mark.parametrize("status", ["pending", "in_progress", "queued", "a new word", ""])
async def test_whatever_is_not_an_end_is_waited_for(status: str) -> None:
    async with an_openrouter() as service:
        service.host.trouble.next(Operation.LOOK, Say(body={"id": "v", "status": status}, headers={"Retry-After": "7"}))
        assert await service.provider.look("v") == Waiting(poll_after=7.0)


@pytest.mark.parametrize(
    ("video", "cause", "words"),
    [
        ({"status": "failed", "error": "Content policy violation"}, Cause.MODERATION, "moderation"),
        ({"status": "failed", "error": {"message": "out of memory"}}, Cause.PROVIDER, "out of memory"),
        ({"status": "failed", "error": None}, Cause.PROVIDER, "gave no reason"),
        ({"status": "cancelled"}, Cause.PROVIDER, "stopped"),
        ({"status": "expired"}, Cause.EXPIRED, "gave up on this video"),
    ],
)
async def test_an_end_without_a_video_has_a_reason(video: dict[str, Any], cause: Cause, words: str) -> None:
    async with an_openrouter() as service:
        service.host.trouble.next(Operation.LOOK, Say(body={"id": "v", **video}))
        seen = await service.provider.look("v")
    assert isinstance(seen, Broken)
    assert (seen.cause, seen.charged, seen.cost) == (cause, False, None)
    assert words in str(seen.reason)


async def test_a_failed_video_that_was_charged_says_so() -> None:
    async with an_openrouter() as service:
        charged = {"id": "v", "status": "failed", "error": "x", "usage": {"cost": 0.02}}
        service.host.trouble.next(Operation.LOOK, Say(body=charged))
        seen = await service.provider.look("v")
    assert isinstance(seen, Broken)
    assert (seen.charged, seen.cost) == (True, Usd.of("0.02"))


async def test_moderation_at_the_input_is_free_and_at_the_output_ends_the_video() -> None:
    async with an_openrouter() as service:
        with pytest.raises(Refused) as caught:
            await service.provider.submit(an_order("[refused] a fox"))
        assert caught.value.cause is Cause.MODERATION
        assert service.host.created == ()
        remote_id = await service.finished(an_order("[moderated] a fox"))
        seen = await service.provider.look(remote_id)
        assert isinstance(seen, Broken)
        assert seen.cause is Cause.MODERATION


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Say(status=401, body={"error": {"message": "User not found.", "code": 401}}), AccountTrouble),
        (Say(status=402, body=CREDITS), AccountTrouble),
        (Say(status=429, body=RATE_LIMIT, headers={"Retry-After": "20"}), Unavailable),
        (Say(status=400, body={"error": {"message": "nonsense", "code": 400}}), Refused),
        (Say(status=403, body={"error": {"message": "Your input was flagged by moderation", "code": 403}}), Refused),
        (Say(status=408), OutcomeUnknown),
        (Say(status=500), FailedToTake),
        (Say(status=502, body={"error": {"message": "Provider returned error", "code": 502}}), FailedToTake),
        (Say(status=202, body={"status": "pending"}), OutcomeUnknown),
        (Say(status=200, body={"error": {"message": "Provider returned error", "code": 500}}), OutcomeUnknown),
        (Say(status=200, body="<html>"), OutcomeUnknown),
        (Reset(), OutcomeUnknown),
        (Reset(after=True), OutcomeUnknown),
        (Hang(), OutcomeUnknown),
        (Hang(after=True), OutcomeUnknown),
    ],
)
async def test_the_outcome_of_an_order_that_was_not_simply_taken(fault: Fault, error: type[ProviderError]) -> None:
    async with an_openrouter(patience=patience_for(fault)) as service:
        service.host.trouble.next(Operation.CREATE, fault)
        with pytest.raises(error) as caught:
            await service.provider.submit(an_order())
        assert type(caught.value) is error
        assert service.host.asked[Operation.CREATE] == 1
        if isinstance(caught.value, Unavailable) and fault == Say(status=429, body=RATE_LIMIT):
            assert caught.value.retry_after == 20.0


async def test_a_lost_answer_leaves_a_video_that_nobody_can_look_up() -> None:
    async with an_openrouter() as service:
        with pytest.raises(OutcomeUnknown):
            await service.provider.submit(an_order("[lost] a fox"))
        assert len(service.host.created) == 1
        assert await service.provider.recent(datetime(2026, 9, 1, tzinfo=UTC)) is None


async def test_what_was_provably_not_sent_may_be_sent_again() -> None:
    async with a_provider("http://127.0.0.1:9/api/v1") as provider:
        with pytest.raises(Unavailable):
            await provider.submit(an_order())


async def test_an_answer_that_is_cut_off_is_unknown() -> None:
    cut = b'HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{"id": "gen'
    async with a_server_saying(cut) as url, a_provider(url, patience=IMPATIENT) as provider:
        with pytest.raises(OutcomeUnknown):
            await provider.submit(an_order())


async def test_used_up_credit_is_told_with_the_remedy() -> None:
    async with an_openrouter() as service:
        service.host.trouble.next(Operation.CREATE, Say(status=402, body=CREDITS))
        with pytest.raises(AccountTrouble, match=r"at least \$1\.00 in balance.*Raise or remove this API key's usage"):
            await service.provider.submit(an_order())


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (an_order(seconds=99), "Duration 99s is not supported for this model. Supported durations: 2, 3"),
        (an_order(size=Size(3840, 2160)), "Resolution 4K is not supported"),
        (an_order(size=Size(1120, 480)), "Aspect ratio 21:9 is not supported"),
        (an_order(size=Size(1000, 500)), "Size 1000x500 is not supported"),
        (an_order(prompt=""), "prompt: Invalid input: expected string, received string"),
    ],
)
async def test_what_a_model_cannot_do_is_refused_in_the_services_words(order: Order, words: str) -> None:
    async with an_openrouter() as service:
        with pytest.raises(Refused) as caught:
            await service.provider.submit(order)
        assert words in caught.value.sentence
        assert service.host.created == ()


async def test_a_model_that_is_not_served_is_refused_with_the_nearest_names() -> None:
    async with an_openrouter() as service:
        with pytest.raises(Refused) as caught:
            await service.provider.submit(an_order(remote="alibaba/wan-2.0"))
        assert "has no model called “alibaba/wan-2.0”. It has alibaba/wan-3.0" in caught.value.sentence
        assert caught.value.cause is Cause.INVALID
        service.host.trouble.next(Operation.MODELS, Say(status=500))
        with pytest.raises(Refused, match="has no model called"):
            await service.provider.submit(an_order(remote="alibaba/wan-2.0"))
        assert service.host.created == ()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Say(status=404, body={"error": {"message": "Job x not found", "code": 404}}), Gone),
        (Say(status=401), AccountTrouble),
        (Say(status=402), AccountTrouble),
        (Say(status=403), AccountTrouble),
        (Say(status=429, body=RATE_LIMIT), Unavailable),
        (Say(status=500), Unavailable),
        (Say(body="<html>"), Unavailable),
        (Say(body={"status": "completed"}), Unavailable),
        (Hang(), Unavailable),
        (Reset(), Unavailable),
    ],
)
async def test_a_look_that_was_not_answered(fault: Fault, error: type[ProviderError]) -> None:
    async with an_openrouter(patience=patience_for(fault)) as service:
        service.host.trouble.next(Operation.LOOK, fault)
        with pytest.raises(error) as caught:
            await service.provider.look("gen-vid-1-x")
        assert type(caught.value) is error


async def test_what_the_api_does_not_have_is_said_without_asking(tmp_path: Path) -> None:
    async with a_provider("http://127.0.0.1:9/api/v1") as provider:
        assert not await provider.cancel("v")
        assert not await provider.forget("v")
        assert not await provider.fetch("v", Asset.THUMBNAIL, tmp_path / "t")


async def test_the_key_is_checked_by_a_question_about_itself() -> None:
    async with an_openrouter() as service:
        await service.provider.check()
        assert service.host.asked == {Operation.KEY: 1}
    async with an_openrouter(key="wrong") as service:
        with pytest.raises(AccountTrouble, match=r"rejected the key in OPENROUTER_API_KEY \(401\)"):
            await service.provider.check()


async def test_the_served_models_are_those_of_videos_and_need_no_key() -> None:
    async with an_openrouter(key="wrong") as service:
        served = await service.provider.served()
        assert served is not None
        assert served[:2] == [WAN, SEEDANCE]
        service.host.trouble.next(Operation.MODELS, Say(body={"models": []}))
        assert await service.provider.served() is None


async def test_a_wrong_address_is_one_sentence() -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="<html>a page</html>", content_type="text/html")

    pages = web.Application()
    pages.router.add_get("/{path:.*}", page)
    async with serving({"/pages": pages}) as url:
        async with a_provider(f"{url}/pages/api/v1") as provider:
            with pytest.raises(CannotStart, match="answers with a web page"):
                await provider.check()
        async with a_provider(f"{url}/nothing/api/v1") as provider:
            with pytest.raises(CannotStart, match="no video service at"):
                await provider.check()
    for address in ("openrouter.ai/api/v1", ""):
        with pytest.raises(CannotStart, match="OPENROUTER_BASE_URL"):
            ProviderOnFirstUse(an_account("openrouter", key=SANDBOX_KEY, base_url=address))


async def test_a_host_without_the_question_about_keys_has_not_refused_the_key() -> None:
    async with an_openrouter() as service:
        service.host.trouble.next(Operation.KEY, Say(status=404), Say(status=503))
        await service.provider.check()
        with pytest.raises(Unavailable):
            await service.provider.check()


async def test_an_order_is_dropped_when_its_sender_stops_waiting() -> None:
    async with an_openrouter() as service:
        service.host.trouble.next(Operation.CREATE, Hang())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await service.provider.submit(an_order())


async def test_a_small_video_is_ordered_small() -> None:
    async with an_openrouter() as service:
        await service.provider.submit(an_order(size=SMALL, seconds=2))
        assert service.host.created[0].ordered.size == (854, 480)
