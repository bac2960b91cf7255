"""The second video of an order whose first was removed, or without anyone to see it: booked and not shown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.errors import NotAllowed, Reach, Undeliverable
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.moderation.cases import TAKEN_DOWN, TakenDown
from bot.domain.money.usd import FREE
from bot.domain.phases import Undelivered
from tests.builders import CHANNEL, MAX, NOON, a_job, a_member
from tests.unit.test_doubled_orders import FIRST, double_of, erase, paid_again, spent, sweep
from tests.unit.test_result_delivery import CHOSEN, GONE, a_scene
from tests.workbench import Bench, a_bench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


async def withheld(bench: Bench, job: Job, double: Job) -> Job:
    """The second video in its last phase: booked, without files, and not posted."""
    ended = await bench.run(double.id)
    assert (type(ended.phase), ended.deleted, ended.cost) == (Undelivered, True, job.quote)
    assert isinstance(ended.phase, Undelivered)
    with pytest.raises(FileNotFoundError):
        async with bench.context.files.local(ended.phase.video.video):
            pass
    assert bench.publisher.delivered == [(job.id, False)]
    assert await spent(bench, job) == (FREE, job.quote * 2)
    return ended


async def booked_double(bench: Bench, job: Job) -> Job:
    await sweep(bench, FIRST)
    double = await double_of(bench, job)
    assert double is not None
    return double


async def test_the_double_of_what_was_taken_down_is_booked_and_not_shown(bench: Bench) -> None:
    job = await paid_again(bench)
    down = TakenDown(by=MAX, at=NOON, reason="Not here.")
    await bench.records.write(TAKEN_DOWN, job.id, down)
    await bench.store.mark_deleted(job.id)
    ended = await withheld(bench, job, await booked_double(bench, job))
    assert await bench.private_videos.taken_down([ended]) == {ended.id: down}
    with pytest.raises(NotAllowed, match="was taken down by managers"):
        await bench.private_videos.check(a_member(id=job.owner_id), ended)


async def test_a_double_that_was_taken_down_while_it_was_fetched_is_not_shown(bench: Bench) -> None:
    job = await paid_again(bench)
    double = await booked_double(bench, job)
    await bench.records.write(TAKEN_DOWN, double.id, TakenDown(by=MAX, at=NOON))
    await withheld(bench, job, double)


async def test_the_double_of_somebody_who_was_erased_meanwhile_is_booked_and_not_shown(bench: Bench) -> None:
    job = await paid_again(bench)
    double = await booked_double(bench, job)
    await erase(bench, job)
    await withheld(bench, job, double)


async def test_a_double_that_was_taken_down_itself_stays_so_for_its_own_reason(bench: Bench) -> None:
    first = await bench.store.add(a_job())
    double = a_job(doubles=first.id)
    own = TakenDown(by=MAX, at=NOON, reason="Not this one.")
    await bench.records.write(TAKEN_DOWN, first.id, TakenDown(by=MAX, at=NOON, reason="Not here."))
    await bench.records.write(TAKEN_DOWN, double.id, own)
    assert await bench.context.withheld.has(double)
    assert await bench.records.read(TAKEN_DOWN, double.id) == own


async def test_a_double_of_what_is_not_known_any_more_is_not_shown(bench: Bench) -> None:
    assert await bench.context.withheld.has(a_job(doubles=JobId("AAAAAA")))
    assert not await bench.context.withheld.has(a_job())


async def test_a_double_whose_channel_is_gone_is_booked_and_kept(bench: Bench) -> None:
    job = await paid_again(bench)
    double = await booked_double(bench, job)
    bench.publisher.troubles = [Undeliverable("Its channel was deleted.", Reach.CHANNEL, channel_gone=True)]
    kept = await bench.run(double.id)
    assert (type(kept.phase), kept.video is not None) == (Undelivered, True)
    assert await spent(bench, job) == (FREE, job.quote * 2)


async def test_a_double_whose_channel_is_gone_follows_nobody_into_direct_messages() -> None:
    scene = a_scene({CHANNEL: GONE}, in_thread=True)
    scene.job = replace(scene.job, doubles=JobId("AAAAAA"))
    with pytest.raises(Undeliverable, match="Its channel was deleted"):
        await scene.deliver()
    assert scene.channels.tried == [CHANNEL]


async def test_a_double_leaves_a_chosen_channel_that_is_gone_for_the_one_it_was_ordered_in() -> None:
    scene = a_scene({CHOSEN: GONE})
    await scene.choose_results(CHOSEN)
    scene.job = replace(scene.job, doubles=JobId("AAAAAA"))
    await scene.deliver()
    assert scene.channels.tried == [CHOSEN, CHANNEL]
