"""Extensions: by the service or as a new part joined to its source, and what remains if they can't be joined."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.errors import BadRequest, OutcomeUnknown, SpoiltVideo, Unsupported
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.models.card import ModelCard
from bot.domain.money.costs import Period
from bot.domain.money.usd import Usd
from bot.domain.phases import Done, Failed, Rendering, Saving, name_of
from bot.domain.ports.provider import Ready
from bot.domain.video import LONGEST_EXTENDED, Aim, Extension, Join, Mode, RemixMethod
from bot.jobs.ordering.quoting import Quote, Quoting
from bot.jobs.ordering.remix_methods import usable_methods
from bot.jobs.ordering.remix_offers import RemixRequest
from bot.jobs.runner import Runner
from bot.jobs.steps.submit import SOURCE_GONE
from storage.files.local import LocalFiles
from tests.builders import GUILD, NOON, a_card, a_catalogue, a_done_job, a_job, a_request, a_video
from tests.workbench import Bench, a_bench, a_listed

BOTH = (RemixMethod.EXTEND, RemixMethod.LAST_FRAME)
BY_FRAME = (RemixMethod.LAST_FRAME,)
DIME = Usd.of("0.10")


@pytest_asyncio.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as opened:
        yield opened


def orders_of(bench: Bench, card: ModelCard) -> Quoting:
    bench.context.catalogue.renew(a_catalogue(card))
    return Quoting(bench.context.catalogue, bench.media, bench.context.files, bench.context.remix_planner)


async def a_source(bench: Bench) -> Job:
    """Four seconds long, with its file kept."""
    bench.provider.submits, bench.provider.looks = ["video_1"], [Ready()]
    return await bench.run(await bench.order(a_job()))


async def an_order(bench: Bench, card: ModelCard, seconds: int = 4) -> tuple[Job, Quote]:
    """An order to extend a finished video."""
    source = await a_source(bench)
    wanted = RemixRequest(prompt="it snows", aim=Aim.EXTEND, seconds=seconds)
    quote = await orders_of(bench, card).remix(source, wanted)
    bench.provider.orders.clear()
    bench.provider.submits, bench.provider.looks = ["video_2"], [Ready()]
    return await bench.job(await bench.order(a_job(request=quote.request, quote=quote.price))), quote


async def until_saving(bench: Bench, job: Job) -> None:
    while not isinstance((await bench.job(job.id)).phase, Saving):
        await bench.step(forward=await bench.store.next_due() or 0.0)


def extension_of(job: Job) -> Extension | None:
    assert isinstance(job.phase, Done), job.phase
    assert job.video is not None
    return job.video.extension


async def content(bench: Bench, job: Job) -> bytes:
    assert job.video is not None
    async with bench.context.files.local(job.video.video) as path:
        return path.read_bytes()


async def test_a_new_part_from_the_last_frame_is_joined_with_its_source_and_costs_what_is_new(bench: Bench) -> None:
    job, quote = await an_order(bench, a_card(remix=BY_FRAME), seconds=8)
    source = await content(bench, await bench.job(job.request.source or job.id))

    done = await bench.run(job.id)

    (order,) = bench.provider.orders
    assert (order.seconds, order.picture, order.prompt) == (8, b"last frame at 1280x720", "it snows")
    assert (quote.price, quote.before, done.cost) == (DIME * 8, 4.0, DIME * 8)
    assert extension_of(done) == Extension(join=Join.JOINED, before=4.0)
    assert done.request.mode is Mode.EXTEND
    assert (await content(bench, done)).startswith(source)
    assert len(await content(bench, done)) > len(source)


async def test_what_the_service_extends_comes_whole_and_is_kept_as_it_is(bench: Bench) -> None:
    job, _ = await an_order(bench, a_card(remix=BOTH))
    bench.media.seconds = 8.0
    done = await bench.run(job.id)
    assert [order.method for order in bench.provider.orders] == [RemixMethod.EXTEND]
    assert extension_of(done) == Extension(join=Join.SERVICE, before=4.0)
    assert bench.media.joined == 0


async def test_a_service_that_gives_the_new_part_alone_has_it_joined(bench: Bench) -> None:
    job, _ = await an_order(bench, a_card(remix=BOTH))
    done = await bench.run(job.id)
    assert [order.method for order in bench.provider.orders] == [RemixMethod.EXTEND]
    assert extension_of(done) == Extension(join=Join.JOINED, before=4.0)


def test_the_service_comes_first_whatever_the_order_on_the_card() -> None:
    """The service knows more of the video than its last frame. For a continuation, the card's order counts."""
    ways = (RemixMethod.LAST_FRAME, RemixMethod.EXTEND)
    card, source = a_card(remix=ways, takes_picture=True), a_done_job()
    assert usable_methods(ways, card, source, Aim.EXTEND) == list(BOTH)
    assert usable_methods(ways, card, source, Aim.CONTINUE) == list(ways)


async def test_a_service_that_cannot_extend_after_all_leaves_the_last_frame(bench: Bench) -> None:
    job, _ = await an_order(bench, a_card(remix=BOTH))
    bench.provider.submits = [Unsupported("No such route."), "video_2"]
    done = await bench.run(job.id)
    assert [order.method for order in bench.provider.orders] == list(BOTH)
    assert extension_of(done) == Extension(join=Join.JOINED, before=4.0)


async def test_parts_that_cannot_be_joined_leave_the_new_one_which_was_paid_for(bench: Bench) -> None:
    job, quote = await an_order(bench, a_card(remix=BY_FRAME))
    bench.media.unjoinable = True
    done = await bench.run(job.id)
    assert extension_of(done) == Extension(join=Join.FAILED, before=4.0)
    assert (done.cost, len(bench.provider.orders)) == (quote.price, 1)


async def test_parts_that_are_too_long_together_leave_the_new_one(bench: Bench) -> None:
    job, _ = await an_order(bench, a_card(remix=BY_FRAME))
    bench.media.seconds = LONGEST_EXTENDED - 2.0  # with the original's four seconds that is too much
    assert extension_of(await bench.run(job.id)) == Extension(join=Join.FAILED, before=4.0)
    assert bench.media.joined == 0


async def test_a_whole_that_does_not_play_leaves_the_new_part(bench: Bench) -> None:
    job, _ = await an_order(bench, a_card(remix=BY_FRAME))
    bench.media.spoilt = [None, SpoiltVideo("The video file is damaged.")]
    done = await bench.run(job.id)
    assert extension_of(done) == Extension(join=Join.FAILED, before=4.0)
    assert bench.media.joined == 1


async def test_a_source_that_was_deleted_while_its_new_part_was_made_leaves_that_part(bench: Bench) -> None:
    job, quote = await an_order(bench, a_card(remix=BY_FRAME))
    await until_saving(bench, job)
    await bench.store.mark_deleted(job.request.source or job.id)
    done = await bench.run(job.id)
    assert extension_of(done) == Extension(join=Join.SOURCE_GONE, before=0.0)
    assert done.cost == quote.price


@pytest.mark.parametrize(("seconds", "join"), [(4.0, Join.SOURCE_GONE), (8.0, Join.SERVICE)])
async def test_without_its_source_the_length_says_whether_the_service_gave_the_whole(
    bench: Bench, seconds: float, join: Join
) -> None:
    job, _ = await an_order(bench, a_card(remix=BOTH))
    await until_saving(bench, job)
    await bench.store.mark_deleted(job.request.source or job.id)
    bench.media.seconds = seconds
    assert extension_of(await bench.run(job.id)) == Extension(join=join, before=0.0)


async def test_a_source_that_was_deleted_before_the_order_was_sent_costs_nothing(bench: Bench) -> None:
    job, _ = await an_order(bench, a_card(remix=BY_FRAME))
    await bench.store.mark_deleted(job.request.source or job.id)
    ended = (await bench.run(job.id)).phase
    assert isinstance(ended, Failed)
    assert (ended.reason, bench.provider.orders) == (SOURCE_GONE, [])


async def test_who_dies_while_joining_joins_again_and_pays_once(bench: Bench) -> None:
    job, quote = await an_order(bench, a_card(remix=BY_FRAME))
    await until_saving(bench, job)
    for _ in range(2):
        await bench.lease()  # claimed, and then its holder dies
        bench.clock.forward(61)
    done = await bench.run(job.id)
    assert extension_of(done) == Extension(join=Join.JOINED, before=4.0)
    assert len(bench.provider.orders) == 1
    costs = await bench.store.costs(GUILD, None, Period.ALL)
    assert costs.spent == quote.price + DIME * 4


async def test_a_lost_answer_is_found_by_the_length_of_the_whole(bench: Bench) -> None:
    """OpenAI lists the total stitched duration for an extension."""
    job, _ = await an_order(bench, a_card(remix=BOTH))
    bench.provider.submits = [OutcomeUnknown("Lost.")]
    whole = a_listed("video_2", prompt="it snows", seconds="8", remixed_from="video_1", at=bench.clock.now())
    bench.provider.lists = [[whole]]
    done = await bench.run(job.id)
    assert isinstance(done.phase, Done)
    assert (done.phase.remote_id, len(bench.provider.orders)) == ("video_2", 1)


async def test_a_process_without_the_source_leaves_the_job_to_the_one_that_has_it(bench: Bench, tmp_path: Path) -> None:
    job, _ = await an_order(bench, a_card(remix=BY_FRAME))
    await until_saving(bench, job)
    bench.runner = Runner(replace(bench.context, files=LocalFiles(tmp_path / "others"), shares_database=True))
    await bench.step(forward=await bench.store.next_due() or 0.0)
    waiting = (await bench.job(job.id)).phase
    assert isinstance(waiting, Saving)
    assert waiting.elsewhere == 1
    bench.runner = Runner(replace(bench.context, shares_database=True))
    assert extension_of(await bench.run(job.id)) == Extension(join=Join.JOINED, before=4.0)


def extended(join: Join, **changes: Any) -> Job:
    video = a_video(extension=Extension(join=join, before=4.0), **changes)
    return a_job(Done(video=video, remote_id="video_2", finished_at=NOON))


@pytest.mark.parametrize(
    ("join", "by_id"),
    [(Join.SERVICE, True), (Join.JOINED, False), (Join.FAILED, True), (Join.SOURCE_GONE, True)],
)
def test_what_we_joined_is_not_at_the_service(join: Join, *, by_id: bool) -> None:
    """Its id at the service is that of the new part."""
    ways = (RemixMethod.NATIVE, RemixMethod.SOURCE)
    found = usable_methods(ways, a_card(remix=ways, takes_picture=True), extended(join), Aim.CHANGE)
    assert (RemixMethod.NATIVE in found) is by_id


def test_one_that_is_not_here_yet_may_be_no_more_than_its_new_part_at_the_service() -> None:
    ways, extending = (RemixMethod.NATIVE, RemixMethod.REPROMPT), a_request(source=JobId("K7Q4FD"), aim=Aim.EXTEND)
    on_its_way = a_job(Rendering(remote_id="video_2", started_at=NOON), request=extending)
    assert usable_methods(ways, a_card(remix=ways), on_its_way, Aim.CHANGE) == [RemixMethod.REPROMPT]


async def test_a_service_is_not_asked_for_more_than_it_makes(bench: Bench) -> None:
    card, source = a_card(remix=BOTH, extends_to=20), extended(Join.SERVICE, seconds=14.0)
    wanted = [RemixRequest(prompt="on", aim=Aim.EXTEND, seconds=seconds) for seconds in (4, 8)]
    quotes = [await orders_of(bench, card).remix(source, each) for each in wanted]
    assert [quote.method for quote in quotes] == list(BOTH)


@pytest.mark.parametrize(
    ("seconds", "more", "can"), [(8.0, 4, True), (8.6, 4, False), (4.0, 3, False), (4.0, 9, False)]
)
def test_what_is_added_at_once_and_to_what_is_as_its_card_says(seconds: float, more: int, *, can: bool) -> None:
    card = a_card(remix=BOTH, extends_by=(2, 4, 9), extends_times=2, extends_to=12)
    assert card.can_extend(seconds, more) is can


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (extended(Join.JOINED, seconds=LONGEST_EXTENDED), "That video is 300 s long. Extended videos can be 300 s"),
        (a_job(), "isn't finished or is gone, so it can't be extended"),
        (a_done_job(deleted=True), "was deleted"),
    ],
    ids=lambda value: name_of(value.phase) if isinstance(value, Job) else "",
)
async def test_what_cannot_be_extended_is_said_before_anything_is_ordered(bench: Bench, source: Job, says: str) -> None:
    with pytest.raises(BadRequest, match=says) as refused:
        await orders_of(bench, a_card(remix=BOTH)).remix(source, RemixRequest(prompt="on", aim=Aim.EXTEND))
    assert "You weren't charged." in refused.value.sentence


async def test_a_model_that_takes_no_pictures_extends_nothing_of_another(bench: Bench) -> None:
    orders = orders_of(bench, a_card(remix=BOTH, takes_picture=False))
    with pytest.raises(BadRequest, match="can't extend this video"):
        await orders.remix(extended(Join.JOINED), RemixRequest(prompt="on", aim=Aim.EXTEND))


async def test_only_lengths_that_stay_within_the_bound_are_offered(bench: Bench) -> None:
    orders, source = orders_of(bench, a_card(remix=BY_FRAME)), extended(Join.JOINED, seconds=LONGEST_EXTENDED - 9)
    offers = await orders.remix_offers(source, aims=[Aim.EXTEND])
    assert [offer.seconds for offer in offers] == [4, 8]
    assert {aim for offer in offers for aim in offer.options} == {Aim.EXTEND}
