"""What is said about videos that cost nothing: never that $0.00 may be charged, is on hold or was paid."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.errors import Gone
from bot.domain.ids import shown
from bot.domain.job import Job
from bot.domain.messages import plain
from bot.domain.money.usd import FREE, Usd
from bot.domain.notices.troubles import OrderNeedsManager
from bot.domain.phases import Cancelled, Cause, Failed, NeedsReview, Queued, Rendering
from bot.domain.texts.prices import price_of
from bot.jobs.timing.estimates import JobEstimate
from bot.jobs.use_cases.moderation.take_downs import TakeDownPreview
from bot.ui.cards.job_card import CardFacts, JobCard
from bot.ui.dialogs.confirmations import GiveUpQuestion, PayAgainQuestion
from bot.ui.text.phrases import notices, queue
from bot.ui.text.phrases.moderation import reports
from bot.ui.text.phrases.studio import batches
from bot.ui.text.render import render
from tests.builders import ANN, NOON, WIDE, a_card, a_catalogue, a_done_job, a_job
from tests.views import everything, words
from tests.workbench import a_bench

RENDERING = Rendering(remote_id="r", started_at=NOON)
ASIDE = NeedsReview(was="rendering", reason=plain("Nobody knows."), sent_at=NOON)
BROKEN = Failed(cause=Cause.PROVIDER, reason=plain("It broke."), charged=True, finished_at=NOON)
STOPPED = Cancelled(by=ANN, finished_at=NOON, charged=True)


def said(job: Job) -> str:
    return words(JobCard(job, CardFacts(estimate=JobEstimate(line=None, ready_at=None))))


def labels(view: object) -> list[str]:
    return [each["label"] for each in everything(view) if each.get("label")]


def test_cancelling_a_free_render_costs_nothing() -> None:
    free, paid = a_job(RENDERING, quote=FREE), a_job(RENDERING)
    assert "Rendering has started, but it costs nothing." in render(queue.really_cancel(free))
    assert "Rendering has started, so it may still cost $0.40." in render(queue.really_cancel(paid))


@pytest.mark.parametrize("phase", [ASIDE, BROKEN, STOPPED])
@pytest.mark.parametrize("cost", [None, FREE])
def test_no_card_says_that_a_free_video_was_charged(phase: NeedsReview | Failed | Cancelled, cost: Usd | None) -> None:
    card = said(a_job(phase, quote=FREE, cost=cost))
    assert "You weren't charged." in card
    assert "on hold" not in card
    assert "still" not in card


def test_a_free_order_is_retried_and_closed_without_a_word_about_bills() -> None:
    free = a_job(ASIDE, quote=FREE)
    retry, close = PayAgainQuestion(free, was_sent=True), GiveUpQuestion(free)
    assert words(retry).startswith(f"Retry {shown(free.id)}? It costs nothing.")
    assert labels(retry) == ["Retry it"]
    assert words(close).startswith(f"Close {shown(free.id)}? It costs nothing.")
    assert labels(close) == ["Close it"]
    assert labels(GiveUpQuestion(a_job(ASIDE))) == ["It wasn't charged", "It was charged · $0.40"]


def test_a_free_price_is_exact() -> None:
    rendering, waiting = price_of(a_job(RENDERING, quote=FREE)), price_of(a_job(Queued()))
    assert rendering is not None
    assert waiting is not None
    assert (render(rendering), render(waiting)) == ("$0.00", "about $0.40")


def test_several_videos_that_cost_nothing_are_not_charged() -> None:
    cancelled = a_job(Cancelled(by=ANN, finished_at=NOON))
    assert render(batches.made([a_done_job(cost=FREE), cancelled])) == "1 of 2 videos made, nothing charged"
    assert render(batches.made([a_done_job(), cancelled])) == "1 of 2 videos made, $0.40 charged"


@pytest.mark.parametrize("cost", [FREE, None])
def test_taking_a_free_video_down_leaves_nothing_in_the_costs(cost: Usd | None) -> None:
    preview = TakeDownPreview(job=a_done_job(cost=cost), remixes=())
    assert "`/costs`" not in render(reports.what_goes(preview))


def test_nothing_is_on_hold_for_a_free_order_that_needs_a_manager() -> None:
    assert "on hold" not in render(notices.body(OrderNeedsManager(job=a_job(ASIDE, quote=FREE), model="Sora 2"), None))


async def test_a_free_video_gone_at_the_service_was_not_charged(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        bench.context.catalogue.renew(a_catalogue(a_card(per_second={WIDE: FREE})))
        bench.provider.fetches = [Gone("expired")] * 3
        job = await bench.run(await bench.order(a_job(quote=FREE)))
        assert isinstance(job.phase, Failed)
        assert (job.phase.cause, job.phase.charged, job.cost) == (Cause.EXPIRED, False, FREE)
        assert await bench.store.check_books() == []
