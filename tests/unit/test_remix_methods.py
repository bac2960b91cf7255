"""Remix methods: which are available, what each costs, and what is remembered about a host that lacks one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.errors import (
    AccountTrouble,
    BadRequest,
    OutcomeUnknown,
    ProviderError,
    Refused,
    Unavailable,
    Unsupported,
)
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.models.card import ModelCard
from bot.domain.money.costs import Period
from bot.domain.money.usd import Usd
from bot.domain.phases import Cancelled, Cause, Done, Failed, Queued, Rendering, name_of
from bot.domain.ports.provider import Order, Ready
from bot.domain.video import Aim, RemixMethod, Size
from bot.jobs.ordering.quoting import Quote, Quoting
from bot.jobs.ordering.remix import RemixTerms, option
from bot.jobs.ordering.remix_inputs import RemixInputs
from bot.jobs.ordering.remix_methods import usable_methods
from bot.jobs.ordering.remix_offers import RemixRequest
from bot.jobs.ordering.remix_prompts import remix_prompt
from bot.jobs.steps.submit import SOURCE_GONE
from bot.providers.common.endpoint import Endpoint
from bot.providers.common.errors import no_video
from tests.builders import NOON, WIDE, a_card, a_catalogue, a_done_job, a_job, a_request, a_video, an_account
from tests.scripted import PlainMediaProcessor
from tests.unit.test_answers import an_answer
from tests.workbench import Bench, a_bench, a_listed

ALL = tuple(RemixMethod)
FROM_ITS_FILE = [RemixMethod.SOURCE, RemixMethod.FRAME, RemixMethod.REPROMPT]
DIME, CENTS = Usd.of("0.10"), Usd.of("0.05")
SOURCE = JobId("K7Q4FD")


def a_remix_card(**changes: Any) -> ModelCard:
    return a_card(**{"remix": ALL, **changes})


@pytest_asyncio.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as opened:
        yield opened


def orders_of(bench: Bench, card: ModelCard) -> Quoting:
    bench.context.catalogue.renew(a_catalogue(card))
    return Quoting(bench.context.catalogue, PlainMediaProcessor(), bench.context.files, bench.context.remix_planner)


async def a_queued_remix(
    bench: Bench, card: ModelCard, aim: Aim = Aim.CHANGE, seconds: int | None = None
) -> tuple[Job, Quote]:
    """A queued remix of a finished video, at its quoted price."""
    source = await bench.job(await bench.order(a_job(id=SOURCE)))
    async with bench.context.files.scratch(".mp4") as scratch:
        scratch.write_bytes(b"the source")
        await bench.context.files.keep(scratch, a_video().video)
    bench.provider.submits, bench.provider.looks = ["video_1"], [Ready()]
    source = await bench.run(source.id)
    quote = await orders_of(bench, card).remix(source, RemixRequest(prompt="at night", aim=aim, seconds=seconds))
    bench.provider.orders.clear()
    return await bench.job(await bench.order(a_job(request=quote.request, quote=quote.price))), quote


async def best(bench: Bench, card: ModelCard) -> RemixMethod:
    remix_options = await bench.context.remix_planner.remix_options(
        card, await bench.job(SOURCE), Aim.CHANGE, card.account
    )
    return remix_options[0].method


def test_each_aim_has_its_own_methods() -> None:
    card, source = a_remix_card(), a_done_job()
    assert usable_methods(ALL, card, source, Aim.CHANGE) == [RemixMethod.NATIVE, RemixMethod.EDIT, *FROM_ITS_FILE]
    assert usable_methods(ALL, card, source, Aim.CONTINUE) == [
        RemixMethod.EXTEND,
        RemixMethod.LAST_FRAME,
        RemixMethod.REPROMPT,
    ]
    assert usable_methods(ALL, card, source, Aim.EXTEND) == [RemixMethod.EXTEND, RemixMethod.LAST_FRAME]


def test_a_method_needs_what_it_works_from() -> None:
    card = a_remix_card()
    elsewhere = a_done_job(account="gemini")
    assert usable_methods(ALL, card, elsewhere, Aim.CHANGE) == FROM_ITS_FILE
    blind = a_remix_card(takes_picture=False)
    assert usable_methods(ALL, blind, elsewhere, Aim.CHANGE) == [RemixMethod.SOURCE, RemixMethod.REPROMPT]
    assert usable_methods(ALL, card, a_job(account="gemini"), Aim.CHANGE) == [RemixMethod.REPROMPT]
    under_way = a_job(Rendering(remote_id="video_1", started_at=NOON))
    assert usable_methods(ALL, card, under_way, Aim.CHANGE) == [RemixMethod.REPROMPT]


def test_a_service_that_changes_its_own_video_keeps_its_length_and_size() -> None:
    filmed = Done(video=a_video(seconds=17.02), remote_id="video_1", finished_at=NOON)
    long = a_job(filmed, request=a_request(seconds=6, size=Size(640, 360)))
    card = a_remix_card(per_second={WIDE: DIME, Size(640, 360): CENTS})
    assert option(card, long, RemixMethod.NATIVE).price == CENTS * 17
    frame = option(card, long, RemixMethod.FRAME)
    assert (frame.seconds, frame.size, frame.price) == (4, WIDE, DIME * 4)


def test_a_service_that_films_on_keeps_the_size_and_adds_the_ordered_seconds() -> None:
    filmed = Done(video=a_video(seconds=12.0), remote_id="video_1", finished_at=NOON)
    source = a_job(filmed, request=a_request(seconds=6, size=Size(640, 360)))
    card = a_remix_card(per_second={WIDE: DIME, Size(640, 360): CENTS})
    longer = option(card, source, RemixMethod.EXTEND)
    assert (longer.seconds, longer.size, longer.price) == (4, Size(640, 360), CENTS * 4)


def test_another_models_video_is_not_changed_by_its_id() -> None:
    """Those routes name no model, so the source's model would be used instead of the chosen one."""
    pro = a_remix_card(id="sora-2-pro", remote="sora-2-pro")
    assert usable_methods(ALL, pro, a_done_job(), Aim.CHANGE) == FROM_ITS_FILE
    assert usable_methods(ALL, pro, a_done_job(), Aim.CONTINUE) == [RemixMethod.LAST_FRAME, RemixMethod.REPROMPT]


async def test_an_id_given_at_another_address_is_not_used(bench: Bench) -> None:
    card, endpoint_history = a_remix_card(), bench.context.remix_planner.endpoint_history
    await endpoint_history.settle("openai", "https://one.example/v1")
    _, quote = await a_queued_remix(bench, card)
    bench.clock.forward(60)
    await endpoint_history.settle("openai", "https://one.example/v1/")
    assert await best(bench, card) is RemixMethod.NATIVE
    await endpoint_history.settle("openai", "https://two.example/v1")
    assert await best(bench, card) is RemixMethod.SOURCE
    bench.provider.submits = ["video_2"]
    await bench.step()
    (order,) = bench.provider.orders
    assert (order.method, order.source_id) == (RemixMethod.SOURCE, None)
    assert quote.price == DIME * 4


def test_a_method_may_have_a_price_of_its_own() -> None:
    card = a_remix_card(remix_per_second={RemixMethod.SOURCE: {WIDE: CENTS}})
    assert option(card, a_done_job(), RemixMethod.SOURCE).price == CENTS * 4
    assert option(card, a_done_job(), RemixMethod.FRAME).price == DIME * 4


@pytest.mark.parametrize(
    ("method", "aim", "words"),
    [
        (RemixMethod.NATIVE, Aim.CHANGE, "at night"),
        (RemixMethod.EXTEND, Aim.CONTINUE, "at night"),
        (RemixMethod.LAST_FRAME, Aim.CONTINUE, "at night"),
        (RemixMethod.FRAME, Aim.CHANGE, "a fox in the snow\n\nat night"),
        (RemixMethod.FRAME, Aim.REPLACE, "at night"),
        (RemixMethod.REPROMPT, Aim.REPLACE, "at night"),
        (RemixMethod.REPROMPT, Aim.CONTINUE, "a fox in the snow\n\nThen: at night"),
    ],
)
def test_a_host_that_does_not_see_the_scene_is_told_of_it(method: RemixMethod, aim: Aim, words: str) -> None:
    assert remix_prompt(method, "at night", a_request(), aim) == words


def test_a_prompt_that_begins_with_the_old_one_is_not_sent_after_it_once_more() -> None:
    whole = "a fox in the snow, at night"
    assert remix_prompt(RemixMethod.REPROMPT, whole, a_request(), Aim.CHANGE) == whole


async def test_a_method_that_is_not_there_is_not_tried_again_for_a_week(bench: Bench) -> None:
    card = a_remix_card()
    job, _ = await a_queued_remix(bench, card)
    bench.provider.submits = [Unsupported("no such route", lasting=True), "video_2"]
    await bench.step()
    assert [order.method for order in bench.provider.orders] == [RemixMethod.NATIVE, RemixMethod.EDIT]
    now = bench.clock.now()
    assert (await bench.job(job.id)).phase == Rendering(remote_id="video_2", started_at=now, method=RemixMethod.EDIT)
    assert await best(bench, card) is RemixMethod.EDIT
    bench.clock.forward(timedelta(days=7).total_seconds())
    assert await best(bench, card) is RemixMethod.NATIVE
    assert (await bench.job(job.id)).request.seconds == 4


async def test_models_promise_no_way_that_was_said_not_to_be_there(bench: Bench) -> None:
    card, planner = a_remix_card(remix=(RemixMethod.NATIVE, RemixMethod.FRAME)), bench.context.remix_planner
    assert await planner.open_methods([(card.account, card)]) == [[RemixMethod.NATIVE, RemixMethod.FRAME]]
    await planner.capabilities.note(card.account, card.remote, RemixMethod.NATIVE)
    assert await planner.open_methods([(card.account, card), ("nowhere", card)]) == [[RemixMethod.FRAME], []]


async def test_what_one_server_could_not_says_nothing_of_the_next_at_its_host(bench: Bench) -> None:
    card, remix_planner = a_remix_card(remix=(RemixMethod.SOURCE, RemixMethod.FRAME)), bench.context.remix_planner
    await remix_planner.endpoint_history.settle("openai", "http://gpu.lan:4000/v1")
    await a_queued_remix(bench, card)
    await remix_planner.capabilities.note(bench.provider.name, card.remote, RemixMethod.SOURCE)
    assert await best(bench, card) is RemixMethod.FRAME
    bench.clock.forward(1)
    await remix_planner.endpoint_history.settle("openai", "http://gpu.lan:8000/v1")
    assert await best(bench, card) is RemixMethod.SOURCE


@pytest.mark.parametrize("no", [Unsupported("that video is not known here"), Refused("no", Cause.MODERATION)])
async def test_what_says_nothing_of_other_videos_is_not_remembered(bench: Bench, no: Refused) -> None:
    card = a_remix_card()
    await a_queued_remix(bench, card)
    bench.provider.submits = [no, "video_2"]
    await bench.step()
    assert await best(bench, card) is RemixMethod.NATIVE


async def test_a_host_that_cannot_is_not_even_asked(bench: Bench) -> None:
    card = a_remix_card()
    bench.provider.able = frozenset({RemixMethod.FRAME, RemixMethod.REPROMPT})
    _, quote = await a_queued_remix(bench, card)
    assert quote.price == DIME * 4
    bench.provider.submits = ["video_2"]
    await bench.step()
    assert [order.method for order in bench.provider.orders] == [RemixMethod.FRAME]


DEARER = {"remix": (RemixMethod.NATIVE, RemixMethod.FRAME), "remix_per_second": {RemixMethod.NATIVE: {WIDE: CENTS}}}


@pytest.mark.parametrize(
    ("submits", "cost"),
    [(["video_2"], CENTS * 4), ([Unsupported("no such route", lasting=True), "video_2"], DIME * 4)],
    ids=["the way it is best made", "the dearer one in its place"],
)
async def test_a_remix_is_quoted_at_the_dearest_way_that_may_run_and_settled_at_its_own(
    bench: Bench, submits: list[Any], cost: Usd
) -> None:
    job, quote = await a_queued_remix(bench, a_remix_card(**DEARER))
    assert (quote.price, quote.is_bound) == (DIME * 4, True)
    bench.provider.submits = submits
    ended = await bench.run(job.id)
    assert (name_of(ended.phase), ended.cost) == ("done", cost)
    assert await bench.store.check_books() == []


async def test_a_way_that_became_dearer_leaves_those_that_were_agreed_to(bench: Bench) -> None:
    card = a_remix_card(remix=(RemixMethod.NATIVE, RemixMethod.FRAME))
    job, _ = await a_queued_remix(bench, card)
    bench.context.catalogue.renew(a_catalogue(replace(card, remix_per_second={RemixMethod.NATIVE: {WIDE: DIME * 2}})))
    bench.provider.submits = ["video_2"]
    ended = await bench.run(job.id)
    assert [order.method for order in bench.provider.orders] == [RemixMethod.FRAME]
    assert (name_of(ended.phase), ended.cost) == ("done", DIME * 4)


async def test_a_dearer_way_than_the_one_agreed_to_is_not_taken(bench: Bench) -> None:
    card = a_remix_card(remix=(RemixMethod.NATIVE,), remix_per_second={RemixMethod.NATIVE: {WIDE: CENTS}})
    job, quote = await a_queued_remix(bench, card)
    assert quote.price == CENTS * 4
    dearer = replace(card, remix_per_second={})
    bench.context.catalogue.renew(a_catalogue(dearer))
    await bench.step()
    ended = await bench.job(job.id)
    assert isinstance(ended.phase, Failed)
    assert "$0.40 for this remix instead of $0.20" in str(ended.phase.reason)
    assert (ended.cost, ended.quote) == (None, DIME * 4)
    assert bench.provider.orders == []
    assert (await bench.store.costs(job.guild_id, None, Period.MONTH)).reserved == Usd(0)
    assert await bench.store.check_books() == []
    again = await orders_of(bench, dearer).again(ended, await bench.job(SOURCE))
    assert again.price == DIME * 4


async def test_a_cheaper_way_is_booked_at_its_own_price(bench: Bench) -> None:
    card = a_remix_card(
        remix=(RemixMethod.NATIVE, RemixMethod.FRAME), remix_per_second={RemixMethod.FRAME: {WIDE: CENTS}}
    )
    job, _ = await a_queued_remix(bench, card)
    bench.provider.submits = [Unsupported("no such route", lasting=True), "video_2"]
    ended = await bench.run(job.id)
    assert (name_of(ended.phase), ended.cost) == ("done", CENTS * 4)
    assert await bench.store.check_books() == []


CHEAPER = {"remix": (RemixMethod.NATIVE, RemixMethod.FRAME), "remix_per_second": {RemixMethod.FRAME: {WIDE: CENTS}}}


@pytest.mark.parametrize("dies", [False, True])
async def test_a_cheaper_way_whose_answer_is_lost_is_booked_at_its_own_price(bench: Bench, *, dies: bool) -> None:
    job, _ = await a_queued_remix(bench, a_remix_card(**CHEAPER))
    no = Unsupported("no such route", lasting=True)
    if dies:
        bench.provider.submits = [no]  # nothing more is scripted, so the step crashes in the second order
        with pytest.raises(IndexError):
            await bench.step()
        bench.clock.forward(61)
    else:
        bench.provider.submits = [no, OutcomeUnknown("no answer")]
    found = a_listed("video_2", prompt="a fox in the snow\n\nat night", at=bench.clock.now())
    bench.provider.lists = [[found]]
    ended = await bench.run(job.id)
    assert (name_of(ended.phase), ended.cost) == ("done", CENTS * 4)
    assert await bench.store.check_books() == []


@pytest.mark.parametrize("cheaper", [RemixMethod.NATIVE, RemixMethod.FRAME])
@pytest.mark.parametrize("no", [Unavailable("busy", retry_after=9), AccountTrouble("no credit is left")])
async def test_an_order_that_was_not_taken_waits_as_it_was_agreed(
    bench: Bench, no: ProviderError, cheaper: RemixMethod
) -> None:
    job, quote = await a_queued_remix(bench, a_remix_card(**CHEAPER | {"remix_per_second": {cheaper: {WIDE: CENTS}}}))
    bench.provider.submits = [Unsupported("that video is not known here"), no]
    await bench.step()
    waiting = await bench.job(job.id)
    assert (name_of(waiting.phase), waiting.quote, waiting.request) == ("queued", quote.price, job.request)
    assert [order.method for order in bench.provider.orders] == [RemixMethod.NATIVE, RemixMethod.FRAME]


async def test_a_remix_that_no_method_makes_ends_for_free(bench: Bench) -> None:
    job, _ = await a_queued_remix(bench, a_remix_card(**CHEAPER))
    bench.provider.submits = [Unsupported("no such route", lasting=True), Unsupported("no such file")]
    await bench.step()
    ended = await bench.job(job.id)
    assert isinstance(ended.phase, Failed)
    assert (str(ended.phase.reason), ended.phase.charged) == ("Sora 2 can't remix this video here.", False)
    assert len(bench.provider.orders) == 2
    assert await bench.store.check_books() == []


async def test_of_methods_that_have_all_become_dearer_the_cheapest_is_named(bench: Bench) -> None:
    card = a_remix_card(remix=(RemixMethod.NATIVE, RemixMethod.FRAME))
    job, quote = await a_queued_remix(bench, card)
    prices = {RemixMethod.NATIVE: {WIDE: DIME * 3}, RemixMethod.FRAME: {WIDE: DIME * 2}}
    bench.context.catalogue.renew(a_catalogue(replace(card, remix_per_second=prices)))
    await bench.step()
    ended = await bench.job(job.id)
    assert isinstance(ended.phase, Failed)
    assert str(ended.phase.reason) == f"Sora 2 now charges $0.80 for this remix instead of {quote.price}."
    assert (ended.phase.charged, bench.provider.orders) == (False, [])


async def test_a_remix_that_is_called_off_while_one_method_is_refused_is_not_ordered_by_the_next(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, quote = await a_queued_remix(bench, a_remix_card(**CHEAPER))
    bench.provider.submits, send = [Unsupported("no such route", lasting=True), "video_2"], bench.provider.submit

    async def called_off_meanwhile(order: Order) -> str:
        await bench.store.cancel(job.id, job.owner_id)
        return await send(order)

    monkeypatch.setattr(bench.provider, "submit", called_off_meanwhile)
    await bench.step()
    ended = await bench.job(job.id)
    assert isinstance(ended.phase, Cancelled)
    assert (ended.phase.charged, ended.cost, ended.quote) == (False, None, quote.price)
    assert [order.method for order in bench.provider.orders] == [RemixMethod.NATIVE]
    assert await bench.store.check_books() == []


async def test_what_was_deleted_while_its_remix_waited_is_not_used(bench: Bench) -> None:
    job, _ = await a_queued_remix(bench, a_remix_card())
    await bench.store.mark_deleted(SOURCE)
    await bench.step()
    ended = await bench.job(job.id)
    assert isinstance(ended.phase, Failed)
    assert (ended.phase.reason, ended.phase.charged, bench.provider.orders) == (SOURCE_GONE, False, [])


async def test_a_source_that_cannot_be_read_is_not_taken_for_a_new_video(bench: Bench) -> None:
    lost = a_job(request=a_request(prompt="at night", source=JobId("ZZZZZZ")))
    ended = await bench.run(await bench.order(lost))
    assert isinstance(ended.phase, Failed)
    assert (ended.phase.reason, bench.provider.orders) == (SOURCE_GONE, [])


async def test_a_file_that_is_missing_leaves_the_next_method(bench: Bench) -> None:
    await a_queued_remix(bench, a_remix_card(remix=(RemixMethod.SOURCE, RemixMethod.FRAME, RemixMethod.REPROMPT)))
    source = await bench.job(SOURCE)
    assert source.video is not None
    await bench.context.files.remove([source.video.video])
    bench.provider.submits = ["video_2"]
    await bench.step()
    assert [order.method for order in bench.provider.orders] == [RemixMethod.REPROMPT]


async def test_to_continue_the_last_frame_is_the_first(bench: Bench) -> None:
    card = a_remix_card(remix=(RemixMethod.LAST_FRAME,))
    job, quote = await a_queued_remix(bench, card, Aim.CONTINUE)
    bench.provider.submits = ["video_2"]
    await bench.step()
    (order,) = bench.provider.orders
    assert (order.picture, order.prompt) == (b"last frame at 1280x720", "at night")
    assert (await bench.job(job.id)).request.aim is quote.request.aim is Aim.CONTINUE


async def test_a_model_that_cannot_continue_says_so(bench: Bench) -> None:
    orders = orders_of(bench, a_card(remix=(RemixMethod.NATIVE,)))
    with pytest.raises(BadRequest, match="can't continue this video"):
        await orders.remix(a_done_job(), RemixRequest(prompt="on we go", aim=Aim.CONTINUE))


async def test_a_chosen_length_is_made_priced_and_kept_when_it_is_run_again(bench: Bench) -> None:
    card = a_remix_card(remix=(RemixMethod.FRAME, RemixMethod.REPROMPT))
    job, quote = await a_queued_remix(bench, card, seconds=12)
    assert (quote.request.seconds, quote.price) == (12, DIME * 12)
    bench.provider.submits = ["video_2"]
    await bench.step()
    assert [order.seconds for order in bench.provider.orders] == [12]
    again = await orders_of(bench, card).again(await bench.job(job.id), await bench.job(SOURCE))
    assert again.request.seconds == 12


async def test_what_runs_in_the_place_of_an_edit_is_as_long_as_that_would_be(bench: Bench) -> None:
    """An edit keeps the original's 4 s, whatever was requested, and its price applies to both."""
    card = a_remix_card(remix=(RemixMethod.NATIVE, RemixMethod.FRAME))
    _, quote = await a_queued_remix(bench, card, seconds=12)
    assert (quote.request.seconds, quote.price) == (4, DIME * 4)
    bench.provider.submits = [Unsupported("no"), "video_2"]
    await bench.step()
    assert [(order.method, order.seconds) for order in bench.provider.orders] == [
        (RemixMethod.NATIVE, 4),
        (RemixMethod.FRAME, 4),
    ]


@pytest.mark.parametrize(
    ("ways", "seconds", "words"),
    [
        ((RemixMethod.NATIVE,), 12, "keeps the original's length here, which is 4 s. Leave out `seconds`."),
        ((RemixMethod.FRAME,), 5, "makes videos of 4, 8 or 12 seconds, not 5."),
    ],
)
async def test_a_length_that_cannot_be_had_is_refused(
    bench: Bench, ways: tuple[RemixMethod, ...], seconds: int, words: str
) -> None:
    orders = orders_of(bench, a_remix_card(remix=ways))
    with pytest.raises(BadRequest) as refused:
        await orders.remix(a_done_job(), RemixRequest(prompt="at night", seconds=seconds, exactly=True))
    assert words in refused.value.sentence


async def test_the_form_offers_every_length_there_is_room_for(bench: Bench) -> None:
    free, tied = a_card(id="free", remix=(RemixMethod.FRAME,)), a_card(id="tied", remix=(RemixMethod.NATIVE,))
    orders = orders_of(bench, free)
    orders.catalogue.renew(a_catalogue(free, tied))
    offers = await orders.remix_offers(a_done_job(request=a_request(model="tied")))
    assert [(offer.card.id, offer.seconds) for offer in offers] == [("tied", None), *(("free", n) for n in (4, 8, 12))]
    assert [offer.options[Aim.CHANGE].price for offer in offers[1:]] == [DIME * 4, DIME * 8, DIME * 12]
    others = [a_card(id=f"m{n}", remix=(RemixMethod.REPROMPT,)) for n in range(22)]
    orders.catalogue.renew(a_catalogue(*others, free))
    offers = await orders.remix_offers(a_done_job(request=a_request(model="free")))
    assert [offer.seconds for offer in offers] == [4, 8, 12, *[4] * 22]


async def test_nothing_is_made_from_a_deleted_video(bench: Bench) -> None:
    orders, gone = orders_of(bench, a_remix_card()), a_done_job(deleted=True)
    with pytest.raises(BadRequest, match="was deleted"):
        await orders.remix(gone, RemixRequest(prompt="at night"))
    with pytest.raises(BadRequest, match="was deleted"):
        await orders.again(a_job(Queued(), request=a_request(source=gone.id)), gone)


@pytest.mark.parametrize(
    ("status", "body", "lasting"),
    [
        (404, {"detail": "Not Found"}, True),
        (404, "404: Not Found", True),
        (404, {"error": {"message": "Invalid URL (POST /v1/videos/video_1/remix)"}}, True),
        (404, {"error": {"message": "Video with id 'video_1' not found."}}, False),
        (405, {"detail": "Method Not Allowed"}, True),
        (400, {"error": {"message": "some/model does not support previous_job_id", "code": 400}}, True),
    ],
)
def test_what_a_host_cannot_do_at_all_is_told_from_what_it_cannot_do_now(
    status: int, body: object, *, lasting: bool
) -> None:
    error = no_video(an_answer(status, body), Endpoint(an_account()), RemixMethod.NATIVE)
    assert isinstance(error, Unsupported)
    assert error.lasting is lasting


async def test_a_model_that_always_starts_from_an_image_makes_nothing_of_the_words_of_another_video(
    bench: Bench,
) -> None:
    source, planner = a_done_job(), bench.context.remix_planner
    card = a_remix_card(id="from-images", remix=(RemixMethod.FRAME, RemixMethod.REPROMPT), needs_picture=True)
    found = await planner.remix_options(card, source, Aim.CHANGE, source.account)
    assert [each.method for each in found] == [RemixMethod.FRAME]
    inputs = RemixInputs(starts_from_picture=True)
    found = await planner.remix_options(card, source, Aim.CHANGE, source.account, RemixTerms(inputs=inputs))
    assert [each.method for each in found] == [RemixMethod.REPROMPT]
