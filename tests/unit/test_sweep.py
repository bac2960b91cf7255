"""Videos at a service without a job: found by the search, by the sweep, or logged once. Never paid twice."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import AccountTrouble, OutcomeUnknown, ProviderError, Unavailable
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.phases import Done, Failed, NeedsReview, Phase, Queued, Rendering, Submitting, Unknown
from bot.domain.ports.webhooks import WebhookEvent
from bot.domain.video import Picture, VideoOptions
from bot.jobs.providers.comparisons import RECONCILING
from bot.jobs.providers.throttle import Request
from bot.jobs.reconcile.matching import LOOKALIKE, SETTLE
from bot.jobs.reconcile.sweep import MOST_TRIES, RETRY
from bot.jobs.reconcile.webhooks import WebhookCall
from bot.jobs.steps.recover import AMBIGUOUS, GIVE_UP, NAMED_WITHIN, NOT_BY_NAME, UNDECIDED
from tests.builders import NOON, a_job, a_request
from tests.workbench import Bench, a_bench, a_listed

A, B, C, D = JobId("AAAAAA"), JobId("BBBBBB"), JobId("CCCCCC"), JobId("DDDDDD")


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


async def lost(bench: Bench, job: Job | None = None) -> JobId:
    """An order whose answer was lost."""
    bench.provider.submits = [OutcomeUnknown("no answer")]
    job_id = await bench.order(job)
    await bench.step()
    assert isinstance((await bench.job(job_id)).phase, Unknown)
    return job_id


async def aside(bench: Bench, job: Job | None = None) -> JobId:
    """A lost order for which the search failed."""
    job_id = await lost(bench, job)
    bench.provider.lists = [None]
    assert isinstance((await bench.run(job_id)).phase, NeedsReview)
    return job_id


async def phase_of(bench: Bench, job_id: JobId) -> Phase:
    return (await bench.job(job_id)).phase


def pictured(sha256: str) -> Picture:
    return Picture(key=f"pictures/{sha256}.png", preview=f"pictures/{sha256}.jpg", sha256=sha256, note="")


# Search by name


async def test_a_lost_order_is_found_by_the_name_it_was_given(bench: Bench) -> None:
    bench.provider.is_named = True
    job_id = await lost(bench)
    await bench.run(job_id)
    (order,) = bench.provider.orders
    assert order.own_name is not None
    assert order.own_name.startswith(f"{job_id}-")
    done = await bench.job(job_id)
    assert isinstance(done.phase, Done)
    assert done.phase.remote_id == "video_1"


async def test_two_requests_of_a_job_have_two_names(bench: Bench) -> None:
    bench.provider.is_named = True
    bench.provider.submits = [Unavailable("busy", 60.0), "video_2"]
    await bench.run(await bench.order())
    first, second = [order.own_name for order in bench.provider.orders]
    assert first != second


async def test_what_is_another_orders_video_is_not_taken_whatever_its_name(bench: Bench) -> None:
    bench.provider.is_named = True
    bench.provider.submits = ["video_2"]
    await bench.run(await bench.order(a_job(id=B)))
    job_id = await lost(bench)
    assert await bench.provider.find(bench.provider.orders[1].own_name or "") == ["video_2"]
    assert isinstance((await bench.run(job_id)).phase, NeedsReview)


async def test_a_name_that_nothing_bears_goes_before_a_person_after_a_while(bench: Bench) -> None:
    bench.provider.is_named = True
    job_id = await lost(bench)
    bench.provider.orders.clear()  # the service never lists it
    job = await bench.run(job_id)
    assert isinstance(job.phase, NeedsReview)
    assert job.phase.reason == NOT_BY_NAME
    assert job.phase.sent_at is not None
    assert NAMED_WITHIN <= bench.clock.now() - job.phase.sent_at < NAMED_WITHIN + timedelta(minutes=2)


async def test_what_bears_the_name_too_late_is_adopted_by_the_sweep(bench: Bench) -> None:
    bench.provider.is_named = True
    job_id = await lost(bench)
    (order,) = bench.provider.orders
    bench.provider.orders.clear()
    assert isinstance((await bench.run(job_id)).phase, NeedsReview)
    await bench.sweep.sweep(bench.provider, starting=False)
    assert isinstance(await phase_of(bench, job_id), NeedsReview)
    bench.provider.orders.append(order)
    await bench.sweep.sweep(bench.provider, starting=False)
    phase = await phase_of(bench, job_id)
    assert isinstance(phase, Rendering)
    assert phase.remote_id == "video_1"
    assert isinstance((await bench.run(job_id)).phase, Done)


# Search


async def test_two_listings_past_the_settle_window_are_needed_for_absent(bench: Bench) -> None:
    job_id = await lost(bench)
    bench.provider.lists = [[], [], [], []]
    for pause in (5, 10, 30):
        await bench.step(forward=pause)
    await bench.step(forward=SETTLE.total_seconds())
    assert isinstance(await phase_of(bench, job_id), Unknown)
    bench.provider.lists = [[]]
    await bench.step(forward=60)
    assert isinstance(await phase_of(bench, job_id), Failed)


@pytest.mark.parametrize("trouble", [Unavailable("500"), AccountTrouble("401")])
async def test_a_list_that_fails_once_makes_absent_wait_for_two_more(bench: Bench, trouble: ProviderError) -> None:
    job_id = await lost(bench)
    bench.provider.lists = [[], trouble, []]
    await bench.step(forward=SETTLE.total_seconds())
    await bench.step(forward=60)
    await bench.step(forward=60)
    phase = await phase_of(bench, job_id)
    assert isinstance(phase, Unknown)
    assert phase.absent == 1


async def test_a_list_that_fails_for_a_day_makes_it_a_persons_matter(bench: Bench) -> None:
    job_id = await lost(bench)
    bench.provider.lists = [Unavailable("500"), Unavailable("500")]
    await bench.step(forward=GIVE_UP.total_seconds() - 1)
    assert isinstance(await phase_of(bench, job_id), Unknown)
    await bench.step(forward=60)
    undecided = await phase_of(bench, job_id)
    assert isinstance(undecided, NeedsReview)
    assert undecided.reason == UNDECIDED


async def test_a_video_of_another_model_is_neither_adopted_nor_overlooked(bench: Bench) -> None:
    job_id = await lost(bench)
    other = [a_listed("video_9", model="sora-2-pro")]
    bench.provider.lists = [other for _ in range(10)]
    job = await bench.run(job_id)
    assert isinstance(job.phase, NeedsReview)
    assert job.phase.reason == AMBIGUOUS


async def test_a_gateways_prefix_does_not_make_it_another_model(bench: Bench) -> None:
    job_id = await lost(bench)
    bench.provider.lists = [[a_listed("video_9", model="azure/sora-2")]]
    await bench.step(forward=5)
    assert isinstance(await phase_of(bench, job_id), Rendering)


async def test_a_host_with_a_wrong_clock_is_never_called_absent(bench: Bench) -> None:
    job_id = await lost(bench)
    early = [a_listed("video_9", at=NOON - timedelta(minutes=20))]
    bench.provider.lists = [early for _ in range(10)]
    assert isinstance((await bench.run(job_id)).phase, NeedsReview)


async def test_without_prompts_in_the_list_a_lone_video_is_adopted_once_no_other_can_come(bench: Bench) -> None:
    job_id = await lost(bench)
    bench.provider.lists = [[a_listed("video_9", prompt=None)] for _ in range(3)]
    await bench.step(forward=5)
    assert isinstance(await phase_of(bench, job_id), Unknown)
    await bench.step(forward=SETTLE.total_seconds())
    phase = await phase_of(bench, job_id)
    assert isinstance(phase, Rendering)
    assert phase.remote_id == "video_9"


async def test_without_prompts_in_the_list_a_lone_video_is_neither_of_two_orders(bench: Bench) -> None:
    jobs = [await lost(bench, a_job(id=A)), await lost(bench, a_job(id=B, request=a_request(prompt="a hare")))]
    bench.provider.lists = [[a_listed("video_9", prompt=None)]] * 20
    for job_id in jobs:
        assert isinstance((await bench.run(job_id)).phase, NeedsReview)


async def test_an_order_that_waits_has_no_part_in_a_lost_ones_video(bench: Bench) -> None:
    job_id = await lost(bench, a_job(id=A))
    await bench.order(a_job(id=B))
    await bench.step()  # it waits: the lost one may be the same
    assert isinstance(await phase_of(bench, B), Queued)
    bench.provider.submits, bench.provider.lists = ["video_2"], [[a_listed("video_9")]]
    await bench.step(forward=5)
    assert await phase_of(bench, job_id) == Rendering(remote_id="video_9", started_at=NOON)


async def test_without_prompts_in_the_list_two_videos_are_a_persons_matter(bench: Bench) -> None:
    job_id = await lost(bench)
    two = [a_listed("video_8", prompt=None), a_listed("video_9", prompt=None)]
    bench.provider.lists = [two for _ in range(10)]
    assert isinstance((await bench.run(job_id)).phase, NeedsReview)


async def test_the_same_words_from_two_pictures_are_a_persons_matter(bench: Bench) -> None:
    for sha256 in ("11", "22"):
        await bench.context.files.put(sha256.encode(), f"pictures/{sha256}.png")
    first = await lost(bench, a_job(id=A, request=a_request(picture=pictured("11"))))
    second = await lost(bench, a_job(id=B, request=a_request(picture=pictured("22"))))
    bench.provider.lists = [[a_listed("video_9")] for _ in range(20)]
    assert isinstance((await bench.run(first)).phase, NeedsReview)
    assert isinstance((await bench.run(second)).phase, NeedsReview)


async def test_a_remix_that_was_sent_with_its_scene_is_found_by_all_its_words(bench: Bench) -> None:
    source = await bench.run(await bench.order(a_job(id=A)))
    assert isinstance(source.phase, Done)
    request = a_request(prompt="make it night", source=A)
    job_id = await bench.order(a_job(id=B, request=request))
    lease = await bench.lease()
    sent = Unknown(sent_at=bench.clock.now(), fingerprint="f", method=bench.context.catalogue.cards["sora-2"].remix[-1])
    await bench.store.move(lease, lease.job.moved_to(sent), 0.0)
    now = bench.clock.now()
    short = a_listed("video_8", prompt="make it night", at=now)
    whole = a_listed("video_9", prompt="a fox in the snow\n\nmake it night", at=now)
    bench.provider.lists = [[short, whole]]
    await bench.step()
    phase = await phase_of(bench, job_id)
    assert isinstance(phase, Rendering)
    assert phase.remote_id == "video_9"


async def test_a_remix_and_a_new_video_of_the_same_words_are_told_apart_when_both_answers_are_lost(
    bench: Bench,
) -> None:
    assert isinstance((await bench.run(await bench.order(a_job(id=A)))).phase, Done)
    new = await lost(bench, a_job(request=a_request(prompt="make it night")))
    remix = await lost(bench, a_job(id=B, request=a_request(prompt="make it night", source=A)))
    now = bench.clock.now()
    plain = a_listed("video_8", prompt="make it night", at=now)
    bench.provider.lists = [[plain, replace(plain, remote_id="video_9", remixed_from="video_1")]] * 4
    found = [(await bench.run(job_id)).phase for job_id in (new, remix)]
    assert [isinstance(phase, Done) and phase.remote_id for phase in found] == ["video_8", "video_9"]


async def test_an_answer_with_the_id_of_another_job_is_looked_up_like_a_lost_one(bench: Bench) -> None:
    await bench.run(await bench.order(a_job(id=A)))
    bench.provider.submits = ["video_1"]
    job_id = await bench.order(a_job(id=B, request=a_request(prompt="a cat")))
    await bench.step()
    assert isinstance(await phase_of(bench, job_id), Unknown)


# Sweep


async def test_a_late_video_is_adopted_from_a_persons_pile(bench: Bench) -> None:
    job_id = await aside(bench)
    bench.provider.lists = [[a_listed("video_9")]]
    await bench.sweep.sweep(bench.provider, starting=False)
    phase = await phase_of(bench, job_id)
    assert isinstance(phase, Rendering)
    assert phase.remote_id == "video_9"
    assert isinstance((await bench.run(job_id)).phase, Done)
    assert len(bench.provider.orders) == 1
    assert await bench.store.check_books() == []


async def test_a_video_that_fits_two_orders_is_left_to_a_person(bench: Bench) -> None:
    first, second = await aside(bench, a_job(id=A)), await aside(bench, a_job(id=B))
    bench.provider.lists = [[a_listed("video_9")]]
    await bench.sweep.sweep(bench.provider, starting=True)
    assert isinstance(await phase_of(bench, first), NeedsReview)
    assert isinstance(await phase_of(bench, second), NeedsReview)


async def test_the_sweep_never_touches_an_order_that_is_being_sent(bench: Bench) -> None:
    job_id = await bench.order()
    lease = await bench.lease()
    sending = Submitting(sent_at=bench.clock.now(), fingerprint="f")
    await bench.store.move(lease, lease.job.moved_to(sending), keep=True)
    bench.provider.lists = [[a_listed("video_9")]]
    await bench.sweep.sweep(bench.provider, starting=True)
    assert await phase_of(bench, job_id) == sending


async def test_spending_that_no_order_knows_is_said_once(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    stranger = a_listed("video_9", prompt="a stranger's cat")
    for _ in range(3):
        bench.provider.lists = [[stranger]]
        await bench.sweep.sweep(bench.provider, starting=False)
    (said,) = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert said.startswith("unattributed spending: video.example has the video video_9 of 2026-11-23T12:00:00")


async def test_a_second_video_that_a_service_calls_about_is_said_once_and_not_again_by_the_sweep(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """It was ordered again after a backup was restored, although the first request had been accepted."""
    bench.provider.submits = ["video_2"]
    job = await bench.job(await bench.order())
    await bench.step()
    for remote_id, is_done in (("video_2", True), ("video_7", False), ("video_1", True), ("video_1", True)):
        event = WebhookEvent(remote_id=remote_id, is_done=is_done)
        await bench.intake.take(WebhookCall(account="openai", job_id=job.id, event=event))
    assert bench.context.counters.unattributed_videos == 1
    bench.provider.lists = [[a_listed("video_1", prompt="said otherwise"), a_listed("video_2")]]
    await bench.sweep.sweep(bench.provider, starting=False)
    said = [record.getMessage() for record in caplog.records if "unattributed" in record.getMessage()]
    assert [each.partition(" of ")[0] for each in said] == [
        "unattributed spending: video.example has the video video_1"
    ]
    assert bench.context.counters.unattributed_videos == 1
    assert (await bench.job(job.id)).phase == Rendering(remote_id="video_2", started_at=bench.clock.now())


async def test_videos_of_our_jobs_are_not_called_unattributed(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    await bench.run(await bench.order())
    bench.provider.lists = [[a_listed("video_1")]]
    await bench.sweep.sweep(bench.provider, starting=True)
    assert "unattributed" not in caplog.text


async def test_after_an_old_backup_a_waiting_job_gets_the_video_it_has_paid_for(bench: Bench) -> None:
    job_id = await bench.order()
    bench.clock.forward(3600)
    bench.provider.lists = [[a_listed("video_9", at=NOON + timedelta(minutes=1))]]
    await bench.sweep.sweep(bench.provider, starting=True)
    assert isinstance((await bench.run(job_id)).phase, Done)
    assert bench.provider.orders == []
    assert await bench.store.check_books() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"at": NOON - timedelta(minutes=5)},
        {"prompt": None},
        {"model": None},
        {"seconds": None},
        {"size": "720x1280"},
        {"prompt": "a fox in the snow!"},
    ],
    ids=["older than the order", "no prompt", "no model", "no length", "another size", "other words"],
)
async def test_a_waiting_job_takes_nothing_less_than_its_exact_order(bench: Bench, changes: dict[str, object]) -> None:
    job_id = await bench.order()
    bench.provider.lists = [[a_listed("video_9", **changes)]]
    await bench.sweep.sweep(bench.provider, starting=True)
    assert isinstance(await phase_of(bench, job_id), Queued)


async def test_later_sweeps_leave_waiting_jobs_alone(bench: Bench) -> None:
    job_id = await bench.order()
    bench.provider.lists = [[a_listed("video_9")]]
    await bench.sweep.sweep(bench.provider, starting=False)
    assert isinstance(await phase_of(bench, job_id), Queued)


async def test_waiting_jobs_that_are_alike_share_the_videos_and_the_rest_is_ordered(bench: Bench) -> None:
    first, second = await bench.order(a_job(id=A)), await bench.order(a_job(id=B))
    bench.provider.lists = [[a_listed("video_9")]]
    await bench.sweep.sweep(bench.provider, starting=True)
    assert isinstance(await phase_of(bench, first), Rendering)
    assert isinstance(await phase_of(bench, second), Queued)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"picture": pictured("11")}, {"picture": pictured("22")}),
        ({"options": VideoOptions(end=pictured("11"))}, {"options": VideoOptions(end=pictured("22"))}),
        ({"source": C}, {"source": D}),
    ],
    ids=["start images", "end images", "originals"],
)
async def test_waiting_jobs_that_differ_in_what_no_list_shows_are_set_aside_together(
    bench: Bench, first: dict[str, Any], second: dict[str, Any]
) -> None:
    bench.provider.submits = ["video_1", "video_2"]
    for original in (C, D):
        assert isinstance((await bench.run(await bench.order(a_job(id=original)))).phase, Done)
    bench.provider.orders.clear()
    for job_id, differs in ((A, first), (B, second)):
        await bench.order(a_job(id=job_id, request=a_request(prompt="make it night", **differs)))
    bench.provider.lists = [[a_listed("video_9", prompt="make it night", at=bench.clock.now())]]
    await bench.sweep.sweep(bench.provider, starting=True)
    for job_id in (A, B):
        phase = await phase_of(bench, job_id)
        assert isinstance(phase, NeedsReview)
        assert phase.reason == LOOKALIKE
    assert bench.provider.orders == []


async def test_what_may_also_be_a_lost_orders_video_keeps_as_many_of_those_that_wait_from_being_ordered(
    bench: Bench,
) -> None:
    """An old backup: the lost order was never accepted, and one of the others was made in its place since."""
    await lost(bench, a_job(id=A))
    for job_id in (B, C):
        await bench.order(a_job(id=job_id))
    bench.clock.forward(3600)
    bench.provider.lists = [[a_listed("video_9", at=NOON + timedelta(minutes=20))]]
    await bench.sweep.sweep(bench.provider, starting=True)
    phase = await phase_of(bench, B)
    assert isinstance(phase, NeedsReview)
    assert (phase.reason, phase.sent_at) == (LOOKALIKE, NOON + timedelta(minutes=20))
    assert isinstance(await phase_of(bench, A), Unknown)
    assert isinstance(await phase_of(bench, C), Queued)


async def test_what_is_surely_one_of_two_lost_orders_keeps_none_that_waits(bench: Bench) -> None:
    for job_id in (A, B):
        await bench.order(a_job(id=job_id, phase=Unknown(sent_at=NOON, fingerprint=job_id)))
    await bench.order(a_job(id=C))
    bench.provider.lists = [[a_listed("video_9")]]
    await bench.sweep.sweep(bench.provider, starting=True)
    assert isinstance(await phase_of(bench, C), Queued)


async def test_a_video_for_which_orders_were_set_aside_is_not_called_unattributed_for_the_seed_it_was_sent_with(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    for job_id, sha256 in ((A, "11"), (B, "22")):
        await bench.order(a_job(id=job_id, request=a_request(picture=pictured(sha256))))
    for starting in (True, False):
        bench.provider.lists = [[a_listed("video_9", seed=7)]]
        await bench.sweep.sweep(bench.provider, starting=starting)
    assert isinstance(await phase_of(bench, A), NeedsReview)
    assert "unattributed" not in caplog.text


async def test_nothing_is_ordered_before_the_first_sweep_and_then_at_once(bench: Bench) -> None:
    sweep, job_id = bench.sweep, await bench.order()
    await sweep.hold()
    await bench.step()
    assert await phase_of(bench, job_id) == Queued(waits_for=RECONCILING)
    bench.provider.lists = [[]]
    await sweep._begin(bench.provider)
    await bench.step()
    assert isinstance(await phase_of(bench, job_id), Rendering)


async def test_the_first_sweep_is_tried_again_and_orders_wait_for_it(bench: Bench) -> None:
    sweep = bench.sweep
    await sweep.hold()
    bench.provider.lists = [Unavailable("500"), AccountTrouble("401"), [a_listed("video_9")]]
    job_id = await bench.order()
    await sweep._begin(bench.provider)
    assert isinstance(await phase_of(bench, job_id), Rendering)
    assert bench.provider.orders == []


async def test_orders_wait_for_the_first_sweep_however_slowly_its_tries_fail(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep, held = bench.sweep, list[bool]()

    async def slow(*_: object) -> None:
        bench.clock.forward(300.0)
        held.append(bench.context.throttle.seconds_left("openai", Request.PAID, bench.clock.now()) > 0)
        raise Unavailable("500")

    monkeypatch.setattr(bench.provider, "recent", slow)
    await sweep.hold()
    await sweep._begin(bench.provider)
    assert held == [True] * MOST_TRIES


@pytest.mark.parametrize("trouble", [Unavailable("500"), KeyError("data")])
async def test_a_service_that_never_lists_does_not_stop_orders_for_ever(
    bench: Bench, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    async def never(*_: object) -> None:
        raise trouble

    monkeypatch.setattr(bench.provider, "recent", never)
    sweep, job_id = bench.sweep, await bench.order()
    await sweep.hold()
    await sweep._begin(bench.provider)
    assert bench.clock.now() - NOON == timedelta(seconds=MOST_TRIES * RETRY)
    assert "orders go on without having compared" in caplog.text
    await bench.step()
    assert isinstance(await phase_of(bench, job_id), Rendering)
