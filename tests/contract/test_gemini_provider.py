"""Gemini Omni against a simulated host over HTTP: the state of an interaction, and all free requests."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from bot.domain.errors import AccountTrouble, CannotStart, Gone, ProviderError, Unavailable
from bot.domain.messages import Foreign, msg
from bot.domain.money.usd import Usd
from bot.domain.phases import Cause
from bot.domain.ports.provider import Broken, Look, Ready, Waiting
from bot.domain.video import RemixMethod
from bot.providers.dialects import ProviderOnFirstUse
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Fault, Hang, Operation, Reset, Say
from tests.builders import an_account
from tests.contract.gemini_services import (
    KEY_INVALID,
    QUOTA,
    a_gemini,
    an_order,
    exhausted,
    says,
)
from tests.contract.video_services import patience_for

CREATE, LOOK = Operation.CREATE, Operation.LOOK


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
        remote_id = await service.provider.submit(an_order("at night", method=RemixMethod.NATIVE, source_id=source))
        service.finish()
        seen = await service.provider.look(remote_id)
        assert seen == Ready(cost=Usd.of("0.336740"))


async def test_a_film_that_the_filters_withheld_is_moderation_and_costs_what_was_thought() -> None:
    async with a_gemini() as service:
        remote_id = await service.finished(an_order("a fox [moderated]"))
        seen = await service.provider.look(remote_id)
    assert isinstance(seen, Broken)
    assert seen.cause is Cause.MODERATION
    assert "I can't make this video" in str(seen.reason)
    assert seen.cost == Usd.of("0.000828")


async def test_a_render_that_breaks_is_the_services_fault_and_free() -> None:
    async with a_gemini() as service:
        remote_id = await service.finished(an_order("a fox [breaks]"))
        broke = "The video service hit an error: {reason}."
        reason = msg(broke, reason=Foreign("Internal error encountered"))
        assert await service.provider.look(remote_id) == Broken(cause=Cause.PROVIDER, reason=reason)


USED = {"total_input_tokens": 10, "total_output_tokens": 100, "total_thought_tokens": 0}


@pytest.mark.parametrize(
    ("body", "cause", "words"),
    [
        ({"status": "failed", "error": {"code": "SAFETY", "message": "no"}}, Cause.MODERATION, "moderation"),
        ({"status": "failed", "error": {"code": "invalid_request", "message": "bad"}}, Cause.INVALID, "bad"),
        ({"status": "failed"}, Cause.PROVIDER, "no reason"),
        ({"status": "cancelled"}, Cause.PROVIDER, "stopped"),
        ({"status": "incomplete"}, Cause.PROVIDER, "stopped before this video was finished"),
        ({"status": "requires_action"}, Cause.PROVIDER, "asked a question instead"),
        ({"status": "budget_exceeded"}, Cause.PROVIDER, "spending limit"),
        ({"status": "completed"}, Cause.MODERATION, "moderation blocked this video"),
    ],
)
async def test_how_an_interaction_ended_and_what_it_cost(body: dict[str, Any], cause: Cause, words: str) -> None:
    shown = {"id": "v1_a", "model": "gemini-omni-1.1-flash", "usage": USED, **body}
    async with a_gemini() as service:
        service.host.trouble.next(LOOK, Say(body=shown))
        look = await service.provider.look("v1_a")
    assert isinstance(look, Broken)
    assert (look.cause, look.cost) == (cause, Usd.of("0.000915"))
    assert words in str(look.reason)


@pytest.mark.parametrize(
    ("body", "look"),
    [
        ({"status": "queued"}, Waiting()),
        ({"status": "in_progress"}, Waiting()),
        ({"status": "never_seen_before"}, Waiting()),
        ({"status": "completed"}, Ready()),  # nothing in it is readable: a person is asked when the file is not found
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
    async with a_gemini(patience=patience_for(fault)) as service:
        service.host.trouble.next(LOOK, fault)
        with pytest.raises(error) as caught:
            await service.provider.look("v1_a")
        assert type(caught.value) is error


async def test_a_video_that_google_does_not_know_is_gone() -> None:
    async with a_gemini() as service:
        with pytest.raises(Gone, match="has no such video"):
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
        with pytest.raises(AccountTrouble, match=r"rejected the key in GEMINI_API_KEY"):
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
        with pytest.raises(CannotStart, match="answers with a web page"):
            await service.provider.check()
        with pytest.raises(CannotStart, match="There's no Gemini API"):
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
        ProviderOnFirstUse(an_account("gemini", key="k", base_url="generativelanguage.googleapis.com"))
    with pytest.raises(CannotStart, match="GEMINI_API_KEY"):
        ProviderOnFirstUse(an_account("gemini", key=" ", base_url="https://generativelanguage.googleapis.com/v1beta"))


async def test_neither_key_nor_prompt_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with a_gemini() as service:
        remote_id = await service.finished(an_order("a very private fox"))
        await service.provider.look(remote_id)
    assert SANDBOX_KEY not in caplog.text
    assert "private" not in caplog.text
