"""Two requests were sent for one job, with unknown outcomes: webhooks of the service say which one they are about."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.domain.errors import OutcomeUnknown
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.money.costs import Period
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import Cause, Done, Failed, NeedsReview, Queued, Rendering, Unknown
from bot.domain.ports.provider import Broken, Ready, Waiting
from bot.domain.ports.webhooks import WebhookEvent
from bot.jobs.reconcile.webhooks import PAUSE, WebhookCall, WebhookResult
from bot.jobs.runner import Runner
from tests.builders import MAX, NOON, WIDE, a_card, a_catalogue, a_member
from tests.unit.test_sent_once_more import due
from tests.workbench import Bench, a_bench

MANAGER = a_member(id=MAX, manages=True)
FIRST, SECOND = "video_1", "video_2"
PRICES = {FIRST: Usd.of("0.40"), SECOND: Usd.of("0.20")}  # the price dropped before the second request


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as opened:
        opened.provider.shows_at_once = True
        yield opened


async def lost_twice(bench: Bench, sender: str) -> Job:
    """Sent again by a manager or automatically; neither request was answered."""
    lost = OutcomeUnknown("no answer")
    if sender == "manager":
        bench.provider.submits, bench.provider.lists = [lost, lost], [None]
        waiting = await bench.run(await bench.order())
        bench.clock.forward(1200)
        job = await bench.review.pay_again(MANAGER, waiting)
    else:
        job = await due(bench, lost, lists=[()] * 4)
    bench.context.catalogue.renew(a_catalogue(a_card(per_second={WIDE: Usd.of("0.05")})))
    await bench.step()
    bench.provider.lists = [None]
    job = await bench.job(job.id)
    assert isinstance(job.phase, Unknown)
    return job


def moments(job: Job) -> Mapping[str, datetime]:
    """When each of the two was sent."""
    assert isinstance(job.phase, Unknown)
    return {FIRST: NOON, SECOND: job.phase.sent_at}


async def call(bench: Bench, job: Job, remote_id: str, sent_at: datetime, *, is_done: bool = True) -> WebhookResult:
    event, second = WebhookEvent(remote_id=remote_id, is_done=is_done), int(sent_at.timestamp())
    return await bench.intake.take(WebhookCall(account="openai", job_id=job.id, event=event, second=second))


async def costs_by_video(bench: Bench, job: Job) -> Mapping[str, Usd | None]:
    """Of all finished orders; each was posted once."""
    orders = [await bench.run(each.id) for each in await bench.store.latest(job.guild_id, None, 10)]
    done = [each for each in orders if isinstance(each.phase, Done)]
    assert sorted(bench.publisher.delivered) == sorted((each.id, False) for each in done)
    return {each.phase.remote_id: each.cost for each in done if isinstance(each.phase, Done)}


@pytest.mark.parametrize("calls", [[FIRST], [SECOND], [FIRST, SECOND], [SECOND, FIRST], [FIRST, SECOND, FIRST, SECOND]])
@pytest.mark.parametrize("asked", [False, True], ids=["looked for", "a person was asked"])
@pytest.mark.parametrize("sender", ["manager", "itself"])
async def test_each_video_is_booked_at_its_own_price_and_shown_once(
    bench: Bench, sender: str, asked: bool, calls: Sequence[str]
) -> None:
    job = await lost_twice(bench, sender)
    sent_at = moments(job)
    if asked:
        assert isinstance((await bench.run(job.id)).phase, NeedsReview)
    for remote_id in calls:
        await call(bench, job, remote_id, sent_at[remote_id])
    assert await costs_by_video(bench, job) == {each: PRICES[each] for each in calls}
    assert await bench.store.check_books() == []
    costs = await bench.store.costs(job.guild_id, None, Period.MONTH)
    assert costs.spent == sum((PRICES[each] for each in set(calls)), FREE)
    is_open = sender == "manager" and SECOND not in calls  # the second one is still unresolved
    assert costs.reserved == (PRICES[FIRST] if is_open else FREE)  # as agreed


@pytest.mark.parametrize("sender", ["manager", "itself"])
async def test_a_video_whose_job_is_rendering_by_then_is_the_other_requests(bench: Bench, sender: str) -> None:
    job = await lost_twice(bench, sender)
    sent_at = moments(job)
    await call(bench, job, SECOND, sent_at[SECOND])
    assert isinstance((await bench.job(job.id)).phase, Rendering)
    assert await call(bench, job, FIRST, sent_at[FIRST]) is WebhookResult.ADOPTED
    assert await costs_by_video(bench, job) == PRICES


async def test_that_the_first_one_failed_does_not_end_the_search_for_the_second(bench: Bench) -> None:
    job = await lost_twice(bench, "manager")
    sent_at = moments(job)
    assert await call(bench, job, FIRST, sent_at[FIRST], is_done=False) is WebhookResult.NOTHING
    assert isinstance((await bench.job(job.id)).phase, Unknown)
    await call(bench, job, SECOND, sent_at[SECOND])
    assert await costs_by_video(bench, job) == {SECOND: PRICES[SECOND]}


@pytest.mark.parametrize(("called", "price"), PRICES.items())
async def test_a_call_about_either_one_while_a_third_request_waits_is_booked_at_its_price(
    bench: Bench, called: str, price: Usd
) -> None:
    """A manager had it sent again after it had been sent again by itself."""
    lost = await lost_twice(bench, "itself")
    sent_at = moments(lost)
    waiting = await bench.review.pay_again(MANAGER, await bench.run(lost.id))
    assert await call(bench, waiting, called, sent_at[called]) is WebhookResult.ADOPTED
    job = await bench.job(lost.id)
    assert [each.sent_at for each in job.replaced] == [sent_at[other] for other in PRICES if other != called]
    assert await costs_by_video(bench, job) == {called: price}
    assert await bench.store.check_books() == []


async def test_where_the_first_try_failed_for_free_the_second_one_is_still_found(bench: Bench) -> None:
    job = await lost_twice(bench, "itself")
    sent_at = moments(job)
    bench.provider.looks = [Broken(cause=Cause.PROVIDER, reason=Message("It broke."))]
    await call(bench, job, FIRST, sent_at[FIRST], is_done=False)
    assert isinstance((await bench.run(job.id)).phase, Failed)
    bench.provider.looks = [Ready()]
    await call(bench, job, SECOND, sent_at[SECOND])
    assert await costs_by_video(bench, job) == {SECOND: PRICES[SECOND]}
    assert await bench.store.check_books() == []


async def test_an_address_of_an_older_version_is_taken_for_the_last_requests(bench: Bench) -> None:
    job = await lost_twice(bench, "manager")
    event = WebhookEvent(remote_id=SECOND, is_done=True)
    result = await bench.intake.take(WebhookCall(account="openai", job_id=job.id, event=event))
    assert result is WebhookResult.ADOPTED
    assert await costs_by_video(bench, job) == {SECOND: PRICES[SECOND]}


async def test_each_request_names_an_address_of_its_own(bench: Bench) -> None:
    context = replace(bench.context, callback=lambda job, sent_at: f"{job.id} {sent_at}")
    job = await lost_twice(replace(bench, context=context, runner=Runner(context)), "manager")
    assert [order.callback for order in bench.provider.orders] == [f"{job.id} {each}" for each in moments(job).values()]


async def test_a_call_of_a_service_to_which_it_was_not_sent_is_not_about_it(bench: Bench) -> None:
    job_id = await bench.order()
    event = WebhookEvent(remote_id="video_9", is_done=True)
    assert await bench.intake.take(WebhookCall(account="gpu", job_id=job_id, event=event)) is WebhookResult.NOTHING
    assert (await bench.job(job_id)).phase == Queued()


async def test_a_call_about_a_lost_order_does_not_give_it_another_orders_video(bench: Bench) -> None:
    await bench.order()
    await bench.step()
    job = await lost_twice(bench, "manager")
    assert await call(bench, job, FIRST, moments(job)[SECOND]) is WebhookResult.NOTHING
    assert isinstance((await bench.job(job.id)).phase, Unknown)


async def test_a_render_is_looked_at_when_its_service_calls_and_not_for_each_of_many_calls(bench: Bench) -> None:
    bench.provider.looks = [Waiting()]
    job_id = await bench.order()
    await bench.step()
    intake, told = bench.intake, list[Job]()
    bench.context.events.listen(told.append)

    async def take(*, is_done: bool = False) -> WebhookResult:
        event = WebhookEvent(remote_id="video_1", is_done=is_done)
        return await intake.take(WebhookCall(account="openai", job_id=job_id, event=event))

    assert await take() is WebhookResult.NUDGED
    assert [each.id for each in told] == [job_id]
    assert await bench.store.next_due() == 0.0
    assert not bench.context.calls.has_called("openai", job_id)
    assert await take(is_done=True) is WebhookResult.NOTHING
    assert bench.context.calls.has_called("openai", job_id)
    bench.clock.forward(PAUSE.total_seconds())
    assert await take() is WebhookResult.NUDGED
