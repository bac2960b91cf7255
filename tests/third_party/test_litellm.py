"""Kinora's provider with a simulated host behind the real LiteLLM proxy."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from bot.domain.errors import AccountTrouble, OutcomeUnknown, Refused, Unavailable, Unsupported
from bot.domain.phases import Cause
from bot.domain.ports.provider import Asset, Ready, Waiting
from bot.domain.video import RemixMethod
from bot.providers.openai.adapter import OpenAIVideos
from bot.sandbox.video.openai.host import VideoHost
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Operation, Reset, Say
from tests.contract.video_services import RENDER_SECONDS, STARTED_AT, HandClock, a_provider, an_order, serving
from tests.third_party.litellm_proxy import MASTER_KEY, PROGRAM, a_proxy

pytestmark = [
    pytest.mark.skipif(PROGRAM is None, reason="KINORA_LITELLM does not name the program; .ci/litellm does"),
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(300),
]

ORDER = an_order("a paper boat", remote="film")
BUSY = Say(status=429, body={"error": {"message": "slow down"}}, headers={"Retry-After": "7"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """`provider` talks to the proxy, and the proxy to `host`."""

    provider: OpenAIVideos
    host: VideoHost
    clock: HandClock
    base_url: str

    async def a_finished_video(self) -> str:
        remote_id = await self.provider.submit(ORDER)
        self.clock.now += RENDER_SECONDS
        return remote_id


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chain(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Chain]:
    clock = HandClock()
    host = VideoHost(render_seconds=RENDER_SECONDS, clock=clock, frame_rate=4)
    async with (
        serving({"/video/openai": host.application()}) as url,
        a_proxy(tmp_path_factory.mktemp("litellm"), f"{url}/video/openai/v1", SANDBOX_KEY) as base_url,
        a_provider(base_url, key=MASTER_KEY) as provider,
    ):
        await provider.check()
        yield Chain(provider=provider, host=host, clock=clock, base_url=base_url)


async def test_a_video_is_ordered_followed_and_brought_home(chain: Chain, tmp_path: Path) -> None:
    paid = len(chain.host.created)
    remote_id = await chain.provider.submit(ORDER)
    chain.clock.now += RENDER_SECONDS / 2
    assert await chain.provider.look(remote_id) == Waiting(progress=50)
    chain.clock.now += RENDER_SECONDS / 2
    assert await chain.provider.look(remote_id) == Ready()
    film = tmp_path / "film.mp4"
    assert await chain.provider.fetch(remote_id, Asset.VIDEO, film)
    assert film.read_bytes()[4:8] == b"ftyp"
    assert [made.prompt for made in chain.host.created[paid:]] == ["a paper boat"]


async def test_a_thumbnail_that_is_the_video_is_none(chain: Chain, tmp_path: Path) -> None:
    """The proxy returns the MP4, whatever is requested."""
    assert not await chain.provider.fetch(await chain.a_finished_video(), Asset.THUMBNAIL, tmp_path / "still")


@pytest.mark.parametrize("method", [RemixMethod.NATIVE, RemixMethod.EDIT, RemixMethod.EXTEND])
async def test_a_remix_by_id_is_not_even_sent(chain: Chain, method: RemixMethod) -> None:
    """The proxy accepts such an order and pays for it, but the id it returns leads nowhere."""
    source, paid = await chain.a_finished_video(), len(chain.host.created)
    assert method not in await chain.provider.remix_methods(replace(ORDER.card, remix=tuple(RemixMethod)))
    with pytest.raises(Unsupported):
        await chain.provider.submit(replace(ORDER, method=method, source_id=source))
    assert len(chain.host.created) == paid


async def test_a_refusal_by_moderation_is_recognised_in_its_words(chain: Chain) -> None:
    with pytest.raises(Refused) as no:
        await chain.provider.submit(replace(ORDER, prompt="[refused] a fight"))
    assert no.value.cause is Cause.MODERATION


async def test_a_model_it_does_not_have_is_refused_before_anything_is_paid(chain: Chain) -> None:
    paid = len(chain.host.created)
    with pytest.raises(Refused, match="film"):
        await chain.provider.submit(an_order(remote="flim"))
    assert len(chain.host.created) == paid


async def test_a_busy_upstream_is_a_wait(chain: Chain) -> None:
    chain.host.trouble.next(Operation.CREATE, BUSY)
    with pytest.raises(Unavailable) as later:
        await chain.provider.submit(ORDER)
    assert later.value.retry_after == 7


@pytest.mark.parametrize("fault", [Reset(after=True), Say(status=500, after=True)])
async def test_a_lost_answer_upstream_is_unknown_and_was_paid_once(chain: Chain, fault: Reset | Say) -> None:
    paid = len(chain.host.created)
    chain.host.trouble.next(Operation.CREATE, fault)
    with pytest.raises(OutcomeUnknown):
        await chain.provider.submit(ORDER)
    assert len(chain.host.created) == paid + 1


async def test_its_list_is_not_relied_on(chain: Chain) -> None:
    assert await chain.provider.recent(datetime.fromtimestamp(STARTED_AT, UTC)) is None


async def test_it_says_which_models_it_serves(chain: Chain) -> None:
    assert await chain.provider.served() == ["film"]


async def test_a_wrong_key_is_the_hosts_matter(chain: Chain) -> None:
    async with a_provider(chain.base_url, key="sk-wrong") as stranger:
        with pytest.raises(AccountTrouble, match="OPENAI_API_KEY"):
            await stranger.check()
