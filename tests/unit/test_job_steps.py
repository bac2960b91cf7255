"""A job's life, step by step, with real SQLite and files; the service, Discord and media processor are scripted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import (
    AccountTrouble,
    BadRequest,
    Gone,
    NoRoom,
    OutcomeUnknown,
    ProviderError,
    Refused,
    SpoiltVideo,
    Unavailable,
    Unsupported,
    Withheld,
)
from bot.domain.hints import LONGEST_HINT
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import msg
from bot.domain.money.costs import Period
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import (
    TOLD_AFTER,
    Cause,
    Done,
    Failed,
    NeedsReview,
    Queued,
    Rendering,
    Saving,
    Submitting,
    Unknown,
    name_of,
)
from bot.domain.ports.provider import Broken, Order, Ready, Waiting
from bot.domain.video import Picture, RemixMethod
from bot.jobs.reconcile.matching import SETTLE
from bot.jobs.steps.paying_account import NO_ACCOUNT
from bot.jobs.steps.render import MOST_OVERDUE, OVERDUE_WAIT
from bot.jobs.steps.room import READ_ONLY
from bot.jobs.steps.save import MOST_SPOILT, SLOWEST
from bot.jobs.steps.submit import PICTURE_GONE
from tests.builders import WIDE, a_card, a_catalogue, a_job, a_member, a_request
from tests.workbench import Bench, a_bench, a_listed

MANAGER = a_member(manages=True)


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


async def test_two_missing_answers_are_nothing_and_three_in_a_row_are_a_persons_matter(bench: Bench) -> None:
    missing = Gone("404")
    bench.provider.looks = [missing, missing, Waiting(), missing, missing, missing]
    job_id = await bench.order()
    await bench.step()
    for _ in range(5):
        await bench.step(forward=61)
        assert isinstance((await bench.job(job_id)).phase, Rendering)
    await bench.step(forward=61)
    assert isinstance((await bench.job(job_id)).phase, NeedsReview)
    assert len(bench.provider.looked) == 6


async def test_a_look_that_fails_fails_no_job(bench: Bench) -> None:
    bench.provider.looks = [Unavailable("500"), Unavailable("500"), Ready()]
    assert isinstance((await bench.run(await bench.order())).phase, Done)


async def test_a_broken_render_says_why_and_what_it_cost(bench: Bench) -> None:
    bench.provider.looks = [Broken(cause=Cause.MODERATION, reason=msg("Refused."), charged=True)]
    job = await bench.run(await bench.order())
    assert isinstance(job.phase, Failed)
    assert (job.phase.charged, job.cost) == (True, Usd.of("0.40"))


async def test_a_broken_render_that_was_not_charged_costs_nothing(bench: Bench) -> None:
    bench.provider.looks = [Broken(cause=Cause.PROVIDER, reason=msg("It broke."), charged=False)]
    job = await bench.run(await bench.order())
    assert isinstance(job.phase, Failed)
    assert (job.phase.charged, job.cost) == (False, None)
    costs = await bench.store.costs(job.guild_id, None, Period.MONTH)
    assert (costs.reserved, costs.spent) == (Usd(0), Usd(0))


async def test_a_free_render_that_breaks_was_not_charged_whatever_its_service_says(bench: Bench) -> None:
    bench.context.catalogue.renew(a_catalogue(a_card(per_second={WIDE: FREE})))
    bench.provider.looks = [Broken(cause=Cause.PROVIDER, reason=msg("It broke."), charged=True)]
    job = await bench.run(await bench.order(a_job(quote=FREE)))
    assert isinstance(job.phase, Failed)
    assert (job.phase.charged, job.cost) == (False, FREE)


async def test_a_render_that_never_ends_is_given_to_a_person_after_a_day_and_an_hour_of_looks(bench: Bench) -> None:
    bench.provider.looks = [Waiting(progress=99)]
    job_id = await bench.order()
    await bench.step()
    await bench.step(forward=25 * 3600)
    for _ in range(MOST_OVERDUE):
        assert isinstance((await bench.job(job_id)).phase, Rendering)
        await bench.step(forward=OVERDUE_WAIT)
    assert isinstance((await bench.job(job_id)).phase, NeedsReview)


async def test_a_download_that_fails_is_tried_again(bench: Bench) -> None:
    bench.provider.fetches = [Unavailable("reset"), Unavailable("reset"), True]
    assert isinstance((await bench.run(await bench.order())).phase, Done)


async def test_a_video_that_is_not_handed_out_is_tried_ever_slower_until_it_is(bench: Bench) -> None:
    bench.provider.fetches = [*(Unavailable("reset") for _ in range(40)), True]
    job_id = await bench.order()
    await bench.step()
    await bench.step(forward=20)
    waits = []
    for tries in range(1, 41):
        await bench.step(forward=(await bench.store.next_due()) or 0.0)
        phase = (await bench.job(job_id)).phase
        assert isinstance(phase, Saving)
        assert (phase.tries, phase.is_stuck) == (tries, tries >= TOLD_AFTER)
        waits.append(await bench.store.next_due() or 0.0)
    assert waits == sorted(waits)
    assert waits[-1] == SLOWEST
    assert sum(waits[: TOLD_AFTER - 1]) < 300
    assert (
        max(wait for number, wait in enumerate(waits) if sum(waits[:number]) < 3600) == 300
    )  # Replicate keeps files that long
    assert isinstance((await bench.run(job_id)).phase, Done)


async def test_a_manager_may_close_what_is_not_handed_out(bench: Bench) -> None:
    bench.provider.fetches = [Unavailable("reset") for _ in range(20)]
    job_id = await bench.order()
    await bench.step()
    with pytest.raises(BadRequest):
        await bench.review.give_up(MANAGER, await bench.job(job_id), charged=True)
    for _ in range(TOLD_AFTER + 1):
        await bench.step(forward=SLOWEST)
    ended = await bench.review.give_up(MANAGER, await bench.job(job_id), charged=True)
    assert (name_of(ended.phase), ended.cost) == ("failed", ended.quote)
    assert await bench.store.check_books() == []


@pytest.mark.parametrize("trouble", [NoRoom("The disk is full."), OSError(28, "No space left on device")])
async def test_a_full_disk_uses_up_no_tries_of_a_download(bench: Bench, trouble: Exception) -> None:
    bench.media.spoilt = [trouble for _ in range(60)]
    job_id = await bench.order()
    await bench.step()
    for _ in range(30):
        await bench.step(forward=60)
        phase = (await bench.job(job_id)).phase
        assert isinstance(phase, Rendering | Saving)
    assert isinstance(phase, Saving)
    assert phase.tries == 0
    bench.media.spoilt.clear()
    bench.clock.forward(60)
    assert isinstance((await bench.run(job_id)).phase, Done)


async def test_a_file_that_does_not_play_is_fetched_again_and_never_posted(bench: Bench) -> None:
    bench.media.spoilt = [SpoiltVideo("cut short")]
    assert isinstance((await bench.run(await bench.order())).phase, Done)
    assert len(bench.publisher.delivered) == 1


@pytest.mark.parametrize(("spoilt", "phase"), [(MOST_SPOILT - 1, Done), (MOST_SPOILT, NeedsReview)])
async def test_a_file_that_does_not_play_again_and_again_is_a_persons_matter(
    bench: Bench, spoilt: int, phase: type
) -> None:
    bench.media.spoilt = [SpoiltVideo("cut short") for _ in range(spoilt)]
    job = await bench.run(await bench.order())
    assert isinstance(job.phase, phase)
    assert job.cost == Usd.of("0.40")


async def test_a_video_in_another_container_is_kept_as_the_mp4_that_was_made_of_it(bench: Bench) -> None:
    bench.media.converts = b"an MP4"
    job = await bench.run(await bench.order())
    assert job.video is not None
    assert job.video.bytes == len(b"an MP4")
    async with bench.context.files.local(job.video.video) as kept:
        assert kept.read_bytes() == b"an MP4"


async def test_a_file_in_a_format_that_cannot_be_read_ends_it_at_once_with_the_reason(bench: Bench) -> None:
    bench.media.spoilt = [SpoiltVideo("It cannot be read here.", lasting=True)]
    job = await bench.run(await bench.order())
    assert isinstance(job.phase, Failed)
    assert (job.phase.cause, str(job.phase.reason), job.phase.charged) == (
        Cause.PROVIDER,
        "It cannot be read here.",
        True,
    )
    assert (job.cost, bench.media.spoilt, bench.phases.count("saving")) == (Usd.of("0.40"), [], 1)


async def test_a_video_gone_at_the_service_fails_and_its_cost_stays(bench: Bench) -> None:
    bench.provider.fetches = [Gone("expired"), False, Gone("expired")]
    job = await bench.run(await bench.order())
    assert isinstance(job.phase, Failed)
    assert (job.phase.cause, job.cost) == (Cause.EXPIRED, Usd.of("0.40"))


async def test_a_video_that_moderation_keeps_three_times_is_told_as_that(bench: Bench) -> None:
    bench.provider.fetches = [Withheld("Blocked.")] * 3
    job = await bench.run(await bench.order())
    assert isinstance(job.phase, Failed)
    assert (job.phase.cause, str(job.phase.reason), job.cost) == (Cause.MODERATION, "Blocked.", Usd.of("0.40"))


async def test_who_lost_the_right_while_waiting_pays_nothing(bench: Bench) -> None:
    bench.publisher.may_make = False
    job = await bench.run(await bench.order())
    assert isinstance(job.phase, Failed)
    assert (job.phase.cause, bench.provider.orders) == (Cause.ACCESS, [])


async def test_five_crashes_in_one_step_end_with_a_person(bench: Bench) -> None:
    job_id = await bench.order()
    for _ in range(5):
        await bench.lease()  # claimed and never handed back
        bench.clock.forward(61)
    await bench.step()
    phase = (await bench.job(job_id)).phase
    assert isinstance(phase, NeedsReview)
    assert bench.provider.orders == []


async def test_a_remix_is_made_by_the_best_method_the_service_has(bench: Bench) -> None:
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


@pytest.mark.parametrize("hint", [86_400.0, 1e18, float("inf")])
async def test_a_hint_is_heard_up_to_ten_minutes_wherever_it_stands(bench: Bench, hint: float) -> None:
    bench.provider.looks = [Waiting(poll_after=hint), Unavailable("busy", retry_after=hint), Ready()]
    job_id = await bench.order()
    await bench.step()
    await bench.step(forward=LONGEST_HINT)  # the first look
    await bench.step(forward=LONGEST_HINT)  # told to wait
    await bench.step(forward=LONGEST_HINT)
    assert isinstance((await bench.job(job_id)).phase, Saving)


async def test_a_hint_within_ten_minutes_is_kept(bench: Bench) -> None:
    bench.provider.looks = [Waiting(poll_after=300.0), Ready()]
    job_id = await bench.order()
    await bench.step()
    await bench.step(forward=20)
    await bench.step(forward=299)
    assert isinstance((await bench.job(job_id)).phase, Rendering)
    await bench.step(forward=1)
    assert isinstance((await bench.job(job_id)).phase, Saving)


async def test_a_render_under_a_clock_that_was_two_days_ahead_is_looked_at_again(bench: Bench) -> None:
    bench.provider.looks = [Waiting(progress=10), Waiting(progress=20), Ready()]
    job_id = await bench.order()
    await bench.step()
    await bench.step(forward=48 * 3600)
    assert isinstance((await bench.job(job_id)).phase, Rendering)
    bench.clock.forward(-48 * 3600)
    await bench.step(forward=48 * 3600 + OVERDUE_WAIT)
    assert isinstance((await bench.run(job_id)).phase, Done)


async def test_an_order_whose_picture_file_is_gone_ends_for_free(bench: Bench) -> None:
    gone = Picture(key="pictures/gone.png", preview="pictures/gone.jpg", sha256="0" * 64, note="")
    job = await bench.run(await bench.order(a_job(request=a_request(picture=gone))))
    assert isinstance(job.phase, Failed)
    assert (job.phase.reason, job.phase.charged, job.cost) == (PICTURE_GONE, False, None)
    assert bench.provider.orders == []
    assert (await bench.store.costs(job.guild_id, None, Period.MONTH)).reserved == Usd(0)


@pytest.mark.parametrize("more", [[], [Unavailable("reset"), Gone("No such video."), Gone("No such video.")]])
async def test_one_no_such_video_while_downloading_is_not_believed(bench: Bench, more: list[ProviderError]) -> None:
    bench.provider.fetches = [Gone("No such video."), Gone("No such video."), *more, True]
    job = await bench.run(await bench.order())
    assert isinstance(job.phase, Done)
    assert job.cost == Usd.of("0.40")


async def test_a_look_without_news_is_told_to_nobody(bench: Bench) -> None:
    bench.provider.looks = [Waiting(progress=10), Waiting(progress=10), Waiting(progress=30)]
    await bench.order()
    await bench.step()
    heard: list[Job] = []
    bench.context.events.listen(heard.append)
    for told in (1, 1, 2):
        await bench.step(forward=60)
        assert len(heard) == told


async def test_a_lost_order_is_not_asked_about_while_the_service_wants_to_be_left_alone(bench: Bench) -> None:
    bench.provider.submits = [OutcomeUnknown("no answer")]
    job_id = await bench.order()
    await bench.step()
    bench.provider.lists = [Unavailable("busy", retry_after=120), [a_listed("video_9")]]
    await bench.step(forward=5)
    await bench.step(forward=60)
    assert len(bench.provider.lists) == 1
    await bench.step(forward=60)
    assert isinstance((await bench.job(job_id)).phase, Rendering)


async def test_an_answer_that_comes_while_the_successor_still_shows_submitting_is_kept(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await bench.order()
    lease = await bench.lease()
    submitting = bench.provider.submit

    async def slowly(order: Order) -> str:
        bench.clock.forward(120)
        await bench.lease()  # another process takes it for dead, but hasn't stored that yet
        return await submitting(order)

    monkeypatch.setattr(bench.provider, "submit", slowly)
    await bench.runner.advance(lease)
    phase = (await bench.job(job_id)).phase
    assert isinstance(phase, Rendering)
    assert phase.remote_id == "video_1"


async def test_nothing_is_ordered_while_the_disk_takes_no_files(bench: Bench, tmp_path: Path) -> None:
    scratch = tmp_path / "files" / "tmp"
    scratch.parent.mkdir(exist_ok=True)
    scratch.write_text("As on a disk that was remounted, nothing can be written here.")
    job_id = await bench.order()
    await bench.step()
    assert (await bench.job(job_id)).phase == Queued(waits_for=READ_ONLY)
    assert bench.provider.orders == []
    scratch.unlink()
    bench.clock.forward(60)
    assert isinstance((await bench.run(job_id)).phase, Done)
    assert len(bench.provider.orders) == 1
