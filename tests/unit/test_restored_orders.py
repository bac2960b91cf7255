"""After an old backup, each account with its model is searched for a waiting order before it is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import OutcomeUnknown, Unavailable
from bot.domain.ids import JobId
from bot.domain.phases import Done, NeedsReview, Queued, Rendering, Unknown
from bot.domain.ports.provider import Listed, Provider, Ready
from bot.domain.video import Picture
from bot.jobs.providers.comparisons import RECONCILING, Comparisons
from bot.jobs.reconcile.matching import LOOKALIKE
from bot.jobs.runner import Runner
from tests.builders import NOON, a_card, a_catalogue, a_job, a_request
from tests.scripted import ScriptedProvider
from tests.workbench import Bench, a_bench, a_listed

SHARED = a_card(accounts=("gpu1", "gpu2"))
ALONE = a_card(id="wan", remote="wan", provider="gpu1")
A, B = JobId("AAAAAA"), JobId("BBBBBB")


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        providers: Mapping[str, Provider] = {name: ScriptedProvider(name=name) for name in SHARED.account_names}
        bench.context = replace(bench.context, providers=providers, catalogue=a_catalogue(SHARED, ALONE))
        bench.runner = Runner(bench.context)
        yield bench


def at(bench: Bench, account: str) -> ScriptedProvider:
    provider = bench.context.providers[account]
    assert isinstance(provider, ScriptedProvider)
    return provider


async def compared(bench: Bench, account: str, *listed: Listed) -> None:
    """The first look at an account after the start."""
    at(bench, account).lists = [list(listed)]
    await bench.sweep._begin(at(bench, account))


async def waiting(bench: Bench, **changes: Any) -> JobId:
    return await bench.order(a_job(**{"account": "gpu1", **changes}))


async def test_an_order_that_had_gone_on_to_another_account_gets_its_video_from_there(bench: Bench) -> None:
    job_id = await waiting(bench)
    bench.clock.forward(3600)
    await bench.sweep.hold()
    await compared(bench, "gpu1")
    await compared(bench, "gpu2", a_listed("video_9", at=NOON + timedelta(minutes=1)))
    at(bench, "gpu2").looks = [Ready()]
    job = await bench.run(job_id)
    assert (type(job.phase), job.account) == (Done, "gpu2")
    assert at(bench, "gpu1").orders == at(bench, "gpu2").orders == []
    assert await bench.store.check_books() == []


async def test_it_is_not_sent_at_its_own_account_before_the_others_were_looked_at(bench: Bench) -> None:
    at(bench, "gpu1").submits = ["video_1", "video_2"]
    job_id = await waiting(bench)
    bench.clock.forward(60)
    await bench.sweep.hold()
    await compared(bench, "gpu1")
    later = await waiting(bench, id=B, created_at=bench.clock.now() + timedelta(seconds=1))
    await bench.step(forward=2.0)
    assert (await bench.job(job_id)).phase == Queued(waits_for=RECONCILING)
    assert isinstance((await bench.job(later)).phase, Rendering)
    await compared(bench, "gpu2")
    await bench.step()
    assert isinstance((await bench.job(job_id)).phase, Rendering)
    assert len(at(bench, "gpu1").orders) == 2


async def test_an_account_that_never_lists_does_not_hold_them_for_ever(bench: Bench) -> None:
    job_id = await waiting(bench)
    await bench.sweep.hold()
    await compared(bench, "gpu1")
    at(bench, "gpu2").lists = [Unavailable("500") for _ in range(10)]
    await bench.sweep._begin(at(bench, "gpu2"))
    await bench.step(forward=15.0)
    assert isinstance((await bench.job(job_id)).phase, Rendering)


async def test_orders_of_models_that_are_nowhere_else_wait_for_no_other_account(bench: Bench) -> None:
    job_id = await waiting(bench, request=a_request(model="wan"))
    await bench.sweep.hold()
    await compared(bench, "gpu1")
    await bench.step()
    assert isinstance((await bench.job(job_id)).phase, Rendering)


def test_what_an_own_key_was_to_pay_for_was_made_nowhere_else() -> None:
    comparisons = Comparisons()
    comparisons.begin("gpu2", NOON)
    assert comparisons.hold(a_job(account="gpu1", created_at=NOON), SHARED.account_names)
    assert not comparisons.hold(a_job(account="gpu1@server:7", created_at=NOON), SHARED.account_names)


async def test_what_cannot_have_gone_on_takes_no_video_of_another_account(bench: Bench) -> None:
    job_id = await waiting(bench, request=a_request(model="wan"))
    await compared(bench, "gpu2", a_listed("video_9"), a_listed("video_8", model="wan"))
    assert isinstance((await bench.job(job_id)).phase, Queued)


async def test_what_was_sent_to_its_own_account_takes_no_video_of_another_one(bench: Bench) -> None:
    at(bench, "gpu1").submits = [OutcomeUnknown("no answer")]
    job_id = await waiting(bench)
    await bench.step()
    await compared(bench, "gpu2", a_listed("video_9"))
    lost = await bench.job(job_id)
    assert (type(lost.phase), lost.account) == (Unknown, "gpu1")


async def test_later_looks_at_other_accounts_leave_it_alone(bench: Bench) -> None:
    job_id = await waiting(bench)
    at(bench, "gpu2").lists = [[a_listed("video_9")]]
    await bench.sweep.sweep(at(bench, "gpu2"), starting=False)
    assert isinstance((await bench.job(job_id)).phase, Queued)


async def test_orders_at_two_accounts_that_differ_by_their_picture_go_before_a_manager(bench: Bench) -> None:
    for job_id, account in ((A, "gpu1"), (B, "gpu2")):
        picture = Picture(key=f"{job_id}.png", preview=f"{job_id}.jpg", sha256=job_id, note="")
        await waiting(bench, id=job_id, account=account, request=a_request(picture=picture))
    await compared(bench, "gpu2", a_listed("video_9"))
    for job_id in (A, B):
        job = await bench.job(job_id)
        assert isinstance(job.phase, NeedsReview)
        assert (job.phase.reason, job.account) == (LOOKALIKE, "gpu2")


LOST = Unknown(sent_at=NOON, fingerprint="lost")
EARLY, LATE = (a_listed(f"video_{minutes}", at=NOON + timedelta(minutes=minutes)) for minutes in (20, 21))


async def test_as_many_videos_that_may_be_a_lost_orders_keep_as_many_orders_that_wait(bench: Bench) -> None:
    await waiting(bench, phase=LOST)
    jobs = [await waiting(bench) for _ in range(3)]
    bench.clock.forward(3600)
    await compared(bench, "gpu1", EARLY, LATE)
    phases = [type((await bench.job(job_id)).phase) for job_id in jobs]
    assert sorted(each.__name__ for each in phases) == ["NeedsReview", "NeedsReview", "Queued"]


async def test_a_video_that_may_be_a_lost_orders_keeps_all_that_no_list_tells_apart(bench: Bench) -> None:
    await waiting(bench, phase=LOST)
    pictures = [Picture(key=f"{name}.png", preview=f"{name}.jpg", sha256=name, note="") for name in ("11", "22")]
    jobs = [await waiting(bench, request=a_request(picture=picture)) for picture in pictures]
    bench.clock.forward(3600)
    await compared(bench, "gpu1", EARLY)
    assert all([isinstance((await bench.job(job_id)).phase, NeedsReview) for job_id in jobs])


async def test_a_video_that_may_be_a_lost_orders_keeps_no_order_of_other_words(bench: Bench) -> None:
    await waiting(bench, phase=LOST)
    job_id = await waiting(bench, request=a_request(prompt="a cat"))
    bench.clock.forward(3600)
    await compared(bench, "gpu1", EARLY)
    assert isinstance((await bench.job(job_id)).phase, Queued)
