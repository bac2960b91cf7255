"""Base addresses as people paste them: free requests to the service show which variant is right."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from bot.domain.errors import CannotStart
from bot.providers.dialects import ProviderOnFirstUse
from bot.sandbox.services import DIALECTS
from bot.sandbox.video.service import SANDBOX_KEY
from tests.builders import an_account
from tests.contract.video_services import RENDER_SECONDS, HandClock, closed_in_the_end, serving

WHEN = datetime(2026, 11, 29, tzinfo=UTC)


@asynccontextmanager
async def pasted(dialect: str, tail: str) -> AsyncIterator[tuple[str, ProviderOnFirstUse]]:
    """The true address of a simulated service, and a provider with a different ending in its address."""
    played = DIALECTS[dialect]
    host = played.make(render_seconds=RENDER_SECONDS, clock=HandClock())
    async with serving({played.mount: host.application()}) as url:
        account = an_account(dialect, key=SANDBOX_KEY, base_url=f"{url}{played.mount}{tail}")
        async with closed_in_the_end(ProviderOnFirstUse(account)) as provider:
            yield f"{url}{played.mount}{played.base}", provider


@pytest.mark.parametrize(
    ("dialect", "tail"),
    [
        *[("openai", tail) for tail in ("", "/", "/v1/", "/v1/videos", "/v1/videos/", "/v1beta", "/api/v1")],
        *[("gemini", tail) for tail in ("", "/v1", "/v1beta/models", "/v1beta/interactions")],
        *[("xai", tail) for tail in ("", "/v1/videos/generations")],
        *[("replicate", tail) for tail in ("", "/v1/predictions")],
        *[("comfyui", tail) for tail in ("/prompt", "/api/prompt")],
        *[("openrouter", tail) for tail in ("", "/api", "/v1", "/api/v1/videos", "/api/v1/chat/completions")],
    ],
)
async def test_the_service_is_found_at_its_address_however_that_was_written(
    dialect: str, tail: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with pasted(dialect, tail) as (true, provider):
        await provider.check()
        assert provider.base_url.rstrip("/") == true
        assert await provider.recent(WHEN) in ([], None)
        told = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    if tail == "/v1/":
        assert told == []
        return
    assert len(told) == 1
    assert f"{dialect} is at {true}, and not at " in told[0]
    assert told[0].endswith(f"{dialect.upper()}_BASE_URL to it.")


async def test_what_was_away_at_the_start_is_found_before_the_first_order() -> None:
    async with pasted("openai", "/v1/videos") as (true, provider):
        await provider.recent(WHEN)
        assert provider.base_url == true


async def test_where_no_form_of_the_address_leads_to_a_service_the_first_complaint_counts() -> None:
    async with pasted("openai", "/nothing/here") as (true, provider):
        given = true.replace("/v1", "/nothing/here")
        with pytest.raises(CannotStart) as caught:
            await provider.check()
    assert caught.value.sentence == (
        f"There's no video service at {given} (404). Check OPENAI_BASE_URL. It usually ends in /v1."
    )
