"""Options besides prompt, length and size: named in errors, priced, stored, sent, and kept for remixes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.access.limits import UNLIMITED
from bot.domain.errors import BadRequest
from bot.domain.messages import Model
from bot.domain.models.abilities import LARGEST_SEED, Abilities, Ability
from bot.domain.models.card import ModelCard
from bot.domain.money.usd import Usd
from bot.domain.phases import Done, Failed
from bot.domain.ports.provider import Order
from bot.domain.video import NO_OPTIONS, Aim, Picture, RemixMethod, VideoOptions
from bot.jobs.ordering.cheaper import cheaper_videos
from bot.jobs.ordering.quoting import OrderRequest, Quote, Quoting
from bot.jobs.ordering.remix_offers import RemixRequest
from bot.jobs.reconcile.sweep import _unseen
from bot.jobs.steps.fingerprint import fingerprint
from bot.jobs.use_cases.manage import files_of
from bot.ui.text.phrases.ordering.options import can, in_short
from bot.ui.text.render import plain_text
from tests.builders import TALL, WIDE, a_card, a_catalogue, a_done_job, a_job, a_request
from tests.scripted import PlainMediaProcessor
from tests.workbench import Bench, a_bench

ALL = Abilities(options=frozenset(Ability), references=3)
SAID: VideoOptions[Any] = VideoOptions(sound=False, seed=7, negative_prompt="rain")


@pytest_asyncio.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as opened:
        opened.context.catalogue.renew(a_catalogue(a_card(abilities=ALL)))
        yield opened


def orders_of(bench: Bench, *cards: ModelCard) -> Quoting:
    return Quoting(a_catalogue(*cards), PlainMediaProcessor(), bench.context.files, bench.context.remix_planner)


def a_picture(name: str) -> Picture:
    return Picture(key=f"inputs/{name}.png", preview=f"inputs/{name}.jpg", sha256=name, note="")


# Missing abilities


@pytest.mark.parametrize(
    ("options", "image", "told"),
    [
        (VideoOptions(sound=True), True, "Sora 2 can't be told whether to make sound. Leave out `sound`"),
        (VideoOptions(seed=0), True, "Sora 2 takes no seed."),
        (VideoOptions(negative_prompt="rain"), True, "Sora 2 takes no negative prompt."),
        (VideoOptions(end=b"x"), True, "Sora 2 can't end with a given image. Leave out `end`"),
        (VideoOptions(references=(b"x",)), False, "Sora 2 takes no reference images."),
    ],
)
async def test_what_a_model_lacks_is_refused_by_its_name_and_nothing_is_kept(
    bench: Bench, tmp_path: Path, options: VideoOptions[bytes], image: bool, told: str
) -> None:
    order = OrderRequest(prompt="a fox", image=b"i" if image else None, options=options)
    with pytest.raises(BadRequest) as no:
        await orders_of(bench, a_card()).new(order)
    assert no.value.sentence.startswith(told)
    assert no.value.sentence.endswith("You weren't charged.")
    assert not (tmp_path / "files" / "pictures").exists()
    assert not (tmp_path / "files" / "inputs").exists()


@pytest.mark.parametrize(
    ("options", "picture", "told"),
    [
        (VideoOptions(end=b"x"), False, "has to start from one, too"),
        (VideoOptions(references=(b"x",)), True, "not both"),
        (VideoOptions(references=(b"x",) * 4), False, "takes up to 3 reference images, not 4"),
        (VideoOptions(seed=-1), False, "from 0 to 2,147,483,647"),
        (VideoOptions(seed=LARGEST_SEED + 1), False, "from 0 to 2,147,483,647"),
        (VideoOptions(negative_prompt="x" * 1001), False, "has 1,001 characters. The limit is 1,000"),
    ],
)
def test_what_no_model_takes_is_refused(options: VideoOptions[bytes], picture: bool, told: str) -> None:
    with pytest.raises(BadRequest) as no:
        ALL.check(options, Model("Sora 2"), starts_from_picture=picture)
    assert told in plain_text(no.value.message)


def test_a_model_says_what_it_can_be_asked_for() -> None:
    said = can(ALL)
    assert said is not None
    assert plain_text(said) == "sound on or off · seed · negative prompt · end image · up to 3 reference images"
    assert can(a_card().abilities) is None


# Prices


def test_sound_and_pictures_may_cost_something_else() -> None:
    card = a_card(
        abilities=ALL,
        sound_per_second={False: {WIDE: Usd.of("0.06")}, True: {WIDE: Usd.of("0.12")}},
        per_picture=Usd.of("0.03"),
        per_reference=Usd.of("0.05"),
    )

    def price(**options: Any) -> Usd:
        return card.quote(4, WIDE, picture="end" in options, options=VideoOptions(**options))

    assert price() == Usd.of("0.40")
    assert price(sound=False) == Usd.of("0.24")
    assert price(sound=True) == Usd.of("0.48")
    assert price(end="x") == Usd.of("0.46")
    assert price(references=("x", "y")) == Usd.of("0.50")
    assert card.quote(4, TALL, options=VideoOptions(sound=False)) == Usd.of("0.40"), "no price of its own"


def test_of_two_prices_that_may_count_the_dearer_is_quoted() -> None:
    card = a_card(
        sound_per_second={True: {WIDE: Usd.of("0.12")}}, remix_per_second={RemixMethod.FRAME: {WIDE: Usd.of("0.20")}}
    )
    both: VideoOptions[Any] = VideoOptions(sound=True)
    assert card.quote(1, WIDE, RemixMethod.FRAME, options=both) == Usd.of("0.20")
    assert card.quote(1, WIDE, RemixMethod.REPROMPT, options=both) == Usd.of("0.12")


async def test_the_pictures_of_an_order_are_in_its_price(bench: Bench) -> None:
    orders = orders_of(bench, a_card(abilities=ALL, per_picture=Usd.of("0.03"), per_reference=Usd.of("0.05")))
    both = await orders.new(OrderRequest(prompt="a fox", image=b"a", options=VideoOptions(end=b"b")))
    assert both.price == Usd.of("0.46")
    shown = await orders.new(OrderRequest(prompt="a fox", options=VideoOptions(references=(b"a", b"b"))))
    assert shown.price == Usd.of("0.50")


# An order's files


async def ordered(bench: Bench, *, start: bytes | None = b"start", **options: Any) -> Any:
    order = OrderRequest(prompt="a fox", image=start, options=VideoOptions(**options))
    return await orders_of(bench, a_card(abilities=ALL)).new(order)


async def test_an_order_is_sent_with_all_that_was_asked_for(bench: Bench) -> None:
    quote = await ordered(bench, sound=False, seed=7, negative_prompt="rain", end=b"end")
    ended = await bench.run(await bench.order(a_job(request=quote.request)))
    assert isinstance(ended.phase, Done)
    (sent,) = bench.provider.orders
    assert sent.picture == b"start"
    assert sent.options == VideoOptions(sound=False, seed=7, negative_prompt="rain", end=b"end")
    assert ended.request.options == quote.request.options


async def test_reference_pictures_are_sent_whole_and_in_their_order(bench: Bench) -> None:
    quote = await ordered(bench, start=None, references=(b"one", b"two"))
    assert [picture.note for picture in quote.request.options.references] == ["whole to 1280x720"] * 2
    await bench.run(await bench.order(a_job(request=quote.request)))
    assert bench.provider.orders[0].options.references == (b"one", b"two")


async def test_a_picture_that_is_gone_ends_the_order_free_of_charge(bench: Bench) -> None:
    quote = await ordered(bench, end=b"end")
    await bench.context.files.remove([quote.request.options.end.key])
    ended = await bench.run(await bench.order(a_job(request=quote.request)))
    assert isinstance(ended.phase, Failed)
    assert (ended.phase.charged, bench.provider.orders) == (False, [])


async def test_a_price_that_has_risen_for_sound_is_not_paid(bench: Bench) -> None:
    quote = await ordered(bench, sound=True)
    job_id = await bench.order(a_job(request=quote.request))
    bench.context.catalogue.renew(a_catalogue(a_card(abilities=ALL, sound_per_second={True: {WIDE: Usd.of("0.50")}})))
    ended = await bench.run(job_id)
    assert isinstance(ended.phase, Failed)
    assert "now charges $2.00" in str(ended.phase.reason)
    assert bench.provider.orders == []


def test_all_pictures_are_the_jobs_files() -> None:
    options = VideoOptions(end=a_picture("e"), references=(a_picture("r"),))
    job = a_job(request=a_request(picture=a_picture("p"), options=options))
    assert files_of(job) == [f"inputs/{name}.{ending}" for name in "per" for ending in ("png", "jpg")]


# Repeated orders


async def test_run_again_keeps_them_with_files_of_its_own(bench: Bench) -> None:
    first = await ordered(bench, seed=7, end=b"end")
    again = await orders_of(bench, a_card(abilities=ALL)).again(a_done_job(request=first.request), None)
    before, after = first.request.options, again.request.options
    assert (after.seed, after.sound) == (7, None)
    assert after.end != before.end
    assert after.end is not None
    assert after.end.sha256 == before.end.sha256


async def test_run_again_is_refused_by_name_once_the_model_has_lost_it(bench: Bench) -> None:
    job = a_done_job(request=a_request(options=VideoOptions(seed=7)))
    with pytest.raises(BadRequest, match="takes no seed"):
        await orders_of(bench, a_card()).again(job, None)


async def test_a_larger_video_gets_its_end_fitted_anew_and_its_references_copied(bench: Bench) -> None:
    card = a_card(abilities=ALL)
    first = await ordered(bench, end=b"end")
    tall = replace(first, request=replace(first.request, size=TALL))
    taken = await orders_of(bench, card).instead(tall, first.request, fresh=True)
    assert [picture.note for picture in taken.request.pictures] == ["crop to 720x1280", "crop to 720x1280"]
    assert not {picture.key for picture in taken.request.pictures} & {picture.key for picture in first.request.pictures}


def test_a_cheaper_model_that_lacks_an_option_is_not_offered(bench: Bench) -> None:
    cheap = {WIDE: Usd.of("0.01"), TALL: Usd.of("0.01")}
    able, unable = a_card(id="able", abilities=ALL, per_second=cheap), a_card(id="unable", per_second=cheap)
    card = a_card(abilities=ALL)
    orders = orders_of(bench, card, able, unable)
    request = a_request(options=SAID)
    quote = Quote(request=request, card=card, price=card.check(request))
    assert {offer.card.id for offer in cheaper_videos(quote, orders.catalogue.cards)} == {"able"}


# Remixes


async def test_a_remix_keeps_sound_and_negative_prompt_but_neither_seed_nor_pictures(bench: Bench) -> None:
    card = a_card(abilities=ALL, remix=(RemixMethod.REPROMPT,))
    source = a_done_job(request=a_request(options=replace(SAID, end=a_picture("e"))))
    quote = await orders_of(bench, card).remix(source, RemixRequest(prompt="at night"))
    assert quote.request.options == VideoOptions(sound=False, negative_prompt="rain")


async def test_a_remix_by_its_services_id_keeps_what_the_original_has(bench: Bench) -> None:
    card = a_card(abilities=ALL, remix=(RemixMethod.NATIVE,), sound_per_second={False: {WIDE: Usd.of("0.05")}})
    quote = await orders_of(bench, card).remix(
        a_done_job(request=a_request(options=SAID)), RemixRequest(prompt="night")
    )
    assert (quote.request.options, quote.price) == (NO_OPTIONS, Usd.of("0.40"))


async def test_a_remix_by_a_model_that_has_them_not_goes_without(bench: Bench) -> None:
    card = a_card(remix=(RemixMethod.REPROMPT,))
    quote = await orders_of(bench, card).remix(
        a_done_job(request=a_request(options=SAID)), RemixRequest(prompt="night")
    )
    assert quote.request.options == NO_OPTIONS


async def test_a_remix_may_start_from_a_new_picture(bench: Bench) -> None:
    source = await bench.run(await bench.order())
    orders = orders_of(bench, a_card(abilities=ALL))
    quote = await orders.remix(source, RemixRequest(prompt="at night", image=b"new", seconds=8))
    bench.provider.submits.append("video_2")
    assert (quote.method, quote.request.seconds) == (RemixMethod.REPROMPT, 8)
    made = await bench.run(await bench.order(a_job(request=quote.request, quote=quote.price)))
    assert isinstance(made.phase, Done)
    sent = bench.provider.orders[-1]
    assert (sent.method, sent.picture) == (RemixMethod.REPROMPT, b"new")
    assert sent.prompt.startswith(source.request.prompt)


async def test_or_is_refused_where_the_model_starts_from_none(bench: Bench) -> None:
    orders = orders_of(bench, a_card(takes_picture=False))
    with pytest.raises(BadRequest, match="can't start a remix from a new image"):
        await orders.remix(a_done_job(), RemixRequest(prompt="at night", image=b"new"))


async def test_a_remix_from_a_picture_is_run_again_with_it(bench: Bench) -> None:
    orders, source = orders_of(bench, a_card()), a_done_job()
    first = await orders.remix(source, RemixRequest(prompt="at night", image=b"new", aim=Aim.CONTINUE))
    again = await orders.again(a_done_job(request=first.request), source)
    assert [each.sha256 for each in again.request.pictures] == [each.sha256 for each in first.request.pictures]
    assert again.request.aim is Aim.CONTINUE
    assert again.request.picture != first.request.picture
    assert (await orders.today(first, source, UNLIMITED)).request == first.request


# Fingerprints


def test_two_orders_that_a_list_shows_alike_never_overlap() -> None:
    """A list doesn't show their options."""
    one, other = a_sent(VideoOptions(seed=1)), a_sent(VideoOptions(seed=2))
    assert fingerprint("host", one) == fingerprint("host", other)


def a_sent(options: VideoOptions[bytes]) -> Order:
    return Order(card=a_card(), prompt="a fox", seconds=4, size=WIDE, options=options)


@pytest.mark.parametrize(
    "change",
    [
        lambda options: replace(options, seed=8),
        lambda options: replace(options, sound=None),
        lambda options: replace(options, end=a_picture("other")),
        lambda options: replace(options, references=()),
    ],
)
def test_but_neither_is_taken_for_the_other(change: Callable[[VideoOptions[Picture]], VideoOptions[Picture]]) -> None:
    options: VideoOptions[Picture] = VideoOptions(sound=True, seed=7, end=a_picture("e"), references=(a_picture("r"),))
    copied = replace(options, end=replace(a_picture("e"), key="inputs/copy.png"))
    job, same = a_job(request=a_request(options=options)), a_job(request=a_request(options=copied))
    assert _unseen(job) == _unseen(same)
    assert _unseen(job) != _unseen(a_job(request=a_request(options=change(options))))


def test_they_are_told_in_one_line() -> None:
    said = in_short(VideoOptions(sound=True, seed=7, negative_prompt="*rain*", end="x", references=("a", "b")))
    assert said is not None
    assert plain_text(said) == ("Sound: on · Seed: 7 · Negative prompt: *rain* · End image: yes · Reference images: 2")
    assert in_short(NO_OPTIONS) is None


async def test_a_remix_of_another_size_than_before_has_its_picture_fitted_anew(bench: Bench) -> None:
    source, orders = a_done_job(), orders_of(bench, a_card())
    first = await orders.remix(source, RemixRequest(prompt="at night", image=b"new"))
    tall = a_card(sizes=(TALL,))
    again = await orders_of(bench, tall).again(a_done_job(request=first.request), source)
    assert [picture.note for picture in again.request.pictures] == ["crop to 720x1280"]


async def test_pictures_of_a_deleted_order_cannot_be_used_again(bench: Bench) -> None:
    source, orders = a_done_job(), orders_of(bench, a_card(abilities=ALL))
    first = await orders.remix(source, RemixRequest(prompt="at night", image=b"new"))
    for request in (first.request, (await ordered(bench, end=b"end")).request):
        with pytest.raises(BadRequest, match="image was deleted"):
            await orders.again(a_done_job(request=request, deleted=True), source)
