"""Webhooks from OpenRouter over real HTTP: from the order that names the address to their effect on a job."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.ids import JobId
from bot.domain.messages import plain
from bot.domain.money.usd import Usd
from bot.domain.phases import (
    Cause,
    Done,
    Failed,
    NeedsReview,
    Phase,
    Queued,
    Rendering,
    Submitting,
    Unknown,
    name_of,
)
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.domain.ports.webhooks import WebhookEvent
from bot.jobs.reconcile.webhooks import WebhookCall, WebhookResult
from bot.jobs.steps.recover import CALLED_WITHIN
from bot.providers.openrouter.models import rows_of
from bot.providers.openrouter.webhooks import SIGNED, is_signed
from bot.sandbox.video.openrouter.menu import MODELS
from bot.sandbox.video.openrouter.service import OpenRouterHost
from bot.sandbox.video.openrouter.webhooks import signature
from bot.sandbox.video.trouble import Operation, Say
from bot.web.webhooks import LARGEST
from tests.builders import NOON, a_card, a_job, an_account
from tests.contract.called_scene import CalledScene, a_called_scene
from tests.contract.openrouter_services import SMALL, WAN, a_provider
from tests.contract.video_services import serving
from tests.scripted import SteppingClock
from tests.waiting import PATIENCE

SECRET = "a secret of the workspace"
RENDER_SECONDS = 10.0
CARD = a_card(
    id="wan-3.0", provider="openrouter", remote=WAN, seconds=(2,), sizes=(SMALL,), per_second={SMALL: Usd.of("0.05")}
)


Scene = CalledScene[OpenRouterHost]


async def in_phase(scene: Scene, phase: Phase) -> JobId:
    """A job that was brought into a phase, starting from the queue."""
    job_id = await scene.order()
    (lease,) = await scene.store.claim("worker", ConcurrencyLimits(total=3), 1)
    if not isinstance(phase, Queued):
        await scene.store.move(lease, lease.job.moved_to(phase), 3600.0)
    else:
        await scene.store.hand_back([lease])
    return job_id


async def calls(scene: Scene, job_id: JobId, remote_id: str, status: str = "completed", **changes: Any) -> int:
    """A webhook as OpenRouter sends it, with changes; returns the status that answers it."""
    event = {"type": f"video.generation.{status}", "created_at": "now", "data": {"id": remote_id, "status": status}}
    body = changes.get("body", json.dumps(event).encode())
    moment = int(scene.clock.now().timestamp() + changes.get("later", 0))
    signed = changes.get("signed", signature(changes.get("secret", SECRET), moment, body))
    url = changes.get("url") or scene.links.to(await scene.job(job_id))
    assert url is not None
    async with scene.visitor.post(url, data=body, headers={SIGNED: signed} if signed else {}) as answer:
        return answer.status


@asynccontextmanager
async def a_scene(folder: Path, *, secret: str | None = SECRET) -> AsyncIterator[Scene]:
    """`secret` is the simulated host's; without one it sends no webhooks itself."""
    clock = SteppingClock()
    host = OpenRouterHost(
        render_seconds=RENDER_SECONDS,
        clock=lambda: clock.now().timestamp(),
        frame_rate=4,
        sound=False,
        webhook_secret=secret,
    )
    async with serving({"/o": host.application()}) as url, a_provider(f"{url}/o/api/v1") as provider:
        account = an_account("openrouter")
        async with a_called_scene(
            folder, clock, host, provider=provider, account=account, card=CARD, secret=SECRET.encode()
        ) as scene:
            yield scene


async def until_called(scene: Scene, times: int = 1) -> None:
    """Wait until the simulated host has sent so many webhooks, and got an answer to each."""
    assert scene.host.hooks is not None
    async with asyncio.timeout(PATIENCE):
        await scene.host.hooks.answered(times)


async def test_a_finished_video_is_seen_at_once(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        job_id = await scene.order()
        await scene.take_on()
        scene.clock.forward(3)
        await scene.take_on()  # a poll, and then a long wait
        waiting = await scene.store.next_due()
        assert waiting is not None
        assert waiting > 10
        (line,) = scene.host.created
        assert await calls(scene, job_id, line.id) == 204
        assert await scene.store.next_due() == 0.0


async def test_from_order_to_call_to_video(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        job_id = await scene.order()
        await scene.take_on()
        scene.clock.forward(RENDER_SECONDS)
        await until_called(scene)
        for _ in range(3):  # poll, save, post: nothing has to be waited for
            await scene.take_on()
        job = await scene.job(job_id)
        assert isinstance(job.phase, Done)
        assert job.cost == Usd.of("0.10")


async def test_an_order_whose_answer_was_lost_is_found_by_the_call(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        job_id = await scene.order("[lost] a fox")
        await scene.take_on()
        scene.clock.forward(5)
        await scene.take_on()
        assert isinstance((await scene.job(job_id)).phase, Unknown)  # there is no list to check
        scene.clock.forward(RENDER_SECONDS)
        await until_called(scene)
        for _ in range(3):
            await scene.take_on()
        job = await scene.job(job_id)
        assert isinstance(job.phase, Done)
        assert [line.id for line in scene.host.created] == [job.phase.remote_id]  # paid once


async def test_a_call_is_heard_when_a_person_was_asked_already(tmp_path: Path) -> None:
    async with a_scene(tmp_path, secret=None) as scene:
        job_id = await scene.order("[lost] a fox")
        await scene.take_on()
        scene.clock.forward(CALLED_WITHIN.total_seconds())
        await scene.take_on()
        phase = (await scene.job(job_id)).phase
        assert isinstance(phase, NeedsReview)
        assert phase.nobody_knows
        (line,) = scene.host.created
        assert await calls(scene, job_id, line.id) == 204
        for _ in range(3):
            await scene.take_on()
        assert isinstance((await scene.job(job_id)).phase, Done)


async def test_a_lost_order_that_failed_ends_by_the_call_without_charge(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        job_id = await scene.order("[lost] [moderated] a fox")
        await scene.take_on()
        scene.clock.forward(RENDER_SECONDS)
        await until_called(scene)
        await scene.take_on()
        phase = (await scene.job(job_id)).phase
        assert isinstance(phase, Failed)
        assert not phase.charged


async def test_a_lost_order_that_was_never_taken_goes_before_a_person(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        job_id = await scene.order()
        scene.host.trouble.next(Operation.CREATE, Say(status=502))
        await scene.take_on()
        for _ in range(20):
            scene.clock.forward(60)
            await scene.take_on()
        assert isinstance((await scene.job(job_id)).phase, NeedsReview)


def forged(remote_id: str) -> bytes:
    event = {"type": "video.generation.completed", "data": {"id": remote_id, "status": "completed"}}
    return json.dumps(event).encode()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"signed": ""}, 401),
        ({"signed": "t=1,v1=" + "0" * 64}, 401),
        ({"signed": "nonsense"}, 401),
        ({"secret": "another"}, 401),
        ({"later": -301}, 401),
        ({"later": 301}, 401),
        ({"body": b"{"}, 400),
        ({"body": b"[" * 50_000}, 400),
        ({"body": b'{"type": "video.generation.completed", "data": {"id": 7, "status": "completed"}}'}, 400),
        ({"body": forged("gen-vid-1\n2026-11-28 12:00:00,000 INFO    bot: all is well\x1b[2K")}, 400),
        ({"body": forged("gen vid")}, 400),
        ({"body": forged("x" * 301)}, 400),
        ({"body": b'{"type": "usage.alert", "data": {"id": "gen-vid-1-x", "status": "completed"}}'}, 400),
        ({"body": b'{"type": "video.generation.completed", "data": {"id": "a\\nb", "status": "completed"}}'}, 400),
        ({"body": b" " * (LARGEST + 1)}, 413),
    ],
    ids=[
        "unsigned",
        "forged",
        "no signature",
        "another secret",
        "old",
        "from the future",
        "no JSON",
        "deep",
        "no id",
        "an id with a line break",
        "an id with a blank",
        "a long id",
        "another event",
        "an id that would forge a line of the log",
        "large",
    ],
)
async def test_a_call_that_is_not_right_has_no_effect(changes: dict[str, Any], status: int, tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        job_id = await in_phase(scene, Unknown(sent_at=NOON, fingerprint="f"))
        assert await calls(scene, job_id, "gen-vid-1-x", **changes) == status
        assert scene.counted["refused"] == (status in {400, 401})
        assert isinstance((await scene.job(job_id)).phase, Unknown)


async def test_an_address_is_good_for_its_own_job_only(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        one = await in_phase(scene, Unknown(sent_at=NOON, fingerprint="f"))
        other = await in_phase(scene, Unknown(sent_at=NOON, fingerprint="g"))
        address = scene.links.to(await scene.job(one))
        assert address is not None
        for url in (address.replace(one, other), address[:-1], f"{address}0", address.rpartition("/")[0] + "/ä"):
            assert await calls(scene, one, "gen-vid-1-x", url=url) == 404
        assert scene.counted == {"not ours": 4}
        assert isinstance((await scene.job(one)).phase, Unknown)
        assert isinstance((await scene.job(other)).phase, Unknown)


async def test_an_address_of_another_version_is_called_again(tmp_path: Path) -> None:
    """An old process meets the addresses that a new one gave out, until it is replaced."""
    async with a_scene(tmp_path) as scene:
        job_id = await in_phase(scene, Unknown(sent_at=NOON, fingerprint="f"))
        address = scene.links.to(await scene.job(job_id), NOON)
        assert address is not None
        second = str(int(NOON.timestamp()))
        for url in (
            address.replace(f"/{second}", f"/first/{second}"),
            address.replace(second, f"0{second}"),
            address.replace("/hooks/openrouter/", "/hooks/fal/"),
        ):
            assert await calls(scene, job_id, "gen-vid-1-x", url=url) == 503
        assert scene.counted == {}
        assert isinstance((await scene.job(job_id)).phase, Unknown)


async def test_an_address_is_good_for_its_own_request_only(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        job_id = await in_phase(scene, Unknown(sent_at=NOON, fingerprint="f"))
        job, second = await scene.job(job_id), str(int(NOON.timestamp()))
        of_request, of_older_version = scene.links.to(job, NOON), scene.links.to(job)
        assert of_request is not None
        assert of_older_version is not None
        bare = of_request.replace(f"/{second}", "")
        for url in (bare, of_request.replace(second, f"{second}0")):
            assert await calls(scene, job_id, "gen-vid-1-x", url=url) == 404
        assert isinstance((await scene.job(job_id)).phase, Unknown)
        assert await calls(scene, job_id, "gen-vid-1-x", url=of_request) == 204
        assert isinstance((await scene.job(job_id)).phase, Rendering)
        assert await calls(scene, job_id, "gen-vid-1-x", url=of_older_version) == 204


async def test_a_call_about_a_job_that_is_no_more_is_taken_without_effect(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        gone = a_job(id=JobId("K7Q4FD"), account="openrouter")
        assert await calls(scene, gone.id, "gen-vid-1-x", url=scene.links.to(gone)) == 204


async def test_calls_that_are_doubled_or_about_another_video_change_nothing(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        job_id = await in_phase(scene, Unknown(sent_at=NOON, fingerprint="f"))
        assert await calls(scene, job_id, "gen-vid-1-x") == 204
        adopted = await scene.job(job_id)
        assert adopted.phase == Rendering(remote_id="gen-vid-1-x", started_at=NOON)
        assert await calls(scene, job_id, "gen-vid-1-x") == 204
        assert await calls(scene, job_id, "gen-vid-2-y") == 204
        assert await scene.job(job_id) == adopted


async def test_another_jobs_video_is_not_adopted(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        await in_phase(scene, Rendering(remote_id="gen-vid-1-x", started_at=NOON))
        lost = await in_phase(scene, Unknown(sent_at=NOON, fingerprint="f"))
        assert await calls(scene, lost, "gen-vid-1-x") == 204
        assert isinstance((await scene.job(lost)).phase, Unknown)


async def test_a_call_while_the_order_is_being_sent_is_asked_for_again(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        job_id = await in_phase(scene, Submitting(sent_at=NOON, fingerprint="f"))
        assert await calls(scene, job_id, "gen-vid-1-x") == 503
        assert name_of((await scene.job(job_id)).phase) == "submitting"


@pytest.mark.parametrize(("status", "phase"), [("completed", "rendering"), ("failed", "queued")])
async def test_a_waiting_job_that_was_paid_before_takes_its_finished_video_only(
    status: str, phase: str, tmp_path: Path
) -> None:
    """An old backup was restored, or a manager resends it and the first order's video appears after all."""
    async with a_scene(tmp_path) as scene:
        job_id = await in_phase(scene, Queued())
        assert await calls(scene, job_id, "gen-vid-1-x", status) == 204
        assert name_of((await scene.job(job_id)).phase) == phase


@pytest.mark.parametrize(
    "phase",
    [
        NeedsReview(was="rendering", reason=plain("x"), remote_id="gen-vid-1-x", sent_at=NOON),
        NeedsReview(was="queued", reason=plain("x")),
        Failed(cause=Cause.TIMEOUT, reason=plain("x"), charged=False, finished_at=NOON),
    ],
)
async def test_what_a_person_decides_or_is_over_stays_as_it_is(phase: Phase, tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        job_id = await in_phase(scene, phase)
        assert await calls(scene, job_id, "gen-vid-1-x") == 204
        assert (await scene.job(job_id)).phase == phase


async def test_a_call_for_another_providers_job_is_nothing(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        job = await scene.store.add(a_job())
        event = WebhookEvent(remote_id="x", is_done=True)
        call = WebhookCall(account="openrouter", job_id=job.id, event=event)
        assert await scene.intake.take(call) is WebhookResult.NOTHING
        assert scene.links.to(job) is None


async def test_the_address_names_the_job_and_not_the_secret(tmp_path: Path) -> None:
    async with a_scene(tmp_path) as scene:
        job = await scene.job(await scene.order())
        url = scene.links.to(job)
        assert url is not None
        assert url.startswith(f"{scene.links.accounts[0].base}/hooks/openrouter/{job.id}/")
        assert SECRET not in url


def test_a_signature_covers_the_moment_and_every_byte() -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    header = signature(SECRET, int(now.timestamp()), b"{}")
    secret = SECRET.encode()
    assert is_signed(header, b"{}", secret, now)
    assert is_signed(header.replace(",", ", "), b"{}", secret, now + timedelta(seconds=300))
    assert not is_signed(header, b"{} ", secret, now)
    assert not is_signed(header.replace("t=1", "t=2"), b"{}", secret, now)
    assert not is_signed(header.upper(), b"{}", secret, now)
    assert not is_signed(f"{header}é", b"{}", secret, now)
    assert not is_signed(header, b"{}", secret, now + timedelta(seconds=301))


def test_the_simulated_model_is_one_that_is_served() -> None:
    assert CARD.remote in {row["remote"] for row in rows_of(MODELS, NOON.date()).values()}
