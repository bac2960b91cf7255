"""A simulated Gemini on a free port, its provider, orders to send, and Google's recorded answers.

A test module says

    async with a_gemini() as service: ...
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.domain.models.card import ModelCard
from bot.domain.money.usd import Usd
from bot.domain.ports.provider import Order
from bot.domain.video import RemixMethod, Size
from bot.providers.common.timeouts import Timeouts
from bot.providers.gemini.adapter import GeminiOmni
from bot.sandbox.video.gemini.service import GeminiHost
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Say
from tests.builders import an_account
from tests.contract.video_services import RENDER_SECONDS, HandClock, ServiceOf, closed_in_the_end, serving

WIDE = Size(1280, 720)
SMALL = Size(640, 360)  # quick to paint, for tests that need the film itself
MODEL = "gemini-omni-1.1-flash"


Service = ServiceOf[GeminiHost, GeminiOmni]


def a_short_order() -> Order:
    return an_order(size=SMALL, seconds=3)


@asynccontextmanager
async def a_gemini(
    *, patience: Timeouts | None = None, key: str = SANDBOX_KEY, inline: bool = False
) -> AsyncIterator[Service]:
    clock = HandClock()
    host = GeminiHost(render_seconds=RENDER_SECONDS, clock=clock, inline=inline, frame_rate=4, sound=False)
    async with serving({"/video/gemini": host.application()}) as url:
        base_url = f"{url}/video/gemini/v1beta"
        async with a_provider(base_url, patience=patience, key=key) as provider:
            yield Service(host=host, clock=clock, base_url=base_url, provider=provider, usual=a_short_order)


@asynccontextmanager
async def a_provider(
    base_url: str, *, patience: Timeouts | None = None, key: str = SANDBOX_KEY
) -> AsyncIterator[GeminiOmni]:
    account = an_account("gemini", key=key, base_url=base_url)
    async with closed_in_the_end(GeminiOmni(account, patience)) as provider:
        yield provider


def a_card(*remix: RemixMethod) -> ModelCard:
    return ModelCard(
        id=MODEL,
        label="Gemini Omni 1.1 Flash",
        provider="gemini",
        remote=MODEL,
        seconds=(8, 3),
        sizes=(WIDE, SMALL),
        per_second={WIDE: Usd.of("0.115")},
        takes_picture=True,
        remix=remix or (RemixMethod.REPROMPT,),
    )


def an_order(
    prompt: str = "a red fox in the snow",
    *,
    method: RemixMethod | None = None,
    picture: bytes | None = None,
    source_id: str | None = None,
    source_file: Path | None = None,
    seconds: int = 8,
    size: Size = WIDE,
) -> Order:
    return Order(
        card=a_card(),
        prompt=prompt,
        seconds=seconds,
        size=size,
        method=method,
        picture=picture,
        source_id=source_id,
        source_file=source_file,
    )


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
