"""The quote before an expensive order: its content, cheaper alternatives, and that it is binding."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.domain.access.limits import UNLIMITED, OrderLimits
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, NotAllowed, TierLimit
from bot.domain.job import Job
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.allowances import Remainder, Scope
from bot.domain.money.usd import Usd
from bot.domain.phases import Done
from bot.domain.video import Aim, RemixMethod, Size
from bot.jobs.ordering.cheaper import CheaperOrders, cheaper_videos
from bot.jobs.ordering.quoting import OrderRequest, Quote
from bot.jobs.ordering.remix_offers import RemixRequest
from bot.jobs.timing.render_times import RenderTimes
from bot.jobs.use_cases.quotes.details import QuoteDetails
from bot.ui.dialogs.drafts import Draft, Drafts, UnsentForm, was_opened_by_edit
from bot.ui.dialogs.quoting.questions import OpenQuestions
from bot.ui.dialogs.quoting.quotes import Quoted, QuoteDialogs, QuoteQuestion
from bot.ui.interactions.responses import begin, think
from bot.ui.text.phrases.ordering.quotes import changes, cheaper, question
from bot.ui.text.render import render
from tests.builders import NOON, WIDE, a_card, a_member, a_request, a_video
from tests.scripted import MemoryRecords
from tests.tiers import a_tier
from tests.tiers import write as write_tiers
from tests.unit.test_failover import House, a_house
from tests.unit.test_order_placement import JOB, a_placement, a_press

SMALL = Size(640, 360)
SORA = a_card(sizes=(WIDE, SMALL), per_second={WIDE: Usd.of("0.10"), SMALL: Usd.of("0.04")})
WAN = a_card(id="wan", label="Wan", seconds=(5, 10), sizes=(WIDE,), per_second={WIDE: Usd.of("0.05")})
LEFT = Remainder(scope=Scope.DAY, left=Usd.of("3.80"), cap=Usd.of(5))
ANN, MAX = a_member(), a_member(manages=True)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path) as house:
        house.catalogue.renew(Catalogue({card.id: card for card in (SORA, WAN)}, {}))
        yield house


def a_quote(**changes: Any) -> Quote:
    request = a_request(**{"seconds": 12, **changes})
    return Quote(request=request, card=SORA, price=SORA.check(request))


# Content


def test_it_says_price_time_and_what_is_left_of_which_budget() -> None:
    details = QuoteDetails(quote=a_quote(), times=RenderTimes((80.0,), 60.0, (80.0,)), left=LEFT)
    assert render(question(details)) == (
        "Make this video for **$1.20**?\n> a fox in the snow\n-# Sora 2 · 12 s · 1280x720\n-# Usually takes 1:20 here\n"
        "-# Leaves $3.80 of your $5.00 today"
    )


def test_a_remix_by_a_way_that_is_not_known_yet_is_quoted_as_a_bound() -> None:
    quote = replace(a_quote(), is_bound=True, method=RemixMethod.FRAME)
    servers = Remainder(scope=Scope.SERVER, left=Usd.of(20), cap=Usd.of(25))
    said = render(question(QuoteDetails(quote=quote, times=RenderTimes((), None), left=servers)))
    assert said.startswith("Make this video for at most **$1.20**?")
    assert "It's charged at its real cost, never more than this." in said
    assert said.endswith("-# Leaves $20.00 of this server's $25.00 this month")


# Cheaper alternatives


def test_the_nearest_cheaper_videos_come_first_with_what_is_given_up() -> None:
    quote, cards = a_quote(), {card.id: card for card in (SORA, WAN)}
    assert [str(changes(other, quote)) for other in cheaper_videos(quote, cards)] == [
        "4 s shorter",
        "not 1280x720",
        "8 s shorter",
        "not Sora 2 · 2 s shorter",
    ]
    assert "**$0.80** · Sora 2 · 8 s · 1280x720 · 4 s shorter" in render(cheaper(quote, cheaper_videos(quote, cards)))


def test_nothing_is_cheaper_than_the_cheapest() -> None:
    assert cheaper_videos(a_quote(seconds=4, size=SMALL), {SORA.id: SORA}) == []


async def test_a_tier_is_offered_what_it_allows(house: House) -> None:
    orders = CheaperOrders(queries=house.bench.store, quoting=house.create.quoting, health=house.health)
    allowed = OrderLimits(tier=a_tier(models=frozenset({"sora-2"})))
    assert {other.card.id for other in await orders.than(a_quote(), allowed)} == {"sora-2"}
    assert {other.card.id for other in await orders.than(a_quote(), UNLIMITED)} == {"sora-2", "wan"}


async def a_source(house: House) -> Job:
    return await house.ended(Done(video=a_video(), remote_id="video_1", finished_at=NOON))


async def test_a_cheaper_remix_is_by_another_model_or_shorter(house: House) -> None:
    framed = replace(WAN, provider="openai", remix=(RemixMethod.FRAME,), takes_picture=True)
    house.catalogue.renew(Catalogue({card.id: card for card in (SORA, framed)}, {}))
    source, wanted = await a_source(house), RemixRequest(prompt="and on", seconds=12, aim=Aim.CONTINUE)
    dear = await house.create.quote_remix(MAX, source.id, wanted)
    orders = CheaperOrders(queries=house.bench.store, quoting=house.create.quoting, health=house.health)
    offers = await orders.than(dear, UNLIMITED)
    assert all(offer.price < dear.price and offer.request.source == source.id for offer in offers)
    assert {(offer.card.id, offer.request.seconds) for offer in offers} >= {("sora-2", 4), ("sora-2", 8)}
    again = await house.create.quote_today(MAX, offers[0])
    assert (again.price, again.request) == (offers[0].price, offers[0].request)


def test_a_choice_goes_into_the_form_as_far_as_that_has_it() -> None:
    def fields(**written: str) -> Any:
        draft = Draft(member_id=1, verb="x", about="y", fields=written)
        unsent = UnsentForm(drafts=Drafts(records=MemoryRecords()), draft=draft)
        return unsent.choosing("wan", 5, "640x360").draft.fields

    assert fields(prompt="a", model="", seconds="", size="") == {
        "prompt": "a",
        "model": "wan",
        "seconds": "5",
        "size": "640x360",
    }
    assert fields(prompt="a", model="sora-2 8") == {"prompt": "a", "model": "wan 5"}
    assert fields(prompt="a", picture="0") == {"prompt": "a", "picture": "0"}


# A binding price


async def test_a_price_that_has_changed_is_seen_at_the_yes(house: House) -> None:
    quote = await house.create.quote_new(MAX, OrderRequest(prompt="a fox", seconds=12))
    assert quote.holds(await house.create.quote_today(MAX, quote))
    for cents, holds in (("0.12", False), ("0.09", True)):
        dearer = replace(SORA, per_second={WIDE: Usd.of(cents)})
        house.catalogue.renew(Catalogue({SORA.id: dearer}, {}))
        now = await house.create.quote_today(MAX, quote)
        assert (now.price, quote.holds(now)) == (Usd.of(cents) * 12, holds)
    house.catalogue.renew(Catalogue({"wan": WAN}, {}))
    with pytest.raises(BadRequest, match="You weren't charged"):
        await house.create.quote_today(MAX, quote)


@pytest.mark.parametrize(
    ("member", "no"),
    [
        pytest.param(a_member(roles=frozenset()), NotAllowed, id="a stranger, or whose role was taken meanwhile"),
        pytest.param(a_member(roles=frozenset({7})), None, id="in the tier"),
        pytest.param(a_member(roles=frozenset({8})), TierLimit, id="in a tier that has become smaller"),
        pytest.param(a_member(roles=frozenset({9})), None, id="an approver"),
        pytest.param(MAX, None, id="a manager"),
    ],
)
async def test_whoever_says_yes_may_still_order_it(house: House, member: Member, no: type[Exception] | None) -> None:
    tiers = (a_tier("VIP", 7), a_tier("Trial", 8, longest_seconds=4), a_tier("Staff", 9, may_approve=True))
    await write_tiers(house.bench.records, tiers)
    if no is None:
        assert a_quote().holds(await house.create.quote_today(member, a_quote()))
        return
    with pytest.raises(no, match="You weren't charged"):
        await house.create.quote_today(member, a_quote())


class Shop:
    """Use cases whose price changes from 1.20 to another. `shown` is the content of the question's message."""

    def __init__(self, now: str) -> None:
        self.now = Usd.of(now)
        self.placed: list[Usd] = []

    async def quote_today(self, _: Member, quote: Quote) -> Quote:
        return replace(quote, price=self.now)

    async def place(self, _: Member, quote: Quote, *__: Any, **___: Any) -> Job:
        self.placed.append(quote.price)
        return JOB

    async def details(self, _: Member, quote: Quote) -> QuoteDetails:
        return QuoteDetails(quote=quote, times=RenderTimes((), None), left=LEFT)


@pytest.mark.parametrize(("now", "placed"), [("1.20", ["1.20"]), ("1.08", ["1.08"]), ("1.44", [])])
async def test_more_than_was_said_is_never_charged_silently(now: str, placed: list[str]) -> None:
    shop: Any = Shop(now)
    placement = a_placement(shop, shop, thread_parents=shop)
    dialogs = QuoteDialogs(placement=placement, quotes=shop, questions=OpenQuestions())
    details = QuoteDetails(quote=a_quote(), times=RenderTimes((), None), left=LEFT)
    pressed, shown = a_press(7), list[Any]()
    pressed.message = None

    async def edit(*, view: Any) -> None:
        shown.append(view)

    pressed.edit_original_response = edit
    asked = QuoteQuestion(dialogs, Quoted(member=ANN, details=details), None, None)
    go = next(item for item in asked.walk_children() if getattr(item, "label", None) == "Go · $1.20")
    await go.callback(pressed)
    assert shop.placed == [Usd.of(each) for each in placed]
    if not placed:
        said = "".join(getattr(item, "content", "") for item in shown[0].walk_children())
        assert "**The price has gone up** from $1.20 to $1.44 since you were asked. Nothing was ordered." in said
        assert "Make this video for **$1.44**?" in said


async def test_a_quote_that_is_shown_anew_is_the_one_that_its_edit_replaces() -> None:
    """Otherwise the quote could still be confirmed after the order was edited, and both would be paid."""
    shop: Any = Shop("1.44")
    questions = OpenQuestions()
    dialogs = QuoteDialogs(placement=a_placement(shop), quotes=shop, questions=questions)
    pressed, shown = a_press(7), list[Any]()
    pressed.message = SimpleNamespace(id=1)

    async def dismissed(**_: Any) -> None:
        gone: Any = SimpleNamespace(status=404, reason="Not Found")
        raise discord.NotFound(gone, {"code": 10008, "message": "Unknown Message"})

    async def anew(*, view: Any, **_: Any) -> Any:
        shown.append(view)
        return SimpleNamespace(id=2)

    pressed.edit_original_response, pressed.followup = dismissed, SimpleNamespace(send=anew)
    await dialogs.confirmed(pressed, ANN, a_quote())
    assert [questions.by_message.get(message) for message in (1, 2)] == [None, shown[0]]


@pytest.mark.parametrize(("edits", "told"), [(True, [{}]), (False, [{"thinking": True, "ephemeral": True}])])
async def test_a_form_behind_an_edit_is_waited_for_without_a_word_so_that_it_can_take_its_place(
    edits: bool,
    told: list[dict[str, bool]],
) -> None:
    edit = SimpleNamespace(custom_id="k1:edit-text:0123456789abcdef") if edits else SimpleNamespace(custom_id="k1:go")
    deferred = list[dict[str, bool]]()

    async def defer(**how: bool) -> None:
        deferred.append(how)

    message = SimpleNamespace(components=[SimpleNamespace(children=[edit])])
    sent: Any = SimpleNamespace(extras={}, message=message, type=discord.InteractionType.modal_submit)
    sent.response = SimpleNamespace(is_done=lambda: False, defer=defer)
    await begin(sent, quiet=was_opened_by_edit(sent))
    await think(sent, ephemeral=True)
    assert deferred == told
