"""When a service itself failed to take an order, it is sent once more, after checking that nothing was made."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.access.own_data import Erased, Erasure, OwnRecords
from bot.domain.errors import AccountTrouble, FailedToTake, OutcomeUnknown, ProviderError, Unavailable, Unsupported
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.money.costs import Period
from bot.domain.money.usd import FREE, Usd
from bot.domain.own_name import own_name, seed_of
from bot.domain.phases import Cancelled, Cause, Done, Failed, NeedsReview, Phase, Queued, Rendering, Submitting, Unknown
from bot.domain.ports.provider import Listed
from bot.domain.recovery.first_try import LOOKS, FirstTry, Stage
from bot.domain.recovery.replaced import ReplacedOrder
from bot.domain.video import RemixMethod
from bot.jobs.reconcile.matching import SETTLE, MatchConfidence, expectations
from bot.jobs.reconcile.sharing import AccountSharing
from bot.jobs.runner import Runner
from bot.jobs.steps.recover import ABSENT, AMBIGUOUS, ONCE_MORE, TWICE, UNDECIDED
from bot.jobs.timing.suspend import SuspendDetector
from bot.ui.dialogs.drafts import DRAFTS
from storage.own_data.erasure import SqlErasures
from tests.builders import NOON, WIDE, a_card, a_catalogue, a_job, a_member
from tests.scripted import ScriptedProvider
from tests.unit.test_cards import card
from tests.unit.test_remix_methods import a_queued_remix, a_remix_card
from tests.views import words
from tests.workbench import Bench, a_bench, a_listed

PRICE = Usd.of("0.40")
FAILED = FailedToTake("The video service answered the order with an error (500).")
MANAGER = a_member(id=7, manages=True)
Lists = Sequence[Sequence[Listed] | ProviderError | None]


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as opened:
        opened.provider.shows_at_once = True
        yield opened


async def failed(bench: Bench, *then: str | ProviderError, lists: Lists = ((), (), (), ())) -> Job:
    """A job whose first order the service failed to take."""
    bench.provider.submits, bench.provider.lists = [FAILED, *then], [*lists]
    job_id = await bench.order()
    await bench.step()
    return await bench.job(job_id)


async def due(bench: Bench, *then: str | ProviderError, lists: Lists = ((), (), ())) -> Job:
    """The same, shown to be absent: it waits to be sent once more."""
    job = await failed(bench, *then, lists=lists)
    for seconds in (5, 15, 40):
        await bench.step(forward=seconds)
    return await bench.job(job.id)


# The normal course


async def test_it_is_sent_once_more_when_it_is_absent_for_a_minute(bench: Bench) -> None:
    job = await failed(bench, "video_2")
    began = bench.clock.now()
    for seconds, looks in ((5, 1), (15, 2)):
        await bench.step(forward=seconds)
        watched = await bench.job(job.id)
        assert isinstance(watched.phase, Unknown)
        assert watched.first_try is not None
        assert len(watched.first_try.absent_at) == looks
    await bench.step(forward=39.9)
    assert len(bench.provider.orders) == 1
    await bench.step(forward=0.1)
    waiting = await bench.job(job.id)
    assert waiting.phase == Queued(waits_for=ONCE_MORE)
    assert waiting.first_try is not None
    assert waiting.first_try.absent_at == tuple(began + timedelta(seconds=each) for each in LOOKS)
    await bench.step()
    assert len(bench.provider.orders) == 2
    assert isinstance((await bench.job(job.id)).phase, Rendering)


async def test_it_is_paid_and_shown_once(bench: Bench) -> None:
    job = await bench.run((await failed(bench, "video_2")).id)
    assert isinstance(job.phase, Done)
    assert (job.phase.remote_id, job.cost) == ("video_2", PRICE)
    costs = await bench.store.costs(job.guild_id, None, Period.MONTH)
    assert (costs.spent, costs.reserved) == (PRICE, FREE)
    assert bench.context.counters.repeated_orders == 1
    assert await bench.store.check_books() == []


async def test_its_money_stays_reserved_meanwhile(bench: Bench) -> None:
    job = await due(bench, "video_2")
    assert job.is_sent_once_more
    assert (await bench.store.costs(job.guild_id, None, Period.MONTH)).reserved == PRICE


async def test_the_card_says_what_happens(bench: Bench) -> None:
    job = await failed(bench)
    said = words(card(job))
    assert (
        "**The service failed to take the order.** Kinora makes sure that nothing was made, then orders once more."
        in said
    )
    for seconds in (5, 15, 40):
        await bench.step(forward=seconds)
    assert "nothing was made. Kinora orders once more." in words(card(await bench.job(job.id)))


async def test_looks_without_news_are_told_to_nobody(bench: Bench) -> None:
    await due(bench)
    assert bench.phases == ["submitting", "unknown", "queued"]


# Only once


@pytest.mark.parametrize("again", [FAILED, OutcomeUnknown("no answer")])
async def test_there_is_no_third_time(bench: Bench, again: ProviderError) -> None:
    """Whatever the second answer is, it counts as a lost one: the settle window, then an end."""
    job = await due(bench, again, lists=[()] * 20)
    ended = await bench.run(job.id)
    assert len(bench.provider.orders) == 2
    assert isinstance(ended.phase, Failed)
    assert (ended.phase.reason, ended.phase.charged, ended.phase.cause) == (TWICE, False, Cause.PROVIDER)
    assert bench.clock.now() - (NOON + timedelta(seconds=60)) >= SETTLE
    assert (await bench.store.costs(ended.guild_id, None, Period.MONTH)).reserved == FREE


async def test_a_second_order_that_is_not_taken_yet_is_sent_when_the_service_has_time(bench: Bench) -> None:
    job = await due(bench, Unavailable("busy", 7.0), "video_2", lists=[()] * 5)
    await bench.step()
    waiting = await bench.job(job.id)
    assert waiting.is_sent_once_more
    await bench.step(forward=8)
    assert isinstance((await bench.job(job.id)).phase, Rendering)
    assert len(bench.provider.orders) == 3


async def test_a_process_that_dies_while_it_sends_it_once_more_sends_nothing_more(bench: Bench) -> None:
    job = await due(bench, lists=[()] * 20)
    lease = await bench.lease()
    sending = Submitting(sent_at=bench.clock.now(), fingerprint="f")
    await bench.store.move(
        replace(lease, job=lease.job), lease.job.with_first_try(Stage.OVER).moved_to(sending), keep=True
    )
    bench.clock.forward(120)
    ended = await bench.run(job.id)
    assert len(bench.provider.orders) == 1
    assert isinstance(ended.phase, Failed)


async def test_what_a_manager_has_sent_again_is_not_sent_once_more_by_itself(bench: Bench) -> None:
    job = await failed(bench, FAILED, lists=[[a_listed("a", model="other")]] * 9)
    aside = await bench.run(job.id)
    assert isinstance(aside.phase, NeedsReview)
    assert aside.phase.reason == AMBIGUOUS
    bench.provider.lists = [()] * 20
    await bench.review.pay_again(MANAGER, aside)
    ended = await bench.run(job.id)
    assert len(bench.provider.orders) == 2
    assert isinstance(ended.phase, Failed)


# Only with certainty


@pytest.mark.parametrize("answer", [OutcomeUnknown("no answer"), FAILED])
async def test_without_an_answer_or_a_list_that_shows_all_at_once_it_is_not_sent_again(
    bench: Bench, answer: ProviderError
) -> None:
    bench.provider.shows_at_once = answer is not FAILED
    bench.provider.submits, bench.provider.lists = [answer], [()] * 20
    job = await bench.run(await bench.order())
    assert isinstance(job.phase, Failed)
    assert bench.clock.now() - NOON >= SETTLE - timedelta(seconds=5)
    assert (len(bench.provider.orders), job.first_try) == (1, None)


async def test_it_is_not_sent_once_more_where_lists_have_begun_to_lag(bench: Bench) -> None:
    job = await failed(bench, lists=[()] * 20)
    assert job.first_try is not None
    bench.provider.shows_at_once = False
    assert isinstance((await bench.run(job.id)).phase, Failed)
    assert bench.clock.now() - NOON >= SETTLE
    assert len(bench.provider.orders) == 1


async def test_where_nothing_can_be_looked_up_a_person_decides(bench: Bench) -> None:
    job = await bench.run((await failed(bench, lists=[])).id)
    assert isinstance(job.phase, NeedsReview)
    assert len(bench.provider.orders) == 1


async def test_a_name_of_ours_that_is_found_at_once_counts_like_a_list(bench: Bench) -> None:
    bench.provider.is_named = True
    job = await failed(bench, "video_2")
    bench.provider.orders[0] = replace(bench.provider.orders[0], own_name="another's")
    assert isinstance((await bench.run(job.id)).phase, Done)
    assert len(bench.provider.orders) == 2


async def test_looks_that_fail_do_not_count(bench: Bench) -> None:
    lists: Lists = [(), Unavailable("busy"), AccountTrouble("refused"), *[()] * 9]
    job = await bench.run((await failed(bench, "video_2", lists=lists)).id)
    assert isinstance(job.phase, Done)
    assert job.first_try is not None
    assert len(job.first_try.absent_at) == 3


async def test_what_cannot_be_made_sure_of_in_time_is_not_sent_again(bench: Bench) -> None:
    job = await failed(bench, lists=[Unavailable("busy"), *[()] * 9])
    await bench.step(forward=5)
    await bench.step(forward=16 * 60)
    assert not (await bench.job(job.id)).is_made_sure_of
    ended = await bench.run(job.id)
    assert isinstance(ended.phase, Failed)
    assert ended.phase.reason == ABSENT
    assert len(bench.provider.orders) == 1


async def test_something_that_may_be_it_is_no_absence(bench: Bench) -> None:
    other = a_listed("video_9", model="other")
    job = await failed(bench, lists=[(), (), [other], (), (), ()])
    for seconds in (5, 15, 40):
        await bench.step(forward=seconds)
    watched = await bench.job(job.id)
    assert isinstance(watched.phase, Unknown)
    assert watched.first_try is not None
    assert watched.first_try.absent_at == ()


async def test_who_cancelled_meanwhile_is_ordered_nothing(bench: Bench) -> None:
    job = await failed(bench, lists=[()] * 20)
    await bench.store.cancel(job.id, job.owner_id)
    ended = await bench.run(job.id)
    assert isinstance(ended.phase, Failed)
    assert len(bench.provider.orders) == 1


async def test_it_is_cancelled_for_free_while_it_waits_to_be_sent_once_more(bench: Bench) -> None:
    job = await due(bench)
    await bench.store.cancel(job.id, job.owner_id)
    ended = await bench.run(job.id)
    assert isinstance(ended.phase, Cancelled)
    assert not ended.phase.charged
    assert len(bench.provider.orders) == 1


async def test_who_has_their_data_erased_is_ordered_nothing(bench: Bench) -> None:
    """An order still being searched after a lost answer may be in progress, and continues to its end."""
    job = await failed(bench, lists=[()] * 20)
    await bench.order(a_job(id=JobId("AAAAAA"), phase=Unknown(sent_at=NOON, fingerprint="f")))
    asked = Erasure(member_id=job.owner_id, asked_at=bench.clock.now(), done=Erased(), ended_at=None)
    about = OwnRecords(by_member=(), drafts=DRAFTS)
    erasures = SqlErasures(database=bench.store.database, clock=bench.clock, about=about)
    assert [each.id for each in await erasures.waiting(asked)] == [job.id]


# A late video of the first order


async def test_the_video_of_the_first_time_is_adopted_while_it_is_made_sure_of(bench: Bench) -> None:
    job = await failed(bench, lists=[(), (), [a_listed("video_9")]])
    for seconds in (5, 15, 40):
        await bench.step(forward=seconds)
    assert (await bench.job(job.id)).phase == Rendering(remote_id="video_9", started_at=NOON)


async def test_it_is_looked_for_once_more_right_before_the_second_order(bench: Bench) -> None:
    job = await due(bench, lists=[(), (), (), [a_listed("video_9")]])
    await bench.step(forward=600)
    assert (await bench.job(job.id)).phase == Rendering(remote_id="video_9", started_at=NOON)
    assert len(bench.provider.orders) == 1


async def test_it_is_adopted_by_the_sweep_while_the_order_waits(bench: Bench) -> None:
    job = await due(bench, lists=[(), (), (), [a_listed("video_9")]])
    await bench.sweep.sweep(bench.provider, starting=False)
    assert (await bench.job(job.id)).phase == Rendering(remote_id="video_9", started_at=NOON)


async def test_without_a_list_it_is_adopted_by_its_name_while_the_order_waits(bench: Bench) -> None:
    bench.provider.is_named = True
    job = await failed(bench, lists=())
    (sent,) = bench.provider.orders
    bench.provider.orders.clear()  # it shows later
    for seconds in (5, 15, 40):
        await bench.step(forward=seconds)
    assert (await bench.job(job.id)).is_sent_once_more
    bench.provider.orders.append(sent)
    await bench.sweep.sweep(bench.provider, starting=False)
    assert (await bench.job(job.id)).phase == Rendering(remote_id="video_1", started_at=NOON)


async def test_it_is_known_while_the_answer_to_the_second_order_is_missing(bench: Bench) -> None:
    job = await due(bench, OutcomeUnknown("no answer"), lists=[(), (), (), (), [a_listed("video_9")]])
    await bench.step()
    await bench.step(forward=5)
    phase = (await bench.job(job.id)).phase
    assert isinstance(phase, Rendering)
    assert phase.remote_id == "video_9"


async def test_a_second_order_that_was_not_taken_replaces_nothing(bench: Bench) -> None:
    job = await due(bench, Unavailable("busy", 7.0), "video_2", lists=[()] * 5)
    await bench.step()
    assert (await bench.job(job.id)).replaced == ()
    await bench.step(forward=8)
    sent = await bench.job(job.id)
    assert sent.replaced == (ReplacedOrder(account="openai", sent_at=NOON, quote=PRICE),)


async def test_a_second_order_by_another_way_replaces_the_first_all_the_same(bench: Bench) -> None:
    job, _ = await a_queued_remix(bench, a_remix_card(remix=(RemixMethod.FRAME, RemixMethod.REPROMPT)))
    bench.provider.submits, bench.provider.lists = [FAILED, Unsupported("no pictures"), "video_2"], [()] * 4
    await bench.step()
    for seconds in (5, 15, 40):
        await bench.step(forward=seconds)
    await bench.step()
    sent = await bench.job(job.id)
    assert isinstance(sent.phase, Rendering)
    assert sent.phase.method is RemixMethod.REPROMPT
    assert sent.first_try is not None
    assert [(each.sent_at, each.method) for each in sent.replaced] == [(sent.first_try.sent_at, RemixMethod.FRAME)]


async def test_it_is_known_by_the_seed_of_either_time(bench: Bench) -> None:
    job = await due(bench, OutcomeUnknown("no answer"), lists=[()] * 5)
    await bench.step()
    second = (await bench.job(job.id)).phase
    assert isinstance(second, Unknown)
    (mine,) = await expectations(bench.store, bench.context.catalogue, "openai")
    for moment in (NOON, second.sent_at):
        seed = seed_of(own_name(job.id, moment))
        assert mine.fit(a_listed("video_9", seed=seed)) is MatchConfidence.SURE
    assert mine.fit(a_listed("video_9", seed=1)) is MatchConfidence.NO


async def test_what_may_be_it_goes_before_a_person_and_not_once_more(bench: Bench) -> None:
    other = [a_listed("video_9", model="other")]
    job = await due(bench, lists=[(), (), (), *[other] * 30])
    phase = (await bench.run(job.id)).phase
    assert isinstance(phase, NeedsReview)
    assert (phase.reason, phase.sent_at, phase.nobody_knows) == (AMBIGUOUS, NOON, True)
    assert len(bench.provider.orders) == 1


async def test_after_an_old_backup_what_was_sent_once_more_already_is_not_sent_again(bench: Bench) -> None:
    """The second order's video exists by then, with a seed unknown to this database."""
    job = await due(bench, lists=[(), (), (), *[[a_listed("video_9", seed=5, at=NOON + timedelta(minutes=2))]] * 30])
    assert isinstance((await bench.run(job.id)).phase, NeedsReview)
    assert len(bench.provider.orders) == 1


async def test_so_it_is_where_that_was_long_after_the_first_time(bench: Bench) -> None:
    """It had waited for hours, for a place or for approval."""
    late = a_listed("video_9", at=NOON + timedelta(hours=5))
    job = await due(bench, lists=[(), (), (), *[[late]] * 30])
    bench.clock.forward(6 * 3600)
    assert isinstance((await bench.run(job.id)).phase, NeedsReview)
    assert len(bench.provider.orders) == 1


async def test_what_is_another_orders_after_all_holds_it_up_for_a_minute(bench: Bench) -> None:
    other = [a_listed("video_9", model="other")]
    job = await due(bench, "video_2", lists=[(), (), (), other, ()])
    await bench.step()
    assert len(bench.provider.orders) == 1
    await bench.step(forward=60)
    assert isinstance((await bench.job(job.id)).phase, Rendering)


async def test_a_last_look_that_fails_is_repeated(bench: Bench) -> None:
    job = await due(bench, "video_2", lists=[(), (), (), Unavailable("busy"), AccountTrouble("no"), None, ()])
    await bench.run(job.id)
    assert len(bench.provider.orders) == 2


async def test_where_it_can_no_longer_be_looked_up_a_person_decides(bench: Bench) -> None:
    job = await bench.run((await due(bench)).id)
    assert isinstance(job.phase, NeedsReview)
    assert job.phase.reason == UNDECIDED
    assert len(bench.provider.orders) == 1


# The agreed price


async def test_it_costs_no_more_than_was_agreed_to(bench: Bench) -> None:
    job = await due(bench)
    bench.provider.lists = [()]
    bench.context.catalogue.renew(a_catalogue(a_card(per_second={WIDE: Usd.of("0.11")})))
    ended = await bench.run(job.id)
    assert isinstance(ended.phase, Failed)
    assert str(ended.phase.reason) == "Sora 2 now charges $0.44 for this video instead of $0.40."
    assert len(bench.provider.orders) == 1
    assert (await bench.store.costs(ended.guild_id, None, Period.MONTH)).reserved == FREE


# The same service only


async def test_it_stays_at_its_account(bench: Bench) -> None:
    gpu = ScriptedProvider(name="gpu", shows_at_once=True)
    bench.context = replace(
        bench.context,
        catalogue=a_catalogue(a_card(accounts=("openai", "gpu"))),
        providers={"openai": bench.provider, "gpu": gpu},
    )
    bench.runner = Runner(bench.context)
    job = await due(bench)
    await bench.context.drains.begin("openai")
    sharing = AccountSharing(context=bench.context, accounts=bench.accounts(), total=9)
    assert await sharing.round() == 0
    assert (await bench.job(job.id)).account == "openai"


async def test_where_its_model_has_moved_it_ends_for_free(bench: Bench) -> None:
    job = await due(bench)
    gpu = ScriptedProvider(name="gpu", shows_at_once=True)
    bench.context = replace(
        bench.context,
        catalogue=a_catalogue(a_card(accounts=("gpu",))),
        providers={"openai": bench.provider, "gpu": gpu},
    )
    bench.runner = Runner(bench.context)
    ended = await bench.run(job.id)
    assert isinstance(ended.phase, Failed)
    assert gpu.orders == []
    assert len(bench.provider.orders) == 1


# Storage


@pytest.mark.parametrize("phase", [Queued(), Unknown(sent_at=NOON, fingerprint="f")])
async def test_it_is_kept_with_the_order(bench: Bench, phase: Phase) -> None:
    first = FirstTry(sent_at=NOON, answered_at=NOON + timedelta(seconds=3), absent_at=(NOON,), stage=Stage.DUE)
    job_id = await bench.order(a_job(phase=phase, first_try=first))
    assert (await bench.job(job_id)).first_try == first


def test_looks_count_from_their_times_on_and_a_clock_that_jumps_makes_nobody_wait_long() -> None:
    first = FirstTry(sent_at=NOON, answered_at=NOON)
    assert first.unseen(NOON + timedelta(seconds=4.9), NOON) == first
    once = first.unseen(NOON + timedelta(seconds=5), NOON)
    assert once.unseen(NOON + timedelta(seconds=19), NOON) == once
    assert once.until_look(NOON + timedelta(seconds=5), NOON) == 15
    assert once.until_look(NOON - timedelta(days=2), NOON) == 60
    thrice = once.unseen(NOON + timedelta(seconds=20), NOON).unseen(NOON + timedelta(seconds=60), NOON)
    assert thrice.is_absent
    assert thrice.unseen(NOON + timedelta(seconds=90), NOON) == thrice


async def test_a_process_whose_clock_is_ahead_looks_for_a_minute_all_the_same(bench: Bench) -> None:
    """The answer was received by another process, whose clock was right."""
    job = await failed(bench, lists=[()] * 9)
    await bench.step(forward=300)
    for seconds in (1, 13, 1, 38):
        await bench.step(forward=seconds)
        assert (await bench.job(job.id)).is_made_sure_of
    await bench.step(forward=2)
    assert (await bench.job(job.id)).is_sent_once_more


async def test_a_clock_that_was_set_forward_makes_nothing_absent(bench: Bench) -> None:
    """Two looks were made by then; only the third one ends a minute."""
    awake = 0.0
    bench.context = replace(bench.context, suspend_detector=SuspendDetector(lambda: awake))
    bench.runner = Runner(bench.context)
    job = await failed(bench, lists=[()] * 9)
    for seconds in (5, 15):
        awake += seconds
        await bench.step(forward=seconds)
    awake += 1
    await bench.step(forward=300)
    for seconds in (30, 29):
        awake += seconds
        await bench.step(forward=seconds)
        assert (await bench.job(job.id)).is_made_sure_of
    awake += 1
    await bench.step(forward=1)
    assert (await bench.job(job.id)).is_sent_once_more
