"""Which kind of server an address leads to, and the peculiarities of single kinds."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from bot.domain.errors import CannotStart, OutcomeUnknown, Refused, Unsupported
from bot.domain.ports.provider import Asset, Broken, Ready
from bot.domain.video import RemixMethod
from bot.providers.common.timeouts import Timeouts
from bot.providers.dialects import ProviderOnFirstUse
from bot.providers.openai.ids import Kept
from bot.providers.openai.probe import by_host
from bot.providers.openai.server_profiles import BY_NAME, PLAIN
from bot.sandbox.video.openai.accents import SIMULATED_ACCENTS
from bot.sandbox.video.openai.manner import Handout
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Fault, Operation, Reset, Say
from tests.builders import an_account
from tests.contract.profile_scenes import ALL_METHODS, a_scene
from tests.contract.video_services import IMPATIENT
from tests.waiting import PATIENCE

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")

RECOGNISED = {name: name for name in SIMULATED_ACCENTS} | {"saygm": "plain"}  # recognised only by its host's name


# Recognising the server


@pytest.mark.parametrize("name", SIMULATED_ACCENTS)
async def test_a_server_is_recognised_by_free_questions_and_once(name: str) -> None:
    async with a_scene(name, server="auto") as scene:
        card, provider = scene.order().card, scene.service.provider
        assert await provider.remix_methods(card) == list(ALL_METHODS)
        await provider.check()
        found = BY_NAME[RECOGNISED[name]]
        assert await scene.service.provider.remix_methods(card) == [
            method for method in ALL_METHODS if method in found.methods
        ]
        await scene.service.provider.recent(datetime.now(UTC))
        assert scene.service.host.asked[Operation.MODELS] == 1
        assert scene.service.provider._server.so_far is found
        assert scene.service.host.created == ()


def test_two_services_are_known_by_their_address() -> None:
    names = ("api.openai.com", "mine.openai.azure.com", "api.saygm.com", "gpu.lan")
    assert [profile and profile.name for profile in map(by_host, names)] == ["openai", "openai", "saygm", None]


async def test_the_first_order_finds_out_what_nobody_asked_before() -> None:
    async with a_scene("sglang", server="auto") as scene:
        await scene.submit(scene.order())  # SGLang accepts it only as JSON
        assert len(scene.service.host.created) == 1


async def test_a_server_that_could_not_be_asked_gets_no_order_that_it_might_lose() -> None:
    async with a_scene("plain", server="auto") as scene:
        scene.service.host.trouble.next(Operation.MODELS, Say(status=503), Say(status=503))
        remix = scene.order(method=RemixMethod.NATIVE, source_id=await scene.finished())
        with pytest.raises(Unsupported):
            await scene.submit(remix)
        assert len(scene.service.host.created) == 1
        await scene.submit(remix)  # this time it could be asked
        assert len(scene.service.host.created) == 2


@pytest.mark.parametrize("trouble", [Reset(), Say(status=503), Say(status=429)])
async def test_a_server_that_does_not_answer_a_question_is_asked_it_again(trouble: Fault) -> None:
    async with a_scene("litellm", server="auto", patience=IMPATIENT) as scene:
        provider, card = scene.service.provider, scene.order().card
        scene.service.host.trouble.next(Operation.LIST, trouble)
        for found in (PLAIN, BY_NAME["litellm"]):
            await provider.check()
            assert await provider.remix_methods(card) == [method for method in ALL_METHODS if method in found.methods]


@pytest.mark.parametrize("name", SIMULATED_ACCENTS)
async def test_a_server_that_is_taken_for_an_unknown_one_makes_a_video_or_costs_nothing(
    name: str, tmp_path: Path
) -> None:
    async with a_scene(name, server="plain") as scene:
        provider = scene.service.provider
        try:
            remote_id = await provider.submit(scene.order())
        except Refused:
            assert scene.service.host.created == ()
            return
        scene.service.finish()
        assert await provider.look(remote_id) == Ready()
        assert await provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")
        assert not await provider.fetch(remote_id, Asset.THUMBNAIL, tmp_path / "t")


def test_a_kind_of_server_that_there_is_not_stops_the_start() -> None:
    with pytest.raises(CannotStart) as caught:
        ProviderOnFirstUse(an_account("openai", key="k", base_url="https://api.example.com/v1", server="vllm"))
    names = "auto, plain, openai, litellm, bifrost, vllm-omni, sglang, new-api, saygm, fastvideo, dynamo"
    assert caught.value.sentence == f"OPENAI_SERVER 'vllm' isn't a known kind of server. Use one of {names}."


# Peculiarities of single kinds


async def test_litellm_is_asked_by_the_id_of_the_creation_and_with_the_model() -> None:
    async with a_scene("litellm") as scene:
        remote_id = await scene.finished()
        made = scene.service.host.created[0].id
        assert remote_id == f"{made}?model=sora-2"
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {SANDBOX_KEY}"}) as session:
            async with session.get(f"{scene.service.base_url}/videos/{made}") as answer:
                other = (await answer.json())["id"]
            async with session.get(f"{scene.service.base_url}/videos/{other}") as answer:
                assert (other != made, answer.status) == (True, 500)
        assert await scene.service.provider.look(f"{other}?model=sora-2") == Ready()


async def test_dynamo_is_waited_for_longer_than_others() -> None:
    async with a_scene("dynamo", patience=Timeouts(submit=0.05, render=PATIENCE)) as scene:
        sending = asyncio.create_task(scene.service.provider.submit(scene.order()))
        await asyncio.wait([sending], timeout=0.3)
        assert not sending.done()
        scene.service.finish()
        remote_id = await sending
    assert remote_id.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    ("handout", "where"),
    [(Handout.FOLDER, r"keeps it in a folder of its own \(file:///tmp/media/"), (Handout.B64_JSON, "sent it inside")],
)
async def test_a_file_that_dynamo_keeps_to_itself_has_been_made_and_says_what_cures_it(
    handout: Handout, where: str
) -> None:
    async with a_scene("dynamo") as scene:
        scene.service.host.handout = handout
        remote_id, other = [await scene.submit(scene.order()) for _ in range(2)]
        look = await scene.service.provider.look(remote_id)
    assert remote_id != other
    assert isinstance(look, Broken)
    assert look.charged
    assert re.search(where, str(look.reason))
    assert "--media-output-http-url" in str(look.reason)


async def test_a_video_that_was_made_at_once_and_has_no_id_is_known_by_its_address() -> None:
    body = {"status": "completed", "data": [{"url": "https://files.example/v.mp4"}]}
    async with a_scene("plain") as scene:
        scene.service.host.trouble.next(Operation.CREATE, Say(body=body), Say(body=body | {"status": "queued"}))
        assert await scene.submit(scene.order()) == "https://files.example/v.mp4"
        with pytest.raises(OutcomeUnknown):
            await scene.submit(scene.order())


@pytest.mark.parametrize(
    ("remote_id", "kept"),
    [
        ("video_1", Kept("video_1")),
        ("a/b==?model=my%2Fsora%3Fmodel%3D", Kept("a/b==", "my/sora?model=")),
        ("https://gpu/v.mp4?model=x", Kept("https://gpu/v.mp4?model=x")),
    ],
)
def test_a_kept_id_is_read_as_it_was_written(remote_id: str, kept: Kept) -> None:
    assert Kept.of(remote_id) == kept
