"""An order that was automatically sent once more although the service had accepted it the first time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.errors import OutcomeUnknown, Unsupported
from bot.domain.job import Job
from bot.domain.messages import plain
from bot.domain.money.costs import Period
from bot.domain.money.usd import Usd
from bot.domain.phases import Done, NeedsReview, Rendering, Unknown
from bot.domain.ports.provider import Order
from bot.domain.ports.webhooks import WebhookEvent
from bot.domain.recovery.replaced import ReplacedOrder
from bot.domain.video import RemixMethod
from bot.jobs.reconcile.webhooks import WebhookCall, WebhookResult
from bot.ui.text.phrases.values import doubled
from bot.ui.text.render import render
from tests.builders import NOON, WIDE, a_card, a_catalogue
from tests.unit.test_remix_methods import a_queued_remix, a_remix_card
from tests.unit.test_sent_once_more import FAILED, MANAGER, PRICE, due, failed
from tests.workbench import Bench, a_bench, a_listed

FIRST = a_listed("video_9")
CHEAPER = Usd.of("0.20")


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


async def by_name_and_sent_twice(bench: Bench) -> tuple[Job, Sequence[Order]]:
    """An order that its service failed to take twice, and what was sent. It finds orders only by our names.

    It lists neither of them yet.
    """
    bench.provider.is_named, sent = True, bench.provider.orders
    job = await failed(bench, OutcomeUnknown("no answer"))
    names = [*sent]
    hide(bench)
    for seconds in (5, 15, 40):
        await bench.step(forward=seconds)
    await bench.step()
    names.append(sent[1])
    hide(bench)
    job = await bench.job(job.id)
    assert isinstance(job.phase, Unknown)
    return job, names


def hide(bench: Bench) -> None:
    bench.provider.orders[:] = [replace(each, own_name="hidden") for each in bench.provider.orders]


async def assert_both_are_booked(bench: Bench, job: Job) -> None:
    """And that each is shown once."""
    for _ in range(2):
        await bench.sweep.sweep(bench.provider, starting=False)
    (double,) = await doubles_of(bench, job)
    done = await bench.run(double.id)
    assert isinstance(done.phase, Done)
    assert (done.phase.remote_id, done.cost, done.replaced) == ("video_2", PRICE, ())
    assert (await bench.store.costs(job.guild_id, None, Period.MONTH)).spent == PRICE * 2
    assert await bench.store.check_books() == []
    assert bench.publisher.delivered == [(job.id, False), (double.id, False)]
    said = render(doubled(done) or plain(""))
    assert said.startswith("This is the second order of ")
    assert said.endswith("It turned out that the service had taken both, and both were paid.")


async def test_the_second_order_is_asked_for_again_when_the_first_turns_out_to_be_the_orders_own(bench: Bench) -> None:
    job, sent = await by_name_and_sent_twice(bench)
    bench.provider.orders[0] = sent[0]
    await bench.step(forward=60)
    adopted = await bench.job(job.id)
    assert isinstance(job.phase, Unknown)
    assert adopted.phase == Rendering(remote_id="video_1", started_at=NOON)
    assert adopted.replaced == (ReplacedOrder(account="openai", sent_at=job.phase.sent_at, quote=PRICE),)
    assert isinstance((await bench.run(job.id)).phase, Done)
    bench.provider.orders[1] = sent[1]
    await assert_both_are_booked(bench, job)


async def test_the_first_is_the_orders_own_and_no_double_of_the_second_while_a_third_is_looked_for(
    bench: Bench,
) -> None:
    job, sent = await by_name_and_sent_twice(bench)
    bench.provider.submits = [OutcomeUnknown("no answer")]
    await bench.review.pay_again(MANAGER, await bench.run(job.id))
    await bench.step()
    hide(bench)
    assert isinstance((await bench.job(job.id)).phase, Unknown)
    bench.provider.orders[0] = sent[0]
    await bench.sweep.sweep(bench.provider, starting=False)
    assert await doubles_of(bench, job) == []
    await bench.step(forward=60)
    assert (await bench.job(job.id)).phase == Rendering(remote_id="video_1", started_at=NOON)


async def test_a_double_of_what_a_manager_had_sent_again_says_nothing_of_the_first_one(bench: Bench) -> None:
    job, sent = await by_name_and_sent_twice(bench)
    bench.provider.submits = ["video_3"]
    await bench.review.pay_again(MANAGER, await bench.run(job.id))
    assert isinstance((await bench.run(job.id)).phase, Done)
    bench.provider.orders[1] = sent[1]
    await bench.sweep.sweep(bench.provider, starting=False)
    (double,) = await doubles_of(bench, job)
    assert isinstance(double.phase, Rendering)
    assert (double.phase.remote_id, double.first_try) == ("video_2", None)


async def test_the_first_one_was_made_in_its_own_way(bench: Bench) -> None:
    job, _ = await a_queued_remix(bench, a_remix_card(remix=(RemixMethod.FRAME, RemixMethod.REPROMPT)))
    bench.provider.is_named = True
    bench.provider.submits = [FAILED, Unsupported("no pictures"), OutcomeUnknown("no answer")]
    await bench.step()
    (first,) = bench.provider.orders
    hide(bench)
    for seconds in (5, 15, 40):
        await bench.step(forward=seconds)
    await bench.step()
    hide(bench)
    lost = (await bench.job(job.id)).phase
    assert isinstance(lost, Unknown)
    assert lost.method is RemixMethod.REPROMPT
    bench.provider.orders[1] = first  # its source is the first video there
    await bench.step(forward=60)
    found = (await bench.job(job.id)).phase
    assert isinstance(found, Rendering)
    assert (found.remote_id, found.method) == ("video_2", RemixMethod.FRAME)


async def test_so_it_is_where_a_person_was_asked_by_then(bench: Bench) -> None:
    job, sent = await by_name_and_sent_twice(bench)
    assert isinstance((await bench.run(job.id)).phase, NeedsReview)
    bench.provider.orders[0] = sent[0]
    await bench.sweep.sweep(bench.provider, starting=False)
    assert isinstance((await bench.run(job.id)).phase, Done)
    bench.provider.orders[1] = sent[1]
    await assert_both_are_booked(bench, job)


async def test_so_it_is_where_a_manager_links_the_first_one(bench: Bench) -> None:
    job, sent = await by_name_and_sent_twice(bench)
    waiting = await bench.run(job.id)
    bench.provider.orders[0] = sent[0]
    linked = await bench.review.candidate(waiting)
    assert linked == "video_1"
    await bench.review.adopt(MANAGER, waiting, linked)
    assert isinstance((await bench.run(job.id)).phase, Done)
    bench.provider.orders[1] = sent[1]
    await assert_both_are_booked(bench, job)


async def test_a_video_that_a_manager_links_is_of_the_second_order_where_nobody_can_tell(bench: Bench) -> None:
    job, sent = await by_name_and_sent_twice(bench)
    waiting = await bench.run(job.id)
    adopted = await bench.review.adopt(MANAGER, waiting, "video_2")
    assert [each.sent_at for each in adopted.replaced] == [NOON]
    bench.provider.orders[0] = sent[0]
    await bench.sweep.sweep(bench.provider, starting=False)
    (double,) = await doubles_of(bench, job)
    assert double.created_at == NOON


async def test_so_it_is_where_a_list_shows_them(bench: Bench) -> None:
    job = await due(bench, OutcomeUnknown("no answer"), lists=[(), (), (), ()])
    await bench.step()
    second = a_listed("video_2", at=bench.clock.now())
    bench.provider.lists = [[FIRST]]
    await bench.step(forward=5)
    assert isinstance((await bench.run(job.id)).phase, Done)
    bench.provider.lists = [[FIRST, second]] * 2
    await assert_both_are_booked(bench, job)


async def test_each_of_two_is_booked_at_what_it_was_sent_for(bench: Bench) -> None:
    job = await due(bench, OutcomeUnknown("no answer"), lists=[(), (), (), ()])
    bench.context.catalogue.renew(a_catalogue(a_card(per_second={WIDE: Usd.of("0.05")})))
    await bench.step()
    assert (await bench.job(job.id)).quote == CHEAPER
    second = a_listed("video_2", at=bench.clock.now())
    bench.provider.lists = [[FIRST]]
    await bench.step(forward=5)
    done = await bench.run(job.id)
    assert isinstance(done.phase, Done)
    assert (done.phase.remote_id, done.cost) == ("video_9", PRICE)
    bench.provider.lists = [[FIRST, second]]
    await bench.sweep.sweep(bench.provider, starting=False)
    (double,) = await doubles_of(bench, job)
    assert double.promised == CHEAPER
    assert (await bench.run(double.id)).cost == CHEAPER
    assert await bench.store.check_books() == []


async def test_a_list_that_shows_both_at_once_shows_nobody_elses(bench: Bench) -> None:
    job = await due(bench, OutcomeUnknown("no answer"), lists=[(), (), (), ()])
    await bench.step()
    bench.provider.lists = [[FIRST, a_listed("video_2", at=bench.clock.now())]]
    await bench.sweep.sweep(bench.provider, starting=False)
    (double,) = await doubles_of(bench, job)
    made = [(await bench.run(each.id)).phase for each in (job, double)]
    assert [each.remote_id for each in made if isinstance(each, Done)] == ["video_9", "video_2"]
    assert bench.context.counters.unattributed_videos == 0
    assert await bench.store.check_books() == []


async def test_where_the_second_is_the_orders_own_the_first_is_the_double(bench: Bench) -> None:
    job, sent = await by_name_and_sent_twice(bench)
    bench.provider.orders[:] = sent
    await bench.step(forward=60)
    adopted = await bench.job(job.id)
    assert isinstance(adopted.phase, Rendering)
    assert adopted.phase.remote_id == "video_2"
    assert [each.sent_at for each in adopted.replaced] == [NOON]
