"""Jobs at Replicate, with the worker, the database and the web server: lost answers, webhooks, and costs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.domain.ids import JobId
from bot.domain.money.usd import Usd
from bot.domain.phases import Done, Failed, NeedsReview, Phase, Rendering, Unknown
from bot.providers.dialects import DIALECTS
from bot.sandbox.video.replicate.service import ReplicateHost
from bot.sandbox.video.replicate.webhooks import standard_headers
from bot.sandbox.video.trouble import Fault, Hang, Operation, Reset, Say
from tests.builders import a_card, an_account
from tests.contract.called_scene import CalledScene, a_called_scene
from tests.contract.replicate_services import SMALL, WAN, a_provider
from tests.contract.video_services import IMPATIENT, serving
from tests.extent import only_in_full
from tests.scripted import SteppingClock
from tests.waiting import PATIENCE

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
RENDER_SECONDS = 10.0
PRICE = Usd.of("0.10")
CARD = a_card(
    id="replicate-wan-3",
    provider="replicate",
    remote=WAN,
    seconds=(2,),
    sizes=(SMALL,),
    per_second={SMALL: Usd.of("0.05")},
)


Scene = CalledScene[ReplicateHost]


async def calls(scene: Scene, job_id: JobId, remote_id: str, status: str = "succeeded", **changes: Any) -> int:
    """A webhook as Replicate sends it, with changes; returns the status that answers it."""
    body = changes.get("body", json.dumps({"id": remote_id, "status": status}).encode())
    moment = int(scene.clock.now().timestamp() + changes.get("later", 0))
    headers = standard_headers(changes.get("secret", SECRET), "msg_1", moment, body) | changes.get("headers", {})
    return await scene.is_called(job_id, "", body, headers)


@asynccontextmanager
async def a_scene(folder: Path, *, calls: bool = False) -> AsyncIterator[Scene]:
    """`calls`: whether Replicate sends webhooks itself."""
    clock = SteppingClock()
    host = ReplicateHost(
        render_seconds=RENDER_SECONDS,
        clock=lambda: clock.now().timestamp(),
        frame_rate=4,
        sound=False,
        webhook_secret=SECRET if calls else None,
    )
    async with serving({"/r": host.application()}) as url, a_provider(f"{url}/r/v1", patience=IMPATIENT) as provider:
        account = an_account("replicate")
        async with a_called_scene(
            folder, clock, host, provider=provider, account=account, card=CARD, secret=SECRET.encode()
        ) as scene:
            yield scene


# Lost answers

# Each of them takes half a second, and they differ little.
IN_FULL = only_in_full("one lost answer and one call are tried always")
LOST = [
    pytest.param(Reset(after=True), id="cut"),
    pytest.param(Hang(after=True), id="silent", marks=IN_FULL),
    pytest.param(Say(status=500, after=True), id="500", marks=IN_FULL),
    pytest.param(Say(status=502, body="<html>Bad Gateway</html>", after=True), id="502", marks=IN_FULL),
    pytest.param(Say(status=201, body="{", after=True), id="half", marks=IN_FULL),
    pytest.param(Say(status=201, body={"status": "starting"}, after=True), id="no id", marks=IN_FULL),
]


@pytest.mark.parametrize("fault", LOST)
async def test_an_order_whose_answer_was_lost_is_found_in_the_list_and_paid_once(fault: Fault, tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        scene.host.trouble.next(Operation.CREATE, fault)
        job_id = await scene.order()
        await scene.until(job_id, Unknown)
        job = await scene.ended(job_id)
        assert isinstance(job.phase, Done)
        assert [line.id for line in scene.host.created] == [job.phase.remote_id]
        assert (job.cost, await scene.books()) == (PRICE, [])


@IN_FULL
async def test_an_order_that_never_arrived_is_proven_absent_and_free(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        scene.host.trouble.next(Operation.CREATE, Reset())
        job_id = await scene.order()
        job = await scene.ended(job_id)
        assert isinstance(job.phase, Failed)
        assert (job.phase.charged, job.cost) == (False, None)
        assert "never received this order" in str(job.phase.reason)
        assert scene.host.asked[Operation.CREATE] == 1
        assert await scene.books() == []


@IN_FULL
async def test_what_it_failed_to_take_is_ordered_once_more_and_paid_once(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        scene.host.trouble.next(Operation.CREATE, Say(status=500, body={"detail": "Internal server error"}))
        job = await scene.ended(await scene.order())
        assert isinstance(job.phase, Done)
        assert [line.id for line in scene.host.created] == [job.phase.remote_id]
        assert scene.host.asked[Operation.CREATE] == 2
        assert (job.cost, await scene.books()) == (PRICE, [])


@IN_FULL
async def test_a_list_that_cannot_be_read_frees_nothing(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        scene.host.trouble.next(Operation.CREATE, Reset(after=True))
        scene.host.trouble.next(Operation.LIST, *[Say(body={"results": [{"id": 7}], "next": None})] * 40)
        job_id = await scene.order()
        job = await scene.ended(job_id)
        assert isinstance(job.phase, NeedsReview)
        assert len(scene.host.created) == 1


@IN_FULL
async def test_an_order_that_is_looked_for_after_an_hour_is_found_without_its_words(tmp_path: Path) -> None:
    """Its file is gone by then, and it was paid: that is reported, and nothing is ordered again."""
    async with a_scene(tmp_path) as scene:
        scene.host.trouble.next(Operation.CREATE, Reset(after=True))
        job_id = await scene.order()
        await scene.until(job_id, Unknown)
        scene.clock.forward(2 * 3600)
        job = await scene.ended(job_id)
        assert isinstance(job.phase, Failed)
        assert job.phase.charged
        assert job.cost == PRICE
        assert "the service no longer has it" in str(job.phase.reason)
        assert (len(scene.host.created), await scene.books()) == (1, [])


@IN_FULL
async def test_two_lost_orders_of_other_words_go_to_their_own_videos(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        scene.host.trouble.next(Operation.CREATE, Reset(after=True), Reset(after=True))
        jobs = [await scene.order(prompt) for prompt in ("a fox", "a hare")]
        for job_id in jobs:
            job = await scene.ended(job_id)
            assert isinstance(job.phase, Done)
            (line,) = [line for line in scene.host.created if line.id == job.phase.remote_id]
            assert line.prompt == job.request.prompt
        assert len(scene.host.created) == 2


# Webhooks


async def until_called(scene: Scene) -> None:
    assert scene.host.hooks is not None
    async with asyncio.timeout(PATIENCE):
        await scene.host.hooks.answered(1)


@IN_FULL
async def test_from_order_to_call_to_video(tmp_path: Path) -> None:
    async with a_scene(tmp_path, calls=True) as scene:
        job_id = await scene.order()
        await scene.until(job_id, Rendering)
        scene.clock.forward(RENDER_SECONDS)
        await until_called(scene)
        assert scene.counted == {"nudged": 1}
        assert await scene.store.next_due() == 0.0
        assert isinstance((await scene.ended(job_id)).phase, Done)


async def test_a_call_finds_a_lost_order_before_the_list_does(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        scene.host.trouble.next(Operation.CREATE, Reset(after=True))
        job_id = await scene.order()
        await scene.until(job_id, Unknown)
        (line,) = scene.host.created
        assert [await calls(scene, job_id, line.id) for _ in range(2)] == [204, 204]
        assert scene.counted == {"adopted": 1, "nudged": 1}
        assert isinstance((await scene.ended(job_id)).phase, Done)
        assert scene.host.asked[Operation.LIST] == 0


@IN_FULL
@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"secret": "whsec_" + "b" * 32}, 401),
        ({"later": -301}, 401),
        ({"later": 301}, 401),
        ({"headers": {"webhook-id": "msg_2"}}, 401),
        ({"headers": {"webhook-id": ""}}, 401),
        ({"headers": {"webhook-timestamp": "now"}}, 401),
        ({"headers": {"webhook-signature": ""}}, 401),
        ({"headers": {"webhook-signature": "v1,"}}, 401),
        ({"body": b"{"}, 400),
        ({"body": b"[]"}, 400),
        ({"body": b'{"id": "a\\nb", "status": "succeeded"}'}, 400),
        ({"body": b'{"id": 7, "status": "succeeded"}'}, 400),
    ],
)
async def test_a_call_that_is_not_right_has_no_effect(changes: dict[str, Any], status: int, tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        scene.host.trouble.next(Operation.CREATE, Reset(after=True))
        job_id = await scene.order()
        before: Phase = (await scene.until(job_id, Unknown)).phase
        assert await calls(scene, job_id, scene.host.created[0].id, **changes) == status
        assert (await scene.job(job_id)).phase == before
        assert scene.counted == {"refused": 1}


@IN_FULL
async def test_one_right_signature_of_several_is_enough(tmp_path: Path) -> None:
    """Two are sent while a secret is being replaced."""
    async with a_scene(tmp_path) as scene:
        job_id = await scene.order()
        await scene.until(job_id, Rendering)
        body = json.dumps({"id": scene.host.created[0].id, "status": "succeeded"}).encode()
        right = standard_headers(SECRET, "msg_1", int(scene.clock.now().timestamp()), body)["webhook-signature"]
        both = {"webhook-signature": f"v1,AAAA v2,BBBB {right}"}
        assert await calls(scene, job_id, "", body=body, headers=both) == 204


def test_only_services_that_call_have_a_reader() -> None:
    readers = {name: dialect.read_calls(an_account(name), SECRET.encode()) for name, dialect in DIALECTS.items()}
    assert [name for name, reader in readers.items() if reader is not None] == ["openrouter", "fal", "replicate"]
