"""A manager's decisions about orders that can't be resolved automatically, and their effect on the books."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.errors import BadRequest, NotAllowed, NotFree, OutcomeUnknown, SpoiltVideo, Unavailable
from bot.domain.ids import JobId
from bot.domain.job import Approval, Job
from bot.domain.money.costs import Period
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import Done, Failed, NeedsReview, Queued, Rendering
from bot.domain.ports.provider import Ready, Waiting
from bot.jobs.runner import MOST_CRASHES
from bot.jobs.steps.render import MOST_OVERDUE, OVERDUE_WAIT
from bot.ui.cards.job_card import buttons_for
from tests.builders import A_MODERATOR, MAX, a_job, a_member
from tests.workbench import Bench, a_bench, a_listed

MANAGER = a_member(id=MAX, manages=True)
A, B = JobId("AAAAAA"), JobId("BBBBBB")


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


async def unknown(bench: Bench, job: Job | None = None) -> Job:
    """An order that the service may or may not have accepted."""
    bench.provider.submits, bench.provider.lists = [OutcomeUnknown("no answer")], [None]
    return await bench.run(await bench.order(job))


async def unsaved(bench: Bench) -> Job:
    """A finished and charged video whose file doesn't play, however often it is downloaded."""
    bench.media.spoilt = [SpoiltVideo("cut short") for _ in range(12)]
    return await bench.run(await bench.order())


async def crashed(bench: Bench, phase: str) -> Job:
    """A job whose processes all died in the same phase."""
    job_id = await bench.order()
    for _ in range(20):
        lease = await bench.lease()
        if type(lease.job.phase).__name__ == phase:
            break
        await bench.runner.advance(lease)
        bench.clock.forward(await bench.store.next_due() or 0.0)
    for _ in range(MOST_CRASHES - 1):
        bench.clock.forward(61)
        await bench.lease()
    bench.clock.forward(61)
    return await bench.run(job_id)


async def money(bench: Bench, job: Job) -> tuple[Usd, Usd]:
    """Reserved and spent of its server; asserts that the books balance."""
    assert await bench.store.check_books() == []
    costs = await bench.store.costs(job.guild_id, None, Period.MONTH)
    return costs.reserved, costs.spent


async def test_an_adopted_video_goes_its_way_and_is_paid_once(bench: Bench) -> None:
    job = await unknown(bench)
    assert await money(bench, job) == (job.quote, FREE)
    adopted = await bench.review.adopt(MANAGER, job, " video_77 ")
    assert isinstance(adopted.phase, Rendering)
    done = await bench.run(job.id)
    assert isinstance(done.phase, Done)
    assert done.phase.remote_id == "video_77"
    assert await money(bench, job) == (FREE, job.quote)


async def test_a_video_of_another_job_cannot_be_adopted(bench: Bench) -> None:
    await bench.run(await bench.order(a_job(id=A)))
    job = await unknown(bench, a_job(id=B))
    with pytest.raises(NotFree):
        await bench.review.adopt(MANAGER, job, "video_1")
    assert await bench.job(job.id) == job


@pytest.mark.parametrize("text", ["", "  ", "two words", "x" * 301, "video\n1"])
async def test_something_that_is_no_id_is_refused(bench: Bench, text: str) -> None:
    job = await unknown(bench)
    with pytest.raises(BadRequest):
        await bench.review.adopt(MANAGER, job, text)


@pytest.mark.parametrize(
    "text",
    [
        "https://films.example/fox.mp4",
        "HTTP://10.0.0.1/fox.mp4",
        "file:///etc/passwd",
        "data:video/mp4;fox",
        "..",
        "fal-ai/veo3.1/requests/../../../files",
        "video_1\\..\\files",
    ],
)
async def test_something_that_would_be_fetched_from_elsewhere_is_refused(bench: Bench, text: str) -> None:
    job = await unknown(bench)
    with pytest.raises(BadRequest, match="no video with that id"):
        await bench.review.adopt(MANAGER, job, text)
    assert await bench.job(job.id) == job


async def test_paying_again_sends_it_once_more_within_what_is_reserved(bench: Bench) -> None:
    job = await unknown(bench)
    again = await bench.review.pay_again(MANAGER, job)
    assert isinstance(again.phase, Queued)
    assert again.approval == Approval(by=MAX, at=bench.clock.now())
    assert await money(bench, job) == (job.quote, FREE)
    bench.provider.submits = ["video_2"]
    assert isinstance((await bench.run(job.id)).phase, Done)
    assert len(bench.provider.orders) == 2
    assert await money(bench, job) == (FREE, job.quote)


async def test_a_cancellation_from_before_does_not_end_what_a_manager_sends_again(bench: Bench) -> None:
    bench.provider.submits = [OutcomeUnknown("no answer"), "video_2"]
    job_id = await bench.order()
    await bench.step()
    await bench.store.cancel(job_id, MAX)
    bench.provider.lists = [None]
    job = await bench.run(job_id)
    await bench.review.pay_again(MANAGER, job)
    assert isinstance((await bench.run(job_id)).phase, Done)


@pytest.mark.parametrize("charged", [True, False])
async def test_giving_up_settles_or_releases_as_the_manager_says(bench: Bench, charged: bool) -> None:
    job = await unknown(bench)
    ended = await bench.review.give_up(MANAGER, job, charged=charged)
    assert isinstance(ended.phase, Failed)
    assert ended.phase.charged is charged
    assert await money(bench, job) == (FREE, job.quote if charged else FREE)


@pytest.mark.parametrize("charged", [True, False])
async def test_giving_up_what_was_booked_keeps_it_or_takes_it_back(bench: Bench, charged: bool) -> None:
    job = await unsaved(bench)
    assert await money(bench, job) == (FREE, job.quote)
    await bench.review.give_up(MANAGER, job, charged=charged)
    assert await money(bench, job) == (FREE, job.quote if charged else FREE)


async def test_what_is_booked_as_paid_cannot_be_paid_within_its_price_again(bench: Bench) -> None:
    job = await unsaved(bench)
    with pytest.raises(BadRequest, match="already recorded as paid"):
        await bench.review.pay_again(MANAGER, job)


async def test_a_finished_video_that_could_not_be_saved_is_fetched_again(bench: Bench) -> None:
    job = await unsaved(bench)
    await bench.review.go_on(MANAGER, job)
    assert isinstance((await bench.run(job.id)).phase, Done)
    assert await money(bench, job) == (FREE, job.quote)


@pytest.mark.parametrize(
    ("phase", "labels"),
    [
        ("Queued", ["Order it · $0.40", "Close…"]),
        ("Rendering", ["Link existing video…", "Retry and pay…", "Close…"]),
        ("Saving", ["Continue with it", "Close…"]),
        ("Posting", ["Continue with it", "Close…"]),
    ],
)
async def test_what_crashed_each_time_can_be_taken_up_from_where_they_were(
    bench: Bench, phase: str, labels: list[str]
) -> None:
    bench.provider.looks = [Ready()]
    job = await crashed(bench, phase)
    assert isinstance(job.phase, NeedsReview)
    assert job.phase.was == phase.lower()
    assert [button.item.label for button in buttons_for(job)] == labels
    if job.phase.can_go_on:
        await bench.review.go_on(MANAGER, job)
    elif job.phase.remote_id:
        await bench.review.adopt(MANAGER, job, job.phase.remote_id)
    else:
        await bench.review.pay_again(MANAGER, job)
    assert isinstance((await bench.run(job.id)).phase, Done)
    assert len(bench.provider.orders) == 1
    assert await money(bench, job) == (FREE, job.quote)


async def test_a_decision_is_made_once(bench: Bench) -> None:
    job = await unknown(bench)
    await bench.review.pay_again(MANAGER, job)
    for decision in (
        bench.review.pay_again(MANAGER, job),
        bench.review.adopt(MANAGER, job, "video_9"),
        bench.review.give_up(MANAGER, job, charged=True),
    ):
        with pytest.raises(BadRequest, match="already been decided"):
            await decision
    assert await money(bench, job) == (job.quote, FREE)


async def test_only_managers_decide_and_see_what_is_to_be_decided(bench: Bench) -> None:
    job = await unknown(bench)
    owner = a_member(channels=A_MODERATOR)
    for decision in (
        bench.review.pay_again(owner, job),
        bench.review.adopt(owner, job, "video_9"),
        bench.review.give_up(owner, job, charged=False),
        bench.review.go_on(owner, job),
    ):
        with pytest.raises(NotAllowed, match="Manage Server"):
            await decision
    assert await bench.browse.to_decide(owner) == []
    assert await bench.browse.to_decide(MANAGER) == [job]
    assert await bench.browse.to_decide(replace(MANAGER, guild_id=999)) == []


async def test_the_form_is_filled_with_the_one_video_that_may_be_it(bench: Bench) -> None:
    job = await unknown(bench)
    odd = a_listed("video_9", model="sora-2-pro")
    bench.provider.lists = [[odd], [odd, a_listed("video_8", model="other")], Unavailable("500"), None, []]
    assert await bench.review.candidate(job) == "video_9"
    for _ in range(4):
        assert await bench.review.candidate(job) is None


async def test_the_form_is_filled_with_what_bears_the_name_of_the_order(bench: Bench) -> None:
    job = await unknown(bench)
    bench.provider.is_named = True
    assert await bench.review.candidate(job) == "video_1"
    bench.provider.orders.clear()
    assert await bench.review.candidate(job) is None


async def test_a_render_the_service_has_forgotten_keeps_its_id_in_the_form(bench: Bench) -> None:
    bench.provider.looks = [Waiting()]
    job_id = await bench.order()
    await bench.step()
    await bench.step(forward=25 * 3600)
    for _ in range(MOST_OVERDUE):
        await bench.step(forward=OVERDUE_WAIT)
    assert await bench.review.candidate(await bench.job(job_id)) == "video_1"
