"""Google's recorded answers: the adapter reads them, and the simulated host answers in their formats."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from bot.domain.errors import Refused
from bot.domain.messages import Foreign, msg
from bot.domain.money.usd import Usd
from bot.domain.phases import Cause
from bot.domain.ports.provider import Broken, Look, Ready, Waiting
from bot.providers.gemini.requests import body_of
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Operation, Say
from tests.contract.gemini_services import SMALL, Service, a_gemini, an_order
from tests.contract.video_services import a_picture
from tests.outside import recorded_exchanges

BROKE = "The video service hit an error: {reason}."


def as_said(exchange: dict[str, Any]) -> Say:
    return Say(status=exchange["response"]["status"], body=exchange["response"]["body"])


def keys_of(value: object, *, of: str = "") -> set[str]:
    """Every field of an answer with its path; all entries of a list count as one."""
    if isinstance(value, list):
        return set().union(*(keys_of(entry, of=of) for entry in value)) if value else set()
    if not isinstance(value, dict):
        return {of}
    return set().union(*(keys_of(entry, of=f"{of}.{name}") for name, entry in value.items())) if value else {of}


async def test_the_recorded_costs_are_the_tokens_at_googles_prices() -> None:
    text, picture, blocked = (
        recorded_exchanges("gemini", name) for name in ("text-to-video", "image-to-video", "blocked")
    )
    async with a_gemini() as service:
        service.host.trouble.next(
            Operation.LOOK,
            *(as_said(exchanges["poll_terminal"]) for exchanges in (text, picture)),
            as_said(blocked["poll_first"]),
        )
        seen = [await service.provider.look("v1_a") for _ in range(3)]
    # 17,376 tokens of film are $0.304080; the rest is text, thoughts, and input
    assert seen[:2] == [Ready(cost=Usd.of("0.310697")), Ready(cost=Usd.of("0.312696"))]
    withheld = seen[2]
    assert isinstance(withheld, Broken)
    assert (withheld.cause, withheld.cost) == (Cause.MODERATION, Usd.of("0.000840"))


@pytest.mark.parametrize(
    ("scenario", "name", "look"),
    [
        ("text-to-video", "poll_first", Waiting()),
        ("cancel", "poll_terminal", Broken(cause=Cause.PROVIDER, reason=msg("The video service stopped this video."))),
        (
            "failed.synthetic",
            "poll_terminal",
            Broken(
                cause=Cause.PROVIDER,
                reason=msg(BROKE, reason=Foreign("Internal error encountered")),
            ),
        ),
    ],
)
async def test_a_recorded_look_is_read(scenario: str, name: str, look: Look) -> None:
    exchange = recorded_exchanges("gemini", scenario)[name]
    async with a_gemini() as service:
        service.host.trouble.next(Operation.LOOK, as_said(exchange))
        assert await service.provider.look("v1_a") == look


async def test_a_recorded_refusal_repeats_googles_words() -> None:
    exchange = recorded_exchanges("gemini", "invalid-param")["submit"]
    async with a_gemini() as service:
        service.host.trouble.next(Operation.CREATE, as_said(exchange))
        with pytest.raises(Refused, match=r"The value '1:7' is not supported .* Supported values: '16:9', '9:16'"):
            await service.provider.submit(an_order())


async def test_a_recorded_cancel_counts() -> None:
    exchange = recorded_exchanges("gemini", "cancel")["cancel"]
    async with a_gemini() as service:
        service.host.trouble.next(Operation.CANCEL, as_said(exchange))
        assert await service.provider.cancel("v1_a")


@pytest.mark.parametrize("scenario", ["text-to-video", "image-to-video"])
def test_orders_are_those_that_google_took(scenario: str) -> None:
    sent = recorded_exchanges("gemini", scenario)["submit"]["request"]["body"]
    picture = a_picture(SMALL) if scenario == "image-to-video" else None
    words = sent["input"] if picture is None else sent["input"][1]["text"]
    body = body_of(an_order(words, picture=picture, seconds=3))
    if picture is not None:
        sent["input"][0]["data"] = body["input"][0]["data"]  # the recording has none
    assert body == sent


async def shown(service: Service, path: str = "", body: object = None) -> dict[str, Any]:
    """The simulated host's actual answer."""
    method = "GET" if body is None and not path.endswith("/cancel") else "POST"
    headers = {"x-goog-api-key": SANDBOX_KEY}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.request(method, f"{service.base_url}/interactions{path}", json=body) as response,
    ):
        answer: dict[str, Any] = await response.json()
        return answer


@pytest.mark.parametrize("scenario", ["text-to-video", "image-to-video"])
async def test_the_simulated_host_answers_in_the_recorded_shapes(scenario: str) -> None:
    exchanges = recorded_exchanges("gemini", scenario)
    picture = a_picture(SMALL) if scenario == "image-to-video" else None
    async with a_gemini() as service:
        begun = await shown(service, body=body_of(an_order(picture=picture, seconds=3)))
        assert keys_of(begun) == keys_of(exchanges["submit"]["response"]["body"])
        waiting = await shown(service, f"/{begun['id']}")
        if "poll_first" in exchanges:
            assert keys_of(waiting) == keys_of(exchanges["poll_first"]["response"]["body"])
        service.finish()
        done = await shown(service, f"/{begun['id']}")
        told = exchanges["poll_terminal"]["response"]["body"]
        assert keys_of(done) == keys_of(told)
        assert done["usage"]["output_tokens_by_modality"] == told["usage"]["output_tokens_by_modality"]


@pytest.mark.parametrize(
    ("scenario", "name", "marker"),
    [("blocked", "poll_first", "[moderated]"), ("failed.synthetic", "poll_terminal", "[breaks]")],
)
async def test_the_simulated_host_fails_in_the_recorded_shapes(scenario: str, name: str, marker: str) -> None:
    told = recorded_exchanges("gemini", scenario)[name]["response"]["body"]
    async with a_gemini() as service:
        begun = await shown(service, body=body_of(an_order(f"a fox {marker}", seconds=3)))
        service.finish()
        assert keys_of(await shown(service, f"/{begun['id']}")) == keys_of(told)


async def test_the_simulated_host_cancels_and_refuses_in_the_recorded_shapes() -> None:
    cancel, refused = (
        recorded_exchanges("gemini", "cancel")["cancel"],
        recorded_exchanges("gemini", "invalid-param")["submit"],
    )
    async with a_gemini() as service:
        begun = await shown(service, body=body_of(an_order(seconds=3)))
        cancelled = await shown(service, f"/{begun['id']}/cancel")
        assert keys_of(cancelled) == keys_of(cancel["response"]["body"])
        assert await shown(service, body=refused["request"]["body"]) == refused["response"]["body"]
