"""Jobs at Gemini from order to books: the steps, the database, the adapter and the HTTP are real."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.ids import JobId
from bot.domain.money.usd import Usd
from bot.domain.phases import Cause, Done, Failed, NeedsReview, Queued
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.domain.video import RemixMethod
from bot.providers.gemini.adapter import GeminiOmni
from bot.sandbox.video.gemini.service import GeminiHost
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Fault, Operation, Reset, Say
from tests.builders import a_job, a_request, an_account
from tests.contract.gemini_services import MODEL, SMALL, a_card
from tests.contract.job_scene import JobScene, a_job_scene
from tests.contract.video_services import a_picture, serving
from tests.scripted import SteppingClock

QUOTE = Usd.of("0.115") * 4  # the media processor of these tests reports every video as 4 s long
NOTHING = Usd(0)


class Scene(JobScene[GeminiHost]):
    async def order(self, prompt: str, source: JobId | None = None) -> JobId:
        request = a_request(prompt=prompt, model=MODEL, seconds=3, size=SMALL, source=source)
        return (await self.store.add(a_job(request=request, account="gemini", quote=QUOTE))).id


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    clock = SteppingClock()
    host = GeminiHost(render_seconds=30, clock=lambda: clock.now().timestamp(), frame_rate=4, sound=False)
    async with serving({"/video/gemini": host.application()}) as url:
        provider = GeminiOmni(an_account("gemini", key=SANDBOX_KEY, base_url=f"{url}/video/gemini/v1beta"))
        card = replace(
            a_card(RemixMethod.NATIVE, RemixMethod.FRAME, RemixMethod.REPROMPT), per_second={SMALL: Usd.of("0.115")}
        )
        async with a_job_scene(Scene, tmp_path, clock, host, provider, card=card, picture=a_picture(SMALL)) as scene:
            yield scene


async def test_a_video_is_made_and_settled_at_what_its_tokens_cost(scene: Scene) -> None:
    job = await scene.until(await scene.order("a red fox in the snow"), Done)
    assert job.cost is not None
    assert NOTHING < job.cost < QUOTE
    assert await scene.spent(job) == (job.cost, NOTHING)


async def test_a_remix_edits_the_earlier_video_and_falls_back_when_google_forgot_it(scene: Scene) -> None:
    source = await scene.order("a red fox")
    await scene.until(source, Done)
    edit = await scene.until(await scene.order("at night", source), Done)
    assert isinstance(edit.phase, Done)
    assert edit.phase.method is RemixMethod.NATIVE
    scene.host.trouble.next(
        Operation.CREATE, Say(status=400, body={"error": {"message": "Invalid interaction name", "code": "x"}})
    )
    again = await scene.until(await scene.order("in the rain", source), Done)
    assert isinstance(again.phase, Done)
    assert again.phase.method is RemixMethod.FRAME
    assert [accepted.operation for accepted in scene.host.created] == [
        Operation.CREATE,
        Operation.REMIX,
        Operation.CREATE,
    ]


async def test_a_withheld_film_costs_what_was_thought_about_it(scene: Scene) -> None:
    job = await scene.until(await scene.order("a fox [moderated]"), Failed)
    assert isinstance(job.phase, Failed)
    assert (job.phase.cause, job.phase.charged) == (Cause.MODERATION, True)
    assert await scene.spent(job) == (Usd.of("0.000828"), NOTHING)


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ("You exceeded your spend-based rate limit.", "busy"),
        ("Your project has exceeded its monthly spending cap.", "account"),
    ],
)
async def test_a_limit_on_spending_makes_an_order_wait_and_not_fail(scene: Scene, message: str, why: str) -> None:
    error = {"code": 429, "message": message, "status": "RESOURCE_EXHAUSTED"}
    scene.host.trouble.next(Operation.CREATE, *[Say(status=429, body={"error": error})] * 3)
    job_id = await scene.order("a fox")
    began = scene.clock.now()
    (lease,) = await scene.store.claim("worker", ConcurrencyLimits(total=3), 10)
    await scene.runner.advance(lease)
    job = await scene.job(job_id)
    assert isinstance(job.phase, Queued)
    assert why in str(job.phase.waits_for)
    assert await scene.spent(job) == (NOTHING, QUOTE)
    done = await scene.until(job_id, Done)
    assert (scene.clock.now() - began).total_seconds() >= 180  # three times a minute or more
    assert len(scene.host.created) == 1
    assert (await scene.spent(done))[1] == NOTHING


@pytest.mark.parametrize("lost", [Reset(after=True), Reset(), Say(status=503)])
async def test_a_lost_answer_goes_before_a_person_and_is_never_sent_again(scene: Scene, lost: Fault) -> None:
    scene.host.trouble.next(Operation.CREATE, lost)
    job = await scene.until(await scene.order("a fox"), NeedsReview)
    assert scene.host.asked[Operation.CREATE] == 1
    assert await scene.spent(job) == (NOTHING, QUOTE)
