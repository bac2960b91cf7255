"""Every kind of server with the OpenAI dialect, by one contract: what is ordered, found, paid and refused."""

from __future__ import annotations

import io
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import pytest
from PIL import Image

from bot.domain.errors import FailedToTake, Gone, OutcomeUnknown, Refused, Unavailable, Unsupported
from bot.domain.phases import Cause
from bot.domain.ports.provider import Asset, Broken, Ready, Waiting
from bot.domain.video import BY_ID, RemixMethod
from bot.providers.openai.server_profiles import BY_NAME
from bot.sandbox.video.openai.accents import SIMULATED_ACCENTS
from bot.sandbox.video.openai.manner import Handout
from bot.sandbox.video.trouble import Fault, Operation, Reset, Say
from tests.contract.profile_scenes import Scene, a_scene
from tests.contract.video_services import (
    MP4,
    STARTED_AT,
    a_provider,
)

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")

NOW = datetime.fromtimestamp(STARTED_AT, UTC)
OUT_OF_REACH = frozenset({Handout.FOLDER, Handout.B64_JSON})
BUSY = {"litellm": "llm_provider-retry-after"}


@pytest.fixture(params=SIMULATED_ACCENTS)
async def scene(request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    async with a_scene(request.param) as scene:
        yield scene


@pytest.fixture(scope="module")
def picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (1280, 720), "teal").save(data, "PNG")
    return data.getvalue()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real film of the ordered size."""
    path = tmp_path_factory.mktemp("film") / "source.mp4"
    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=4)
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        output.mux(stream.encode(av.VideoFrame(1280, 720, "yuv420p")))
        output.mux(stream.encode())
    return path


# From a prompt to a video


async def test_words_become_a_video_that_is_handed_out_in_every_way(scene: Scene, tmp_path: Path) -> None:
    host, provider = scene.service.host, scene.service.provider
    for handout in (way for way in host.handouts if way not in OUT_OF_REACH):
        host.handout = handout
        remote_id = await scene.submit(scene.order(f"a fox, {handout}"))
        if not scene.profile.blocks:
            assert isinstance(await provider.look(remote_id), Waiting)
            scene.service.finish()
        assert await provider.look(remote_id) == Ready()
        target = tmp_path / handout.name
        assert await provider.fetch(remote_id, Asset.VIDEO, target)
        assert target.read_bytes() == MP4
        accepted = host.created[-1]
        assert (accepted.prompt, accepted.ordered.seconds, accepted.ordered.size) == (
            f"a fox, {handout}",
            4,
            (1280, 720),
        )


async def test_a_video_is_known_to_another_process(scene: Scene, tmp_path: Path) -> None:
    remote_id = await scene.finished()
    async with a_provider(scene.service.base_url, server=scene.profile.name) as later:
        assert await later.look(remote_id) == Ready()
        assert await later.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")


async def test_a_video_without_stills_is_asked_for_none(scene: Scene, tmp_path: Path) -> None:
    remote_id = await scene.finished()
    asked = scene.service.host.asked[Operation.CONTENT]
    assert not await scene.service.provider.fetch(remote_id, Asset.THUMBNAIL, tmp_path / "t")
    assert scene.service.host.asked[Operation.CONTENT] - asked == scene.profile.stills


async def test_a_picture_travels_as_the_server_takes_it(scene: Scene, picture: bytes) -> None:
    await scene.submit(scene.order(picture=picture))
    assert scene.service.host.created[0].ordered.picture == picture


async def test_a_remix_goes_by_the_ways_there_are_and_costs_nothing_by_others(
    scene: Scene, picture: bytes, film: Path
) -> None:
    host, source = scene.service.host, await scene.finished()
    by_file = {RemixMethod.SOURCE: film.read_bytes(), RemixMethod.FRAME: picture, RemixMethod.LAST_FRAME: picture}
    for method in RemixMethod:
        order = scene.order(
            f"at night, {method}",
            method=method,
            picture=picture if method in (RemixMethod.FRAME, RemixMethod.LAST_FRAME) else None,
            source_id=source if method in BY_ID else None,
            source_file=film if method is RemixMethod.SOURCE else None,
        )
        before = (len(host.created), host.asked.total())
        if method not in scene.profile.methods:
            with pytest.raises(Unsupported):
                await scene.submit(order)
            assert (len(host.created), host.asked.total()) == before
            continue
        await scene.submit(order)
        made = host.created[-1].ordered
        assert len(host.created) == before[0] + 1
        assert made.lineage == (("a red fox", order.prompt) if method in BY_ID else (order.prompt,))
        assert made.picture == by_file.get(method)


# Errors


async def test_refused_words_cost_nothing_and_say_why(scene: Scene) -> None:
    with pytest.raises(Refused, match="rejected this prompt") as caught:
        await scene.submit(scene.order("a [refused] fox"))
    assert caught.value.cause is Cause.MODERATION
    assert scene.service.host.created == ()


@pytest.mark.parametrize(("marker", "cause"), [("[moderated]", Cause.MODERATION), ("[breaks]", Cause.PROVIDER)])
async def test_a_video_that_comes_to_nothing_says_why(scene: Scene, marker: str, cause: Cause) -> None:
    order = scene.order(f"a {marker} fox")
    if scene.profile.blocks:
        with pytest.raises(Refused) as caught:
            await scene.submit(order)
        assert caught.value.cause is cause
        return
    look = await scene.service.provider.look(await scene.finished(order))
    assert isinstance(look, Broken)
    assert look.cause is cause


async def test_a_model_that_is_not_served_is_refused_with_those_that_are(scene: Scene) -> None:
    served = scene.service.host.models[0]
    with pytest.raises(Refused, match=f"has no model called “{served}-max”.* {served}"):
        await scene.submit(scene.order(remote=f"{served}-max"))
    assert scene.service.host.created == ()


async def test_a_model_is_named_where_there_are_several(scene: Scene) -> None:
    nameless = scene.order(remote="")
    if scene.profile.needs_model:
        with pytest.raises(Refused, match="needs `remote` in the catalogue"):
            await scene.submit(nameless)
        assert scene.service.host.asked[Operation.CREATE] == 0
    else:
        await scene.submit(nameless)
        assert scene.service.host.created[0].ordered.model == scene.service.host.models[0]


async def test_a_busy_server_says_when_to_come_back(scene: Scene) -> None:
    header = BUSY.get(scene.profile.name, "Retry-After")
    scene.service.host.trouble.next(Operation.CREATE, Say(status=429, body={}, headers={header: "17"}))
    with pytest.raises(Unavailable) as caught:
        await scene.submit(scene.order())
    assert caught.value.retry_after == 17
    assert scene.service.host.created == ()


async def test_an_error_of_the_server_leaves_the_outcome_unknown_and_is_not_tried_again(scene: Scene) -> None:
    scene.service.host.trouble.next(Operation.CREATE, Say(status=500, body={"error": {"message": "oops"}}, after=True))
    with pytest.raises(FailedToTake):
        await scene.submit(scene.order())
    assert (scene.service.host.asked[Operation.CREATE], len(scene.service.host.created)) == (1, 1)


async def test_what_a_server_took_is_shown_at_once_where_that_is_known(scene: Scene) -> None:
    """Only there may an order that is not listed be sent once more."""
    await scene.submit(scene.order())
    listed = await scene.service.provider.recent(NOW - timedelta(seconds=5))
    shows = scene.profile.name in {"openai", "vllm-omni", "sglang", "fastvideo"}
    assert scene.service.provider.shows_at_once is shows
    assert not shows or (listed is not None and len(listed) == 1)


async def test_a_lost_answer_is_found_in_the_list_or_known_not_to_be(scene: Scene) -> None:
    with pytest.raises(OutcomeUnknown):
        await scene.submit(scene.order("a [lost] fox"))
    (paid,) = scene.service.host.created
    listed = await scene.service.provider.recent(NOW - timedelta(seconds=5))
    if not scene.profile.lists:
        assert listed is None
        assert scene.service.host.asked[Operation.LIST] == 0
        return
    assert listed is not None
    has_prompts = scene.profile.name not in ("sglang", "fastvideo")
    assert [(found.remote_id, found.prompt) for found in listed] == [(paid.id, paid.prompt if has_prompts else None)]


async def test_a_video_counts_as_stopped_only_where_deleting_it_stops_it(scene: Scene) -> None:
    remote_id = await scene.submit(scene.order("a [slow] fox"))
    assert await scene.service.provider.cancel(remote_id) is scene.profile.stops
    if scene.profile.stops:
        with pytest.raises(Gone):
            await scene.service.provider.look(remote_id)
    else:
        assert scene.service.host.asked[Operation.DELETE] == 0


async def test_a_finished_video_is_forgotten_where_that_can_be(scene: Scene) -> None:
    remote_id = await scene.finished()
    assert await scene.service.provider.forget(remote_id) is scene.profile.deletes


async def test_a_status_that_nobody_knows_is_waiting(scene: Scene) -> None:
    if scene.profile.blocks:
        return  # there is nothing to poll
    remote_id = await scene.submit(scene.order())
    body = {"id": remote_id, "status": "unknown", "progress": None}
    scene.service.host.trouble.next(Operation.LOOK, Say(body=body), Say(body=body | {"status": "dreaming"}))
    assert await scene.service.provider.look(remote_id) == Waiting()
    assert await scene.service.provider.look(remote_id) == Waiting()


async def test_a_video_that_the_server_does_not_know_is_gone(scene: Scene, tmp_path: Path) -> None:
    remote_id = await scene.submit(scene.order())
    scene.service.host._books.forget()
    with pytest.raises(Gone):
        await scene.service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")
    if not scene.profile.blocks:
        with pytest.raises(Gone):
            await scene.service.provider.look(remote_id)


@pytest.mark.parametrize("name", ["vllm-omni", "sglang", "fastvideo"])
async def test_a_server_that_starts_anew_has_lost_its_videos(name: str) -> None:
    async with a_scene(name) as scene:
        remote_id = await scene.finished()
        scene.service.host.restart()
        with pytest.raises(Gone):
            await scene.service.provider.look(remote_id)


# Not ready yet

LOADING = Say(status=503, body={"detail": "The model is still loading"}, headers={"Retry-After": "2"})
BAD_GATEWAY = Say(status=502, body="<html><center>nginx</center></html>")
OF_ONES_OWN = [name for name, profile in BY_NAME.items() if profile.registers]


@pytest.mark.parametrize("said", [LOADING, BAD_GATEWAY], ids=["loading", "nginx"])
@pytest.mark.parametrize("name", OF_ONES_OWN)
async def test_a_server_that_is_not_ready_and_lists_nothing_took_nothing(name: str, said: Say) -> None:
    async with a_scene(name) as scene:
        scene.service.host.trouble.next(Operation.CREATE, said)
        with pytest.raises(Unavailable, match=r"isn't ready yet \(50\d\)") as caught:
            await scene.submit(scene.order())
        assert caught.value.retry_after == (2.0 if said is LOADING else None)
        assert await scene.submit(scene.order())


@pytest.mark.parametrize("name", OF_ONES_OWN)
async def test_what_it_lists_may_be_the_order_that_it_answered_with_an_error(name: str) -> None:
    async with a_scene(name) as scene:
        scene.service.clock.now = time.time()
        scene.service.host.trouble.next(Operation.CREATE, replace(LOADING, after=True))
        with pytest.raises(OutcomeUnknown):
            await scene.submit(scene.order())


@pytest.mark.parametrize("fault", [Say(status=503), Reset(), Say(status=404)])
async def test_a_list_that_cannot_be_read_proves_nothing(fault: Fault) -> None:
    async with a_scene("vllm-omni") as scene:
        scene.service.host.trouble.next(Operation.CREATE, LOADING)
        scene.service.host.trouble.next(Operation.LIST, fault)
        with pytest.raises(OutcomeUnknown):
            await scene.submit(scene.order())


async def test_a_gateway_that_is_not_ready_may_have_passed_the_order_on() -> None:
    async with a_scene("litellm") as scene:
        scene.service.host.trouble.next(Operation.CREATE, LOADING)
        with pytest.raises(OutcomeUnknown):
            await scene.submit(scene.order())
