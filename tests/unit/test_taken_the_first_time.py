"""An order that was sent once more by itself, and had been taken the first time all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bot.domain.errors import OutcomeUnknown
from bot.domain.job import Job
from bot.domain.messages import plain
from bot.domain.money.costs import Period
from bot.domain.phases import Done, Rendering
from bot.domain.ports.webhooks import WebhookEvent
from bot.jobs.reconcile.webhooks import WebhookCall, WebhookResult
from bot.ui.text.phrases.values import doubled
from bot.ui.text.render import render
from tests.builders import NOON
from tests.unit.test_sent_once_more import PRICE, due
from tests.workbench import Bench, a_bench, a_listed

FIRST = a_listed("video_9")


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as opened:
        opened.provider.shows_at_once = True
        yield opened


async def doubles_of(bench: Bench, job: Job) -> Sequence[Job]:
    newest = await bench.store.latest(job.guild_id, None, 10)
    return [each for each in newest if each.doubles == job.id]


async def test_what_turns_up_after_the_second_video_is_a_double_booked_and_shown(bench: Bench) -> None:
    job = await bench.run((await due(bench, "video_2", lists=[()] * 4)).id)
    assert isinstance(job.phase, Done)
    for _ in range(2):
        bench.provider.lists = [[FIRST]]
        await bench.sweep.sweep(bench.provider, starting=False)
    (double,) = await doubles_of(bench, job)
    assert (double.quote, double.created_at, double.replaced) == (PRICE, NOON, ())
    done = await bench.run(double.id)
    assert isinstance(done.phase, Done)
    assert done.phase.remote_id == "video_9"
    assert (await bench.store.costs(job.guild_id, None, Period.MONTH)).spent == PRICE * 2
    assert await bench.store.check_books() == []
    assert bench.publisher.delivered == [(job.id, False), (double.id, False)]
    assert "The service answered it with an error, so it was ordered again." in render(doubled(done) or plain(""))


async def test_a_call_about_the_first_one_books_the_double_too(bench: Bench) -> None:
    job = await bench.run((await due(bench, "video_2", lists=[()] * 4)).id)
    event = WebhookEvent(remote_id="video_9", is_done=True)
    assert await bench.intake.take(WebhookCall(account="openai", job_id=job.id, event=event)) is WebhookResult.ADOPTED
    assert len(await doubles_of(bench, job)) == 1


async def test_what_turns_up_while_nobody_knows_of_the_second_is_the_orders_own_and_no_double(bench: Bench) -> None:
    job = await due(bench, OutcomeUnknown("no answer"), lists=[(), (), (), ()])
    await bench.step()
    bench.provider.lists = [[FIRST]] * 4
    await bench.sweep.sweep(bench.provider, starting=False)
    assert (await bench.job(job.id)).phase == Rendering(remote_id="video_9", started_at=NOON)
    assert isinstance((await bench.run(job.id)).phase, Done)
    await bench.sweep.sweep(bench.provider, starting=False)
    assert await doubles_of(bench, job) == []
    assert (await bench.store.costs(job.guild_id, None, Period.MONTH)).spent == PRICE
