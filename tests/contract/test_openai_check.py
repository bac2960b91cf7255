"""What the OpenAI dialect checks at start-up, and what it never logs."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

import pytest

from bot.domain.errors import (
    CannotStart,
    OutcomeUnknown,
    Unavailable,
)
from bot.domain.ports.provider import Asset
from bot.providers.dialects import ProviderOnFirstUse
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Fault, Operation, Reset, Say
from tests.builders import an_account
from tests.contract.video_services import (
    a_finished_video,
    a_service,
    an_order,
)

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")


@pytest.mark.parametrize("fault", [Say(status=503), Reset()])
async def test_a_host_that_is_out_of_order_is_told_from_one_that_refuses(fault: Fault) -> None:
    async with a_service() as service:
        service.host.trouble.next(Operation.MODELS, fault)
        with pytest.raises(Unavailable) as caught:
            await service.provider.check()
        assert type(caught.value) is Unavailable


@pytest.mark.parametrize("base_url", ["", "api.example.com/v1", "ftp://api.example.com", "http://", "https://[::1"])
def test_an_address_that_is_none_stops_the_start(base_url: str) -> None:
    with pytest.raises(CannotStart, match="OPENAI_BASE_URL"):
        ProviderOnFirstUse(an_account("openai", key="k", base_url=base_url))


@pytest.mark.parametrize("key", ["", " ", "schlüssel", "a\nb"])
def test_a_key_that_cannot_be_sent_stops_the_start(key: str) -> None:
    with pytest.raises(CannotStart, match="OPENAI_API_KEY"):
        ProviderOnFirstUse(an_account("openai", key=key, base_url="https://api.example.com/v1"))


def test_a_key_is_not_shown_by_its_host() -> None:
    assert "sk-1" not in repr(an_account(key="sk-1", base_url="https://api.example.com/v1"))


async def test_neither_key_nor_prompt_is_logged(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    caplog.set_level(logging.DEBUG)
    async with a_service() as service:
        remote_id = await a_finished_video(service, "a very private fox")
        await service.provider.look(remote_id)
        await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")
        service.host.trouble.next(Operation.CREATE, Say(status=500))
        with pytest.raises(OutcomeUnknown):
            await service.provider.submit(an_order())
    assert SANDBOX_KEY not in caplog.text
    assert "private" not in caplog.text


ASK = """
import asyncio, sys
from contextlib import suppress
from datetime import UTC, datetime
from bot.domain.errors import Gone
from bot.providers.openai.adapter import OpenAIVideos
from tests.builders import an_account

async def ask() -> None:
    provider = OpenAIVideos(an_account(key=sys.argv[1], base_url=sys.argv[2]))
    await provider.check()
    print(await provider.recent(datetime.now(UTC)), "openai" in sys.modules)
    with suppress(Gone):
        await provider.look("video_1")
    print("openai" in sys.modules)
    await provider.close()

asyncio.run(ask())
"""


async def test_the_sdk_is_loaded_with_the_first_video_and_not_before() -> None:
    async with a_service() as service:
        asking = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", ASK, SANDBOX_KEY, service.base_url), cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await asking.communicate()
    assert said.decode().split() == ["[]", "False", "True"]
