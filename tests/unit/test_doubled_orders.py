"""A manager had an order sent again, and both requests turn out to be paid: both are booked, kept and shown."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.data_classes import wired
from bot.domain.access.own_data import Erased, OwnRecords
from bot.domain.errors import AccountTrouble, FailedToTake, Gone, OutcomeUnknown, Refused, Unavailable
from bot.domain.ids import JobId
from bot.domain.job import Approval, Job
from bot.domain.messages import Message, plain
from bot.domain.money.costs import Period
from bot.domain.money.usd import FREE, Usd
from bot.domain.own_name import own_name, seed_of
from bot.domain.phases import Cause, Done, Failed, NeedsReview, Queued, Rendering, Unknown
from bot.domain.ports.provider import Broken, Listed, Ready, Waiting
from bot.domain.ports.provider_orders import LostOrder
from bot.domain.ports.webhooks import WebhookEvent
from bot.domain.recovery.first_try import FirstTry, Stage
from bot.domain.recovery.replaced import ReplacedOrder
from bot.jobs.reconcile.doubles import DoubledOrders
from bot.jobs.reconcile.matching import LOOKALIKE
from bot.jobs.reconcile.unattributed import FURTHEST
from bot.jobs.reconcile.webhooks import WebhookCall, WebhookResult
from bot.ui.dialogs.drafts import DRAFTS
from bot.ui.text.phrases import cards, results
from bot.ui.text.phrases.values import doubled
from bot.ui.text.render import render
from storage.own_data.erasure import SqlErasures
from tests.builders import MAX, NOON, a_done_job, a_job, a_member
from tests.stores import JobStores
from tests.workbench import Bench, a_bench, a_listed

MANAGER = a_member(id=MAX, manages=True)
FIRST = a_listed("video_1", at=NOON + timedelta(seconds=5))


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


async def sent_again(bench: Bench) -> Job:
    """An order whose answer was lost, and which a manager sends again twenty minutes later. It is queued."""
    bench.provider.submits, bench.provider.lists = [OutcomeUnknown("no answer"), "video_2"], [None]
    job = await bench.run(await bench.order(a_job(interaction_id=77)))
    assert isinstance(job.phase, NeedsReview)
    bench.clock.forward(1200)
    return await bench.review.pay_again(MANAGER, job)


async def paid_again(bench: Bench) -> Job:
    """The same, with the video of the second request finished."""
    done = await bench.run((await sent_again(bench)).id)
    assert isinstance(done.phase, Done)
    return done


async def sweep(bench: Bench, *listed: Listed) -> None:
    bench.provider.lists = [listed]
    await bench.sweep.sweep(bench.provider, starting=False)


async def double_of(bench: Bench, job: Job) -> Job | None:
    newest = await bench.store.latest(job.guild_id, None, 10)
    return next((each for each in newest if each.doubles == job.id), None)


async def spent(bench: Bench, job: Job) -> tuple[Usd, Usd]:
    """Reserved and spent of its server; asserts that the books balance."""
    assert await bench.store.check_books() == []
    costs = await bench.store.costs(job.guild_id, None, Period.MONTH)
    return costs.reserved, costs.spent


async def erase(bench: Bench, job: Job) -> None:
    """Its owner's data is being erased, and this order already is."""
    about = OwnRecords(by_member=(), drafts=DRAFTS)
    erasures = SqlErasures(database=bench.store.database, clock=bench.clock, about=about)
    await erasures.begin(job.owner_id)
    assert await erasures.claim(job.owner_id, "worker") is not None
    await erasures.erase(await bench.job(job.id), "worker", Erased())


async def call(bench: Bench, job: Job, remote_id: str) -> WebhookResult:
    event = WebhookEvent(remote_id=remote_id, is_done=True)
    return await bench.intake.take(WebhookCall(account="openai", job_id=job.id, event=event))


async def test_the_first_video_is_booked_kept_and_shown_as_an_order_of_its_own(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    job = await paid_again(bench)
    await sweep(bench, FIRST, a_listed("video_2", at=bench.clock.now()))
    double = await double_of(bench, job)
    assert double is not None
    assert double.approval == Approval(by=MAX, at=NOON + timedelta(seconds=5 + 1200))
    assert (double.request, double.owner_id, double.channel_id) == (job.request, job.owner_id, job.channel_id)
    assert await spent(bench, job) == (job.quote, job.quote)
    done = await bench.run(double.id)
    assert isinstance(done.phase, Done)
    assert done.phase.remote_id == "video_1"
    assert await spent(bench, job) == (FREE, job.quote * 2)
    assert bench.publisher.delivered == [(job.id, False), (double.id, False)]
    assert len(bench.provider.orders) == 2
    assert "unattributed" not in caplog.text


async def test_it_is_no_second_order_where_only_the_managers_was_answered_with_an_error(bench: Bench) -> None:
    bench.provider.shows_at_once = True
    job = await sent_again(bench)
    bench.provider.submits = [FailedToTake("The video service answered the order with an error (500).")]
    await bench.step()
    bench.provider.lists = [[a_listed("video_2", at=bench.clock.now())]]
    assert isinstance((await bench.run(job.id)).phase, Done)
    await sweep(bench, FIRST)
    double = await double_of(bench, job)
    assert double is not None
    said = render(doubled(double) or plain(""))
    assert said.startswith("This is the first order of ")
    assert "so a manager had it ordered again" in said


async def test_a_first_video_that_is_listed_after_the_second_is_still_the_first_orders(bench: Bench) -> None:
    job = await sent_again(bench)
    bench.provider.submits = [OutcomeUnknown("no answer")]
    await bench.step()
    second, seed = bench.clock.now(), seed_of(own_name(job.id, job.replaced[0].sent_at))
    late = a_listed("video_1", at=second + timedelta(seconds=5), seed=seed)
    await sweep(bench, a_listed("video_2", at=second), late)
    assert isinstance((await bench.job(job.id)).phase, Rendering)
    assert await double_of(bench, job) is not None
    assert bench.context.counters.unattributed_videos == 0


async def test_it_is_booked_once_however_often_it_is_seen(bench: Bench) -> None:
    job = await paid_again(bench)
    for _ in range(3):
        await sweep(bench, FIRST)
        assert await call(bench, job, "video_1") is WebhookResult.NOTHING
    newest = await bench.store.latest(job.guild_id, None, 10)
    assert len([each for each in newest if each.doubles is not None]) == 1


@wired
class CountedOrders(JobStores):
    """Counts how often replaced orders are read."""

    reads: list[str] = field(default_factory=list)

    async def replaced(self, provider: str, since: datetime) -> Sequence[LostOrder]:
        self.reads.append(provider)
        return await super().replaced(provider, since)


async def test_a_sweep_reads_replaced_orders_once(bench: Bench) -> None:
    job, store = await paid_again(bench), bench.store
    counted = CountedOrders(database=store.database, clock=bench.clock, budget=store.budget)
    bench.context = replace(bench.context, provider_orders=counted)
    await sweep(bench, FIRST)
    assert await double_of(bench, job) is not None
    assert counted.reads == ["openai"]


async def test_two_processes_that_see_it_at_once_book_it_once(bench: Bench) -> None:
    job = await paid_again(bench)
    (lost,) = await bench.store.replaced("openai", NOON - FURTHEST)
    for _ in range(2):
        await DoubledOrders(context=bench.context).take(bench.provider, lost, "video_1", NOON)
    newest = await bench.store.latest(job.guild_id, None, 10)
    assert len([each for each in newest if each.doubles == job.id]) == 1
    assert await spent(bench, job) == (job.quote, job.quote)


async def test_it_is_the_jobs_own_while_the_second_order_was_not_sent(bench: Bench) -> None:
    job = await sent_again(bench)
    await sweep(bench, FIRST)
    done = await bench.run(job.id)
    assert isinstance(done.phase, Done)
    assert done.phase.remote_id == "video_1"
    assert len(bench.provider.orders) == 1
    assert await bench.store.replaced("openai", NOON - FURTHEST) == []
    assert await spent(bench, job) == (FREE, job.quote)


async def test_it_is_not_taken_for_the_second_order_while_that_is_looked_for(bench: Bench) -> None:
    job = await sent_again(bench)
    bench.provider.submits = [OutcomeUnknown("no answer")]
    await bench.step()
    assert isinstance((await bench.job(job.id)).phase, Unknown)
    await sweep(bench, FIRST)
    assert isinstance((await bench.job(job.id)).phase, Unknown)
    double = await double_of(bench, job)
    assert double is not None
    second = a_listed("video_2", at=bench.clock.now())
    bench.provider.lists = [[FIRST, second]]
    done = await bench.run(job.id)
    assert isinstance(done.phase, Done)
    assert done.phase.remote_id == "video_2"
    assert isinstance((await bench.run(double.id)).phase, Done)
    assert await spent(bench, job) == (FREE, job.quote * 2)


async def test_it_is_the_jobs_own_wherever_that_waits_by_then(bench: Bench) -> None:
    job = await sent_again(bench)
    assert await bench.accounts().queues.reassign(job, "other")
    assert (await bench.job(job.id)).account == "other"
    await sweep(bench, FIRST)
    adopted = await bench.job(job.id)
    assert isinstance(adopted.phase, Rendering)
    assert (adopted.account, adopted.replaced) == ("openai", ())


def resent_elsewhere(first: str, second: str) -> Job:
    """A manager had it sent once more when its model had moved to another account; that answer was lost, too."""
    lost = a_job(account=second, phase=Unknown(sent_at=NOON + timedelta(seconds=1200), fingerprint="f"))
    replaced = ReplacedOrder(account=first, sent_at=NOON, quote=lost.quote)
    own = FirstTry(sent_at=NOON, answered_at=NOON, stage=Stage.OVER)
    return replace(lost, first_try=own, replaced=(replaced,))


@pytest.mark.parametrize("is_called", [False, True], ids=["listed", "called about"])
async def test_a_first_try_turns_up_although_the_second_order_is_looked_for_elsewhere(
    bench: Bench, is_called: bool
) -> None:
    job = await bench.job(await bench.order(resent_elsewhere("openai", "other")))
    bench.clock.forward(1260)
    if is_called:
        assert await call(bench, job, "video_1") is WebhookResult.ADOPTED
    else:
        await sweep(bench, FIRST)
    double = await double_of(bench, job)
    assert double is not None
    assert double.account == "openai"
    assert (await bench.job(job.id)).phase == job.phase
    assert await spent(bench, job) == (job.quote * 2, FREE)


async def test_what_looks_like_a_first_try_is_not_it_where_that_was_not_sent(bench: Bench) -> None:
    job = await bench.job(await bench.order(resent_elsewhere("other", "openai")))
    bench.clock.forward(1260)
    await sweep(bench, FIRST)
    assert await bench.job(job.id) == job


async def test_what_failed_for_free_or_is_gone_does_not_end_the_wait_of_the_second_order(bench: Bench) -> None:
    job = await sent_again(bench)
    for seen in (Gone("404"), Broken(cause=Cause.PROVIDER, reason=Message("It broke."))):
        bench.provider.looks = [seen]
        await sweep(bench, FIRST)
        assert (await bench.job(job.id)) == job


async def test_a_known_render_that_goes_on_for_ever_does_not_undo_what_a_manager_said(bench: Bench) -> None:
    bench.provider.submits, bench.provider.looks = ["video_1"], [Gone("404")]
    job = await bench.review.pay_again(MANAGER, await bench.run(await bench.order()))
    bench.provider.looks = [Waiting()]
    await sweep(bench)
    assert await bench.job(job.id) == job
    bench.provider.looks = [Ready()]
    await sweep(bench)
    adopted = await bench.job(job.id)
    assert isinstance(adopted.phase, Rendering)
    assert adopted.phase.remote_id == "video_1"


async def test_a_known_render_is_booked_although_the_second_order_was_refused(bench: Bench) -> None:
    bench.provider.submits, bench.provider.looks = ["video_1", Refused("No.")], [Gone("404")]
    job = await bench.review.pay_again(MANAGER, await bench.run(await bench.order()))
    assert isinstance((await bench.run(job.id)).phase, Failed)
    bench.provider.looks = [Ready()]
    await sweep(bench)
    double = await double_of(bench, job)
    assert double is not None
    assert isinstance((await bench.run(double.id)).phase, Done)
    assert await spent(bench, job) == (FREE, job.quote)


async def test_one_that_cannot_be_looked_at_is_in_the_way_of_no_other(bench: Bench) -> None:
    job = await paid_again(bench)
    lost = a_job(phase=NeedsReview(was="unknown", reason=Message("Who knows?"), sent_at=bench.clock.now()))
    other = await bench.job(await bench.order(replace(lost, request=replace(lost.request, prompt="a cat"))))
    theirs = replace(a_listed("video_9", at=bench.clock.now()), prompt="a cat")
    bench.provider.looks = [Unavailable("500")]
    await sweep(bench, FIRST, theirs)
    assert isinstance((await bench.job(other.id)).phase, Rendering)
    assert await double_of(bench, job) is None
    bench.provider.looks = [Ready()]
    await sweep(bench, FIRST)
    assert await double_of(bench, job) is not None


@pytest.mark.parametrize("trouble", [Unavailable("429", 30.0), AccountTrouble("401")], ids=repr)
async def test_a_service_that_wants_to_be_left_alone_is(bench: Bench, trouble: Unavailable) -> None:
    await paid_again(bench)
    bench.provider.looks = [trouble]
    with pytest.raises(type(trouble)):
        await sweep(bench, FIRST)


async def test_what_was_found_is_looked_at_before_the_second_order_may_go(bench: Bench) -> None:
    await sent_again(bench)
    bench.provider.looks = [Unavailable("500")]
    with pytest.raises(Unavailable):
        await sweep(bench, FIRST)


async def test_nothing_is_stored_of_a_member_who_was_erased_meanwhile(bench: Bench) -> None:
    job = await paid_again(bench)
    (lost,) = await bench.store.replaced("openai", NOON - FURTHEST)
    await erase(bench, job)
    await DoubledOrders(context=bench.context).take(bench.provider, lost, "video_1", NOON)
    assert await double_of(bench, job) is None
    assert await spent(bench, job) == (FREE, job.quote)


async def test_a_call_about_an_order_that_waits_elsewhere_by_then_is_heard(bench: Bench) -> None:
    job = await sent_again(bench)
    assert await bench.accounts().queues.reassign(job, "other")
    assert await call(bench, job, "video_1") is WebhookResult.ADOPTED
    adopted = await bench.job(job.id)
    assert isinstance(adopted.phase, Rendering)
    assert (adopted.account, adopted.replaced) == ("openai", ())


async def test_a_call_of_its_service_is_enough(bench: Bench) -> None:
    job = await paid_again(bench)
    assert await call(bench, job, "video_1") is WebhookResult.ADOPTED
    double = await double_of(bench, job)
    assert double is not None
    assert isinstance((await bench.run(double.id)).phase, Done)
    assert await spent(bench, job) == (FREE, job.quote * 2)


async def test_a_call_before_the_second_order_was_sent_ends_the_search(bench: Bench) -> None:
    job = await sent_again(bench)
    assert await call(bench, job, "video_1") is WebhookResult.ADOPTED
    adopted = await bench.job(job.id)
    assert isinstance(adopted.phase, Rendering)
    assert adopted.replaced == ()


async def test_a_call_about_what_its_service_does_not_show_yet_may_come_again(bench: Bench) -> None:
    job = await paid_again(bench)
    for seen in (Unavailable("busy"), Waiting(), Gone("404")):
        bench.provider.looks = [seen]
        assert await call(bench, job, "video_1") is WebhookResult.TOO_EARLY
    assert await double_of(bench, job) is None


async def test_what_bears_our_name_of_the_first_time_is_found_without_a_list(bench: Bench) -> None:
    bench.provider.is_named = True
    bench.provider.submits = [OutcomeUnknown("no answer"), "video_2"]
    job_id = await bench.order()
    await bench.step()
    (first,) = bench.provider.orders
    bench.provider.orders.clear()  # the service doesn't list it
    job = await bench.run(job_id)
    await bench.review.pay_again(MANAGER, job)
    bench.provider.submits = ["video_2"]
    await bench.run(job_id)
    bench.provider.orders.insert(0, first)
    await bench.sweep.sweep(bench.provider, starting=False)
    double = await double_of(bench, job)
    assert double is not None
    assert isinstance(double.phase, Rendering)
    assert double.phase.remote_id == "video_1"


async def test_a_render_of_which_the_id_was_known_is_looked_at_by_it(bench: Bench) -> None:
    job_id = await bench.order(a_job())
    bench.provider.submits, bench.provider.looks = ["video_1", "video_2"], [Gone("404")]
    job = await bench.run(job_id)
    assert isinstance(job.phase, NeedsReview)
    await bench.review.pay_again(MANAGER, job)
    bench.provider.looks = [Ready()]
    assert isinstance((await bench.run(job_id)).phase, Done)
    assert await call(bench, job, "video_9") is WebhookResult.NOTHING  # another id: not that one
    await bench.sweep.sweep(bench.provider, starting=False)
    double = await double_of(bench, job)
    assert double is not None
    assert isinstance(double.phase, Rendering)
    assert double.phase.remote_id == "video_1"


@pytest.mark.parametrize(
    "seen", [Waiting(), Gone("404"), Broken(cause=Cause.PROVIDER, reason=Message("It broke."))], ids=repr
)
async def test_what_costs_nothing_or_is_not_done_is_not_booked(
    bench: Bench, seen: Waiting | Gone | Broken, caplog: pytest.LogCaptureFixture
) -> None:
    job = await paid_again(bench)
    bench.provider.looks = [seen]
    await sweep(bench, FIRST)
    assert await double_of(bench, job) is None
    assert "unattributed" not in caplog.text
    assert await spent(bench, job) == (FREE, job.quote)


@pytest.mark.parametrize(
    ("charged", "reported", "cost"),
    [(True, Usd.of("0.05"), "0.05"), (False, Usd.of("0.05"), "0.05"), (True, None, "0.40")],
)
async def test_what_failed_at_a_price_is_booked_as_that(
    bench: Bench, charged: bool, reported: Usd | None, cost: str
) -> None:
    job = await paid_again(bench)
    reason = Message("No.")
    bench.provider.looks = [Broken(cause=Cause.MODERATION, reason=reason, charged=charged, cost=reported)]
    await sweep(bench, FIRST)
    double = await double_of(bench, job)
    assert double is not None
    failed = await bench.run(double.id)
    assert isinstance(failed.phase, Failed)
    assert await spent(bench, job) == (FREE, job.quote + Usd.of(cost))


async def test_it_is_booked_beyond_what_the_budget_has_left(bench: Bench) -> None:
    job, rest = await paid_again(bench), Usd.of("24.50")  # of 25 a month
    await bench.order(a_job(quote=rest, phase=NeedsReview(was="rendering", reason=Message("Who knows?"))))
    await sweep(bench, FIRST)
    assert await spent(bench, job) == (rest + job.quote, job.quote)


async def test_somebody_elses_video_and_one_of_another_hour_are_not_taken_for_it(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    job = await paid_again(bench)
    await sweep(bench, replace(FIRST, prompt="a stranger's cat"))
    await sweep(bench, replace(FIRST, remote_id="video_8", created_at=NOON - timedelta(hours=2)))
    assert await double_of(bench, job) is None
    assert caplog.text.count("unattributed spending") == 2


async def test_what_may_be_it_is_said_to_be_nobodys(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    job = await paid_again(bench)
    await sweep(bench, replace(FIRST, prompt=None))
    assert await double_of(bench, job) is None
    assert caplog.text.count("unattributed spending") == 1


async def test_after_a_week_nobody_looks_for_it_any_more(bench: Bench) -> None:
    await paid_again(bench)
    bench.clock.forward(FURTHEST.total_seconds())
    assert await bench.store.replaced("openai", bench.clock.now() - FURTHEST) == []


async def test_what_may_be_several_orders_video_is_no_request_of_theirs(bench: Bench) -> None:
    """After an old backup was restored its owner is unknown; a manager decided in spite of that."""
    aside = NeedsReview(was="unknown", reason=Message("Either."), sent_at=NOON, guessed=True)
    job = await bench.job(await bench.order(a_job(phase=aside)))
    again = await bench.review.pay_again(MANAGER, job)
    assert isinstance(again.phase, Queued)
    assert again.replaced == ()


async def test_its_time_to_render_says_nothing_of_its_model(bench: Bench) -> None:
    job = await paid_again(bench)
    bench.clock.forward(7200)
    await sweep(bench, FIRST)
    double = await double_of(bench, job)
    assert double is not None
    assert (await bench.run(double.id)).render_seconds is None


async def test_a_job_with_a_replaced_order_is_read_as_it_was_stored(bench: Bench) -> None:
    job = await sent_again(bench)
    assert await bench.job(job.id) == job
    (replaced,) = job.replaced
    assert (replaced.account, replaced.quote, replaced.sent_at) == ("openai", job.quote, NOON)
    assert job.doubles is None


def test_result_and_card_say_why_there_are_two() -> None:
    double = a_done_job(doubles=JobId("K7Q4FD"), approval=Approval(by=MAX, at=NOON))
    for said in (results.result_line(double, results.ResultFacts()), cards.small_print(double, "Sora 2", None)):
        assert "-# This is the first order of K7Q-4FD. Nobody knew whether the service had taken it" in render(said)


async def test_a_row_of_an_older_version_tells_a_guess_by_its_sentence(bench: Bench) -> None:
    aside = NeedsReview(was="unknown", reason=LOOKALIKE, sent_at=NOON)
    job = await bench.job(await bench.order(a_job(phase=aside)))
    assert job.phase == replace(aside, guessed=True)
