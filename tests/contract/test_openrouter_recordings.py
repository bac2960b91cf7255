"""The real OpenRouter's answers, compared with the adapter and with the simulated host."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from bot.domain.errors import AccountTrouble, Gone, ProviderError, Refused, Unavailable, Unsupported
from bot.domain.money.usd import Usd
from bot.domain.phases import Cause
from bot.domain.ports.provider import Broken, Ready
from bot.domain.video import RemixMethod
from bot.sandbox.video.openrouter.menu import MODELS
from bot.sandbox.video.openrouter.orders import CREDITS, RATE_LIMIT
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Operation, Say
from tests.contract.openrouter_services import MOVIOLA, Service, an_openrouter, an_order
from tests.outside import recorded


def shape(answer: Any) -> Any:
    """The names in an answer, without their values."""
    if isinstance(answer, dict):
        return {name: shape(value) for name, value in answer.items()}
    return [shape(answer[0])] if isinstance(answer, list) and answer else type(answer).__name__


async def asked(service: Service, method: str, path: str, body: Any = None, key: str | None = SANDBOX_KEY) -> Any:
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    url = service.base_url + path
    async with aiohttp.ClientSession() as http, http.request(method, url, json=body, headers=headers) as answer:
        return await answer.json()


@pytest.mark.parametrize(
    ("name", "status", "error", "words"),
    [
        ("zod", 400, Refused, "input: Invalid input: expected string, received undefined"),
        ("resolution", 400, Refused, "Resolution 4K is not supported for this model. Supported resolutions: 480p"),
        ("duration", 400, Refused, "Duration 99s is not supported for this model"),
        ("reference_data_url", 400, Refused, "Only HTTPS URLs are allowed"),
        ("model", 400, Refused, "has no model called “alibaba/wan-3.0”"),
        ("credits", 402, AccountTrouble, "Raise or remove this API key's usage limit"),
        ("rate_limit", 429, Unavailable, "asked to wait"),
        ("no_key", 401, AccountTrouble, "rejected the key in OPENROUTER_API_KEY"),
    ],
)
async def test_a_recorded_refusal_has_its_meaning(
    name: str, status: int, error: type[ProviderError], words: str
) -> None:
    async with an_openrouter() as service:
        service.host.trouble.next(Operation.CREATE, Say(status=status, body=recorded("openrouter", "errors")[name]))
        with pytest.raises(error) as caught:
            await service.provider.submit(an_order())
        assert type(caught.value) is error
        assert words in caught.value.sentence


async def test_a_recorded_refusal_of_a_native_remix_leads_to_the_next_method() -> None:
    async with an_openrouter() as service:
        service.host.trouble.next(
            Operation.CREATE, Say(status=400, body=recorded("openrouter", "errors")["previous_job_id"])
        )
        with pytest.raises(Unsupported):
            await service.provider.submit(an_order(method=RemixMethod.NATIVE, source_id="gen-vid-1-x"))


async def test_recorded_ends_are_read() -> None:
    async with an_openrouter() as service:
        service.host.trouble.next(
            Operation.LOOK,
            Say(body=recorded("openrouter", "errors")["completed"]),
            Say(body=recorded("openrouter", "errors")["failed"]),
            Say(status=404, body=recorded("openrouter", "errors")["job"]),
        )
        assert await service.provider.look("v") == Ready(cost=Usd.of("0.1358"))
        failed = await service.provider.look("v")
        assert isinstance(failed, Broken)
        assert (failed.cause, failed.charged) == (Cause.MODERATION, False)
        with pytest.raises(Gone):
            await service.provider.look("v")


async def test_the_simulated_host_answers_in_the_recorded_shapes() -> None:
    order: dict[str, Any] = {"model": MOVIOLA, "prompt": "a fox", "duration": 4}
    reference = {"input_references": [{"type": "video_url", "video_url": {"url": "data:video/mp4;base64,AA=="}}]}
    async with an_openrouter() as service:
        made = await service.finished(an_order(remote=MOVIOLA, seconds=4))
        broken = await service.finished(an_order("[moderated]", remote=MOVIOLA, seconds=4))
        said = {
            "zod": await asked(service, "POST", "/videos", {"model": MOVIOLA}),
            "resolution": await asked(service, "POST", "/videos", order | {"resolution": "4K"}),
            "duration": await asked(service, "POST", "/videos", order | {"duration": 99}),
            "previous_job_id": await asked(
                service, "POST", "/videos", order | {"model": MODELS[1]["id"], "previous_job_id": made}
            ),
            "reference_data_url": await asked(service, "POST", "/videos", order | reference),
            "credits": CREDITS,
            "rate_limit": RATE_LIMIT,
            "model": await asked(service, "POST", "/videos", order | {"model": "nonexistent/not-a-model:free"}),
            "job": await asked(service, "GET", "/videos/gen-vid-0-x"),
            "content_index": await asked(service, "GET", f"/videos/{made}/content?index=5"),
            "no_key": await asked(service, "GET", f"/videos/{made}", key=None),
            "completed": await asked(service, "GET", f"/videos/{made}"),
            "failed": await asked(service, "GET", f"/videos/{broken}"),
        }
        assert len(service.host.created) == 2
    real = recorded("openrouter", "errors")
    assert {name: shape(answer) for name, answer in said.items()} == {name: shape(real[name]) for name in real}
    for name in ("previous_job_id", "reference_data_url", "model", "content_index", "no_key"):
        assert _words(said[name]) == _words(real[name]), name


def _words(answer: Any) -> set[str]:
    """The words of a message that are not a model's name or a number."""
    return {word for word in answer["error"]["message"].split() if word.isalpha()}


async def test_the_simulated_list_of_models_has_the_recorded_fields() -> None:
    async with an_openrouter() as service:
        listed = await asked(service, "GET", "/videos/models", key=None)
    real = recorded("openrouter", "models")
    assert set(listed) == set(real)
    for row in listed["data"]:
        assert set(row) == set(real["data"][0])


async def test_the_simulated_prices_are_written_as_the_real_ones() -> None:
    known = {sku for row in recorded("openrouter", "models")["data"] for sku in row["pricing_skus"]}
    assert {sku for model in MODELS for sku in model["pricing_skus"]} <= known
