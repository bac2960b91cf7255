"""ComfyUI over real HTTP: what is sent, what is answered, and what becomes of orders whose answer is lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import AccountTrouble, CannotStart, Gone, OutcomeUnknown, Refused, Unavailable, Unsupported
from bot.domain.ports.provider import Asset, Broken, Ready, Waiting
from bot.domain.video import RemixMethod, VideoOptions
from bot.providers.comfyui.adapter import ComfyUI
from bot.providers.comfyui.names import prompt_id_of, stem_of
from bot.providers.common.timeouts import Timeouts
from bot.sandbox.video.comfyui.service import NEWER, OLDER
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Hang, Operation, Reset, Say
from tests.builders import an_account
from tests.contract.comfyui_services import OWN_NAME, SMALL, Service, a_card, a_comfyui, an_order
from tests.contract.video_services import RENDER_SECONDS, a_picture, closed_in_the_end
from tests.extent import only_in_full
from tests.waiting import PATIENCE

OURS = prompt_id_of(OWN_NAME)
IN_FULL = only_in_full("much of it is the same for each version and each model")
every_version = pytest.mark.parametrize("version", [NEWER, pytest.param(OLDER, marks=IN_FULL)])
SHIPPED = ["wan-2.2-5b", *(pytest.param(each, marks=IN_FULL) for each in ("wan-2.2-14b", "hunyuan-video", "ltx-2"))]


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with a_comfyui() as service:
        yield service


# Orders


async def test_an_order_fills_the_inputs_that_the_card_names(service: Service) -> None:
    options: VideoOptions[bytes] = VideoOptions(seed=7, negative_prompt="rain")
    assert await service.provider.submit(an_order(options=options)) == OURS
    (made,) = service.host.created
    assert made.prompt == "a red fox in the snow"
    assert made.ordered.size == (320, 192)
    assert made.ordered.seconds == 2
    assert made.ordered.seed == 7
    assert made.ordered.without == "rain"
    assert made.ordered.picture is None


async def test_each_order_has_another_seed(service: Service) -> None:
    for name in ("AAAAAA-1", "AAAAAA-2"):
        await service.provider.submit(an_order(own_name=name))
    first, second = service.host.created
    assert first.ordered.seed != second.ordered.seed


async def test_a_video_starts_from_a_picture_that_is_sent_along(service: Service) -> None:
    await service.provider.submit(an_order(picture=a_picture(SMALL)))
    assert list(service.host.uploads) == [f"kinora/{stem_of(OURS)}-first.png"]
    assert service.host.created[0].ordered.picture == a_picture(SMALL)


@pytest.mark.parametrize("model", SHIPPED)
async def test_a_shipped_workflow_is_taken(service: Service, model: str) -> None:
    await service.provider.submit(an_order(model=model))
    assert service.host.created[0].prompt == "a red fox in the snow"
    assert service.host.created[0].ordered.seconds == 2


async def test_a_workflow_that_starts_from_a_picture_is_taken(service: Service) -> None:
    await service.provider.submit(an_order(model="wan-2.2-14b-image", picture=a_picture(SMALL)))
    assert service.host.created[0].ordered.picture == a_picture(SMALL)


async def test_a_missing_model_file_is_refused_by_its_name(service: Service) -> None:
    order = an_order()
    assert order.card.workflow is not None
    graph = json.loads(json.dumps(order.card.workflow.graph))
    graph["39"]["inputs"]["vae_name"] = "missing.safetensors"
    card = replace(order.card, workflow=replace(order.card.workflow, graph=graph))
    with pytest.raises(Refused, match=r"VAELoader: Value not in list \(vae_name: 'missing.safetensors'"):
        await service.provider.submit(replace(order, card=card))
    assert service.host.created == ()


async def test_a_missing_node_is_refused_by_its_name(service: Service) -> None:
    order = an_order()
    assert order.card.workflow is not None
    graph = {**order.card.workflow.graph, "99": {"class_type": "VHS_VideoCombine", "inputs": {}}}
    card = replace(order.card, workflow=replace(order.card.workflow, graph=graph))
    with pytest.raises(Refused, match="VHS_VideoCombine does not exist"):
        await service.provider.submit(replace(order, card=card))


async def test_an_order_whose_video_would_be_left_out_is_refused_and_stopped(service: Service) -> None:
    """The server runs the rest: here a preview of the same pictures."""
    order = an_order()
    assert order.card.workflow is not None
    graph: dict[str, Any] = json.loads(json.dumps(order.card.workflow.graph))
    graph["58"]["inputs"]["codec"] = "vp9"
    graph["90"] = {"class_type": "PreviewImage", "inputs": {"images": ["8", 0]}}
    card = replace(order.card, workflow=replace(order.card.workflow, graph=graph))
    with pytest.raises(Refused, match="SaveVideo: Value not in list"):
        await service.provider.submit(replace(order, card=card))
    assert service.host.asked[Operation.CANCEL] == 1


async def test_a_card_without_a_workflow_is_refused(service: Service) -> None:
    order = an_order()
    with pytest.raises(Refused, match="names no workflow"):
        await service.provider.submit(replace(order, card=replace(order.card, workflow=None)))
    assert service.host.asked[Operation.CREATE] == 0


async def test_a_picture_that_is_not_taken_means_no_order(service: Service) -> None:
    service.host.trouble.next(Operation.UPLOAD, Say(status=413))
    with pytest.raises(Refused, match="didn't take the image"):
        await service.provider.submit(an_order(picture=a_picture(SMALL)))
    assert service.host.asked[Operation.CREATE] == 0


async def test_a_picture_that_takes_too_long_means_no_order() -> None:
    """The order would be sent when it may have been searched for already."""
    async with a_comfyui(patience=Timeouts(prepare=0.3)) as service:
        service.host.trouble.next(Operation.UPLOAD, Hang())
        with pytest.raises(Unavailable, match=r"no answer within 0\.3 s"):
            await service.provider.submit(an_order(picture=a_picture(SMALL)))
        assert service.host.asked[Operation.CREATE] == 0


# Remixes


async def test_it_can_remix_what_the_workflow_has_inputs_for(service: Service) -> None:
    card = replace(a_card(), remix=tuple(RemixMethod))
    assert await service.provider.remix_methods(card) == (
        RemixMethod.FRAME,
        RemixMethod.LAST_FRAME,
        RemixMethod.REPROMPT,
    )


async def test_a_remix_that_the_workflow_has_no_input_for_is_unsupported(service: Service) -> None:
    with pytest.raises(Unsupported):
        await service.provider.submit(an_order(method=RemixMethod.NATIVE, source_id=OURS))
    assert service.host.asked[Operation.CREATE] == 0


# The state, and the file


@every_version
async def test_a_video_is_made_and_fetched(version: str, tmp_path: Path) -> None:
    async with a_comfyui(version=version) as service:
        remote_id = await service.provider.submit(an_order())
        assert (remote_id == OURS) == (version == NEWER)
        assert isinstance(await service.provider.look(remote_id), Waiting)
        service.finish()
        assert await service.provider.look(remote_id) == Ready(gpu_seconds=RENDER_SECONDS)
        assert await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")
        assert (tmp_path / "v.mp4").read_bytes()[4:8] == b"ftyp"
        assert not await service.provider.fetch(remote_id, Asset.THUMBNAIL, tmp_path / "t.webp")


@every_version
async def test_too_little_memory_is_told_as_the_machines_matter(version: str) -> None:
    async with a_comfyui(version=version) as service:
        remote_id = await service.finished(an_order("a fox [breaks]"))
        seen = await service.provider.look(remote_id)
        assert isinstance(seen, Broken)
        assert not seen.charged
        assert "The graphics card of ComfyUI has too little memory" in str(seen.reason)


async def test_another_error_is_told_in_the_servers_words(service: Service) -> None:
    remote_id = await service.finished(an_order("a fox [moderated]"))
    seen = await service.provider.look(remote_id)
    assert isinstance(seen, Broken)
    assert "KSampler: The simulated server's checker found something unsafe" in str(seen.reason)


async def test_a_render_that_nobody_knows_is_gone(service: Service) -> None:
    with pytest.raises(Gone):
        await service.provider.look(OURS)


@IN_FULL
async def test_a_finished_file_outlives_a_restart(service: Service, tmp_path: Path) -> None:
    remote_id = await service.finished()
    service.host.restart()
    assert await service.provider.look(remote_id) == Ready()
    assert await service.provider.fetch(remote_id, Asset.VIDEO, tmp_path / "v.mp4")


async def test_a_render_does_not_outlive_a_restart(service: Service) -> None:
    remote_id = await service.provider.submit(an_order())
    service.host.restart()
    service.finish()
    with pytest.raises(Gone):
        await service.provider.look(remote_id)


# Progress


async def told(service: Service, remote_id: str) -> int:
    """The first percentage that a poll returns."""
    async with asyncio.timeout(PATIENCE):
        while True:
            seen = await service.provider.look(remote_id)
            assert isinstance(seen, Waiting)
            if seen.progress is not None:
                return seen.progress
            await asyncio.sleep(0)


@pytest.mark.parametrize("model", [pytest.param("wan-2.2-5b", marks=IN_FULL), "wan-2.2-14b"])
async def test_progress_is_that_of_all_passes_together(service: Service, model: str) -> None:
    remote_id = await service.provider.submit(an_order(model=model))
    service.clock.now += 60
    assert await told(service, remote_id) == 60


@IN_FULL
async def test_what_another_process_ordered_is_looked_at_without_a_socket(service: Service) -> None:
    remote_id = await service.provider.submit(an_order())
    account = an_account("comfyui", key=SANDBOX_KEY, base_url=service.base_url)
    async with closed_in_the_end(ComfyUI(account)) as another:
        assert await another.look(remote_id) == Waiting()
    assert service.host.asked[Operation.SOCKET] == 0


@IN_FULL
async def test_the_socket_is_closed_when_the_last_render_is_cancelled(service: Service) -> None:
    remote_id = await service.provider.submit(an_order())
    service.clock.now += 60
    await told(service, remote_id)
    assert await service.provider.cancel(remote_id)
    listening = [task for task in asyncio.all_tasks() if task.get_name() == "ComfyUI's progress"]
    await asyncio.gather(*listening, return_exceptions=True)
    assert all(task.cancelled() for task in listening)


@IN_FULL
async def test_a_server_without_a_socket_tells_no_progress(service: Service) -> None:
    service.host.trouble.next(Operation.SOCKET, *[Say(status=404)] * 100)
    remote_id = await service.provider.submit(an_order())
    for _ in range(20):
        assert await service.provider.look(remote_id) == Waiting()


@every_version
async def test_what_waits_knows_how_many_come_before_it(version: str) -> None:
    async with a_comfyui(version=version) as service:
        await service.provider.submit(an_order(own_name="AAAAAA-1"))
        service.host.somebody_else_orders("theirs")
        last = await service.provider.submit(an_order(own_name="AAAAAA-2"))
        assert await service.provider.look(last) == Waiting(ahead=2)
        service.finish()
        assert await service.provider.look(last) == Waiting(ahead=1)
        service.finish()
        assert await service.provider.look(last) == Waiting()


# Lost answers


@every_version
async def test_an_order_whose_answer_was_lost_is_found_by_our_name(version: str) -> None:
    async with a_comfyui(version=version) as service:
        service.host.trouble.next(Operation.CREATE, Reset(after=True))
        with pytest.raises(OutcomeUnknown):
            await service.provider.submit(an_order())
        while_it_runs = await service.provider.find(OWN_NAME)
        assert while_it_runs == [service.host.created[0].id]
        service.finish()
        assert await service.provider.find(OWN_NAME) == while_it_runs
        service.host.restart()
        assert await service.provider.find(OWN_NAME) == [OURS]
        assert await service.provider.look(OURS) == Ready()


async def test_a_route_that_is_not_there_says_nothing_of_an_order(service: Service) -> None:
    """A proxy answers like this while the server behind it starts."""
    service.host.trouble.next(Operation.LIST, Say(status=404, body={"detail": "Not Found"}))
    with pytest.raises(Unavailable):
        await service.provider.find(OWN_NAME)


async def test_a_doctor_hears_of_a_server_that_shows_no_nodes(service: Service) -> None:
    service.host.trouble.next(Operation.NODES, Say(status=404, body={"detail": "Not Found"}))
    with pytest.raises(Unavailable):
        await service.provider.lacks(a_card())


async def test_an_order_that_never_came_is_not_found(service: Service) -> None:
    service.host.trouble.next(Operation.CREATE, Reset())
    with pytest.raises(OutcomeUnknown):
        await service.provider.submit(an_order())
    await service.provider.submit(an_order(own_name="BBBBBB-1"))
    assert await service.provider.find(OWN_NAME) == []


# Cancel


async def test_a_render_is_stopped_by_its_id(service: Service) -> None:
    remote_id = await service.provider.submit(an_order())
    service.host.somebody_else_orders("theirs")
    assert await service.provider.cancel(remote_id)
    assert service.host.stopped == [remote_id]
    assert isinstance(await service.provider.look(remote_id), Broken)


async def test_a_finished_render_is_not_cancelled(service: Service) -> None:
    remote_id = await service.finished()
    assert not await service.provider.cancel(remote_id)


@IN_FULL
async def test_at_an_older_server_what_waits_is_taken_out_of_the_queue() -> None:
    async with a_comfyui(version=OLDER) as service:
        first = await service.provider.submit(an_order(own_name="AAAAAA-1"))
        second = await service.provider.submit(an_order(own_name="AAAAAA-2"))
        assert await service.provider.cancel(second)
        assert service.host.stopped == []
        assert isinstance(await service.provider.look(first), Waiting)


@IN_FULL
async def test_an_older_server_that_would_stop_anybodys_render_is_not_asked_to() -> None:
    async with a_comfyui(version=OLDER) as service:
        remote_id = await service.provider.submit(an_order())
        assert service.host.running() == remote_id
        assert not await service.provider.cancel(remote_id)
        assert service.host.asked[Operation.INTERRUPT] == 0


async def test_forgetting_takes_it_out_of_the_history_and_owns_up_to_the_file(service: Service) -> None:
    remote_id = await service.finished()
    assert not await service.provider.forget(remote_id)
    assert service.host.asked[Operation.DELETE] == 1
    assert await service.provider.look(remote_id) == Ready()  # from the file, which cannot be deleted


# The account


async def test_a_server_without_a_guard_is_shown_no_header() -> None:
    async with a_comfyui(key="none") as service:
        with pytest.raises(AccountTrouble, match="COMFYUI_API_KEY"):
            await service.provider.check()


async def test_a_guard_may_want_a_header_of_its_own() -> None:
    async with a_comfyui(key="Authorization: Bearer sandbox-key") as service:
        await service.provider.check()


# What a workflow needs


@pytest.mark.parametrize("model", [*SHIPPED, pytest.param("wan-2.2-14b-image", marks=IN_FULL)])
async def test_a_server_with_everything_lacks_nothing(service: Service, model: str) -> None:
    assert await service.provider.lacks(a_card(model)) == []


@every_version
async def test_missing_nodes_and_model_files_are_named_before_anybody_orders(version: str) -> None:
    card = a_card()
    assert card.workflow is not None
    graph: dict[str, Any] = json.loads(json.dumps(card.workflow.graph))
    graph["39"]["inputs"]["vae_name"] = "missing.safetensors"
    graph["99"] = {"class_type": "RIFE VFI", "inputs": {}}
    graph["58"]["inputs"]["format"] = "avi"
    async with a_comfyui(version=version) as service:
        lacking = await service.provider.lacks(replace(card, workflow=replace(card.workflow, graph=graph)))
    assert [(str(lack.words), lack.node, lack.name) for lack in lacking] == [
        ("ComfyUI has no node RIFE VFI.", "99", None),
        ("ComfyUI doesn't have avi for format of SaveVideo.", "58", "format"),
        ("ComfyUI doesn't have missing.safetensors for vae_name of VAELoader.", "39", "vae_name"),
    ]
    assert service.host.created == ()


async def test_something_else_at_the_address_is_said_at_the_start(service: Service) -> None:
    service.host.trouble.next(Operation.HEALTH, Say(body="<html>Jupyter</html>"))
    with pytest.raises(CannotStart, match="There's no ComfyUI at"):
        await service.provider.check()
