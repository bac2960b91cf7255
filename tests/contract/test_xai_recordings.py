"""The real xAI's answers, compared with the adapter and with the simulated host."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from bot.domain.money.usd import Usd
from bot.domain.phases import Cause
from bot.domain.ports.provider import Broken, Ready, Waiting
from bot.providers.xai.requests import body_of
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Operation, Say
from bot.sandbox.video.xai.orders import NEWER
from tests.contract.video_services import a_picture
from tests.contract.xai_services import SMALL, Service, an_order, an_xai
from tests.outside import recorded_exchanges


def said(exchange: dict[str, Any]) -> Say:
    return Say(status=exchange["response"]["status"], body=exchange["response"]["body"])


def shape(answer: Any) -> Any:
    """The names in an answer, without their values."""
    if isinstance(answer, dict):
        return {name: shape(value) for name, value in answer.items()}
    return type(answer).__name__


async def asked(service: Service, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {SANDBOX_KEY}"}
    async with (
        aiohttp.ClientSession() as http,
        http.request(method, service.base_url + path, json=body, headers=headers) as answer,
    ):
        return answer.status, await answer.json()


@pytest.mark.parametrize(("scenario", "cost"), [("text-to-video", "0.16"), ("image-to-video", "0.17")])
async def test_a_recorded_order_is_read_to_its_end(scenario: str, cost: str) -> None:
    exchanges = recorded_exchanges("xai", scenario)
    async with an_xai() as service:
        service.host.trouble.next(Operation.CREATE, said(exchanges["submit"]))
        service.host.trouble.next(Operation.LOOK, said(exchanges["poll_first"]), said(exchanges["poll_terminal"]))
        remote_id = await service.provider.submit(an_order())
        assert remote_id == exchanges["submit"]["response"]["body"]["request_id"]
        assert await service.provider.look(remote_id) == Waiting(progress=1)
        assert await service.provider.look(remote_id) == Ready(cost=Usd.of(cost))


@pytest.mark.parametrize("scenario", ["text-to-video", "image-to-video"])
def test_an_order_is_sent_as_the_recorded_one(scenario: str) -> None:
    real = recorded_exchanges("xai", scenario)["submit"]["request"]["body"]
    picture = a_picture(SMALL) if "image" in real else None
    order = an_order(real["prompt"], remote=NEWER, seconds=2, size=SMALL, picture=picture)
    body = body_of(order, None)
    assert body.pop("storage_options") == {"filename": f"kinora-{order.own_name}.mp4", "expires_after": 86400}
    assert shape(body) == shape(real)
    assert {name: body[name] for name in real if name != "image"} == {k: v for k, v in real.items() if k != "image"}


async def test_a_recorded_refusal_of_what_was_made_ends_it_and_was_billed() -> None:
    exchanges = recorded_exchanges("xai", "blocked-output.synthetic")
    async with an_xai() as service:
        service.host.trouble.next(Operation.LOOK, said(exchanges["poll_terminal"]))
        seen = await service.provider.look("synthetic-blocked-output")
    assert isinstance(seen, Broken)
    assert (seen.cause, seen.charged, seen.cost) == (Cause.MODERATION, True, Usd.of("0.16"))


async def test_a_failed_video_is_no_charge() -> None:
    exchanges = recorded_exchanges("xai", "failed.synthetic")
    async with an_xai() as service:
        service.host.trouble.next(Operation.LOOK, said(exchanges["poll_terminal"]))
        seen = await service.provider.look("synthetic-failed")
    assert isinstance(seen, Broken)
    assert (seen.cause, seen.charged) == (Cause.PROVIDER, False)


async def test_the_simulated_host_answers_in_the_recorded_shapes_and_charges_as_much() -> None:
    real = recorded_exchanges("xai", "text-to-video")
    async with an_xai() as service:
        begun = await asked(service, "POST", "/videos/generations", real["submit"]["request"]["body"])
        place = f"/videos/{begun[1]['request_id']}"
        waiting = await asked(service, "GET", place)
        service.finish()
        done = await asked(service, "GET", place)
        blocked = await service.finished(an_order("[moderated]", remote=NEWER, seconds=2, size=SMALL))
        withheld = await asked(service, "GET", f"/videos/{blocked}")
    terminal = recorded_exchanges("xai", "blocked-output.synthetic")["poll_terminal"]
    for answer, exchange in (
        (begun, real["submit"]),
        (waiting, real["poll_first"]),
        (done, real["poll_terminal"]),
        (withheld, terminal),
    ):
        assert answer[0] == exchange["response"]["status"]
        assert shape(answer[1]) == shape(exchange["response"]["body"])
    assert done[1]["usage"] == real["poll_terminal"]["response"]["body"]["usage"]
    assert withheld[1]["usage"] == terminal["response"]["body"]["usage"]
