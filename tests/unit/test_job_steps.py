"""A job's life, step by step: real SQLite and files; the service, Discord and the darkroom follow a script."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import (
    AccountTrouble,
    Gone,
    OutcomeUnknown,
    Refused,
    SpoiltVideo,
    Unavailable,
    Undeliverable,
    Unsupported,
)
from bot.domain.ids import JobId
from bot.domain.messages import msg
from bot.domain.money.costs import Period
from bot.domain.money.usd import Usd
from bot.domain.phases import (
    Cancelled,
    Cause,
    Done,
    Failed,
    NeedsReview,
    Queued,
    Rendering,
    Submitting,
    Undelivered,
    Unknown,
)
from bot.domain.ports.provider import Broken, Ready, Waiting
from bot.domain.video import RemixMethod
from bot.jobs.reconcile.matching import SETTLE
from bot.jobs.steps.submit import NO_ACCOUNT
from tests.builders import ANN, a_job, a_request
from tests.workbench import Bench, a_bench, a_listed


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


async def test_a_job_goes_from_the_queue_to_its_channel(bench: Bench) -> None:
    bench.provider.looks = [Waiting(progress=None), Waiting(progress=60), Ready()]
    job = await bench.run(await bench.order())
    assert isinstance(job.phase, Done)
    assert [p for i, p in enumerate(bench.phases) if i == 0 or bench.phases[i - 1] != p] == [
        "submitting",
        "rendering",
        "saving",
        "posting",
        "done",
    ]
    assert bench.publisher.delivered == [(job.id, False)]
    assert len(bench.provider.orders) == 1
    assert job.cost == Usd.of("0.40")


async def test_the_services_own_bill_wins_over_the_estimate(bench: Bench) -> None:
    bench.provider.looks = [Ready(cost=Usd.of("0.304"))]
    job = await bench.run(await bench.order())
    assert job.cost == Usd.of("0.304")
    assert await bench.store.check_books() == []


async def test_a_refusal_costs_nothing(bench: Bench) -> None:
    bench.provider.submits = [Refused("The service refuses these words.", Cause.MODERATION)]
    job = await bench.run(await bench.order())
    assert isinstance(job.phase, Failed)
    assert (job.phase.cause, job.phase.charged, job.cost) == (Cause.MODERATION, False, None)
    assert (await bench.store.costs(job.guild_id, None, Period.MONTH)).reserved == Usd(0)


async def test_a_busy_service_keeps_the_job_in_the_queue_for_as_long_as_it_asks(bench: Bench) -> None:
    bench.provider.submits = [Unavailable("busy", retry_after=40), "video_1"]
    job_id = await bench.order()
    await bench.step()
    assert isinstance((await bench.job(job_id)).phase, Queued)
    await bench.step(forward=39)
    assert len(bench.provider.orders) == 1
    await bench.step(forward=2)
    assert isinstance((await bench.job(job_id)).phase, Rendering)


async def test_a_refused_key_keeps_the_job_in_the_queue(bench: Bench) -> None:
    bench.provider.submits = [AccountTrouble("OPENAI_API_KEY is refused.")]
    job_id = await bench.order()
    await bench.step()
    phase = (await bench.job(job_id)).phase
    assert isinstance(phase, Queued)
    assert phase.waits_for == NO_ACCOUNT


async def test_a_lost_answer_is_looked_up_and_adopted_not_sent_again(bench: Bench) -> None:
    bench.provider.submits = [OutcomeUnknown("no answer")]
    job_id = await bench.order()
    await bench.step()
    assert isinstance((await bench.job(job_id)).phase, Unknown)
    bench.provider.lists = [[a_listed("video_9")]]
    await bench.step(forward=5)
    phase = (await bench.job(job_id)).phase
    assert isinstance(phase, Rendering)
    assert phase.remote_id == "video_9"
    assert len(bench.provider.orders) == 1


async def test_only_a_video_that_fits_the_order_is_adopted(bench: Bench) -> None:
    bench.provider.submits = [OutcomeUnknown("no answer")]
    job_id = await bench.order()
    await bench.step()
    strangers = [a_listed("a", prompt="a cat"), a_listed("b", seconds="8"), a_listed("c", size="720x1280")]
    bench.provider.lists = [strangers]
    await bench.step(forward=5)
    assert isinstance((await bench.job(job_id)).phase, Unknown)


async def test_a_video_of_another_job_is_not_adopted(bench: Bench) -> None:
    done = await bench.run(await bench.order(a_job(id=JobId("AAAAAA"))))
    assert isinstance(done.phase, Done)
    bench.provider.submits = [OutcomeUnknown("no answer")]
    job_id = await bench.order(a_job(id=JobId("BBBBBB")))
    await bench.step()
    bench.provider.lists = [[a_listed("video_1", at=bench.clock.now())]]
    await bench.step(forward=5)
    assert isinstance((await bench.job(job_id)).phase, Unknown)


async def test_absent_is_said_only_after_the_settle_window_and_then_nothing_was_charged(bench: Bench) -> None:
    bench.provider.submits = [OutcomeUnknown("no answer")]
    bench.provider.lists = [[] for _ in range(20)]
    job_id = await bench.order()
    await bench.step()
    began = bench.clock.now()
    job = await bench.run(job_id)
    assert isinstance(job.phase, Failed)
    assert (job.phase.cause, job.phase.charged) == (Cause.PROVIDER, False)
    assert bench.clock.now() - began >= SETTLE - timedelta(seconds=5)
    assert len(bench.provider.orders) == 1


async def test_where_the_service_cannot_list_a_person_decides_and_the_money_stays_reserved(bench: Bench) -> None:
    bench.provider.submits = [OutcomeUnknown("no answer")]
    bench.provider.lists = [None]
    job = await bench.run(await bench.order())
    assert isinstance(job.phase, NeedsReview)
    assert (await bench.store.costs(job.guild_id, None, Period.MONTH)).reserved == Usd.of("0.40")


async def test_a_claim_that_finds_a_sent_order_never_sends_it_again(bench: Bench) -> None:
    job_id = await bench.order()
    lease = await bench.lease()
    sending = Submitting(sent_at=bench.clock.now(), fingerprint="f")
    await bench.store.move(lease, lease.job.moved_to(sending), keep=True)  # and then the process dies
    await bench.step(forward=120)
    assert isinstance((await bench.job(job_id)).phase, Unknown)
    assert bench.provider.orders == []


async def test_progress_never_goes_back(bench: Bench) -> None:
    bench.provider.looks = [Waiting(progress=60), Waiting(progress=20), Waiting(progress=None)]
    job_id = await bench.order()
    for _ in range(4):
        await bench.step(forward=30)
    phase = (await bench.job(job_id)).phase
    assert isinstance(phase, Rendering)
    assert phase.progress == 60


async def test_one_missing_answer_is_nothing_and_three_are_a_persons_matter(bench: Bench) -> None:
    bench.provider.looks = [Gone("404"), Waiting(), Gone("404")]
    job_id = await bench.order()
    for _ in range(3):
        await bench.step(forward=61)
    assert isinstance((await bench.job(job_id)).phase, Rendering)
    assert isinstance((await bench.run(job_id)).phase, NeedsReview)


async def test_a_look_that_fails_fails_no_job(bench: Bench) -> None:
    bench.provider.looks = [Unavailable("500"), Unavailable("500"), Ready()]
    assert isinstance((await bench.run(await bench.order())).phase, Done)


async def test_a_broken_render_says_why_and_what_it_cost(bench: Bench) -> None:
    bench.provider.looks = [Broken(cause=Cause.MODERATION, reason=msg("Refused."), charged=True)]
    job = await bench.run(await bench.order())
    assert isinstance(job.phase, Failed)
    assert (job.phase.charged, job.cost) == (True, Usd.of("0.40"))


async def test_a_render_that_never_ends_is_given_to_a_person_after_a_day(bench: Bench) -> None:
    bench.provider.looks = [Waiting(progress=99)]
    job_id = await bench.order()
    await bench.step()
    await bench.step(forward=25 * 3600)
    assert isinstance((await bench.job(job_id)).phase, NeedsReview)


async def test_a_download_that_fails_is_tried_again(bench: Bench) -> None:
    bench.provider.fetches = [Unavailable("reset"), Unavailable("reset"), True]
    assert isinstance((await bench.run(await bench.order())).phase, Done)


async def test_a_file_that_does_not_play_is_fetched_again_and_never_posted(bench: Bench) -> None:
    bench.darkroom.spoilt = [SpoiltVideo("cut short")]
    assert isinstance((await bench.run(await bench.order())).phase, Done)
    assert len(bench.publisher.delivered) == 1


async def test_a_video_gone_at_the_service_fails_and_its_cost_stays(bench: Bench) -> None:
    bench.provider.fetches = [Gone("expired")]
    job = await bench.run(await bench.order())
    assert isinstance(job.phase, Failed)
    assert (job.phase.cause, job.cost) == (Cause.EXPIRED, Usd.of("0.40"))


async def test_a_channel_that_refuses_leaves_the_video_kept(bench: Bench) -> None:
    bench.publisher.troubles = [Undeliverable("Its channel is gone.")]
    job = await bench.run(await bench.order())
    assert isinstance(job.phase, Undelivered)
    assert job.video is not None


async def test_a_second_try_to_post_looks_for_the_first(bench: Bench) -> None:
    bench.publisher.troubles = [Unavailable("Discord is in trouble.")]
    job = await bench.run(await bench.order())
    assert bench.publisher.delivered == [(job.id, True)]


async def test_a_cancelled_waiting_job_is_never_sent(bench: Bench) -> None:
    job_id = await bench.order()
    await bench.store.cancel(job_id, ANN)
    await bench.step()
    job = await bench.job(job_id)
    assert isinstance(job.phase, Cancelled)
    assert (job.phase.charged, bench.provider.orders) == (False, [])


@pytest.mark.parametrize(("stops", "phase"), [(True, Cancelled), (False, Done)])
async def test_a_render_is_cancelled_only_where_the_service_stops(bench: Bench, stops: bool, phase: type) -> None:
    bench.provider.cancels = stops
    bench.provider.looks = [Waiting(), Ready()]
    job_id = await bench.order()
    await bench.step()
    await bench.store.cancel(job_id, ANN)
    job = await bench.run(job_id)
    assert isinstance(job.phase, phase)
    assert bench.provider.cancelled == ["video_1"]
    assert job.cost == Usd.of("0.40")


async def test_who_lost_the_right_while_waiting_pays_nothing(bench: Bench) -> None:
    bench.publisher.may_make = False
    job = await bench.run(await bench.order())
    assert isinstance(job.phase, Failed)
    assert (job.phase.cause, bench.provider.orders) == (Cause.ACCESS, [])


async def test_three_crashes_in_one_step_end_with_a_person(bench: Bench) -> None:
    job_id = await bench.order()
    for _ in range(3):
        await bench.lease()  # taken and never handed back
        bench.clock.forward(61)
    await bench.step()
    phase = (await bench.job(job_id)).phase
    assert isinstance(phase, NeedsReview)
    assert bench.provider.orders == []


async def test_a_remix_climbs_down_to_the_rung_the_service_can_do(bench: Bench) -> None:
    source = await bench.run(await bench.order(a_job(id=JobId("AAAAAA"))))
    bench.provider.submits = [Unsupported("no such route"), "video_2"]
    bench.provider.looks = [Ready()]
    request = a_request(prompt="make it night", source=source.id)
    remix = await bench.run(await bench.order(a_job(id=JobId("BBBBBB"), request=request)))
    assert isinstance(remix.phase, Done)
    assert remix.phase.method is RemixMethod.FRAME
    native, frame = bench.provider.orders[-2:]
    assert (native.method, native.source_id, native.prompt) == (RemixMethod.NATIVE, "video_1", "make it night")
    assert (frame.method, frame.picture) == (RemixMethod.FRAME, b"first frame at 1280x720")
    assert frame.prompt == "a fox in the snow\n\nmake it night"


async def test_the_same_order_twice_waits_while_the_first_is_ambiguous(bench: Bench) -> None:
    bench.provider.submits = [OutcomeUnknown("no answer"), "video_2"]
    first = await bench.order(a_job(id=JobId("AAAAAA")))
    await bench.step()
    second = await bench.order(a_job(id=JobId("BBBBBB")))
    await bench.step()
    assert isinstance((await bench.job(first)).phase, Unknown)
    assert isinstance((await bench.job(second)).phase, Queued)
    assert len(bench.provider.orders) == 1
