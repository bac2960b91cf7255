"""The prompt helper: who may use it, what it receives, what it costs, and what members see."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from bot.domain.access.members import Member
from bot.domain.errors import (
    AccountTrouble,
    AgainstRules,
    BadRequest,
    CannotStart,
    HelperFailed,
    KinoraError,
    NotAllowed,
    OutcomeUnknown,
    OverBudget,
    Refused,
    Unavailable,
)
from bot.domain.media import Fitted
from bot.domain.messages import plain
from bot.domain.moderation.model import ModelFinding
from bot.domain.moderation.rules import ModelRules
from bot.domain.money.allowances import Allowances
from bot.domain.money.usd import FREE, Usd
from bot.domain.prompting.calls import HelperCall
from bot.domain.prompting.helper import (
    FRAME_TOKENS,
    LONGEST_SIDE,
    MOST_ANSWERED,
    PICTURE_TOKENS,
    HelperAnswer,
    HelperPrices,
    HelperQuestion,
    Tokens,
)
from bot.domain.prompting.instructions import IMPROVE, to_describe, to_improve
from bot.jobs.use_cases.prompting.ask import LONGEST_SUGGESTION, AskHelper
from bot.settings import GivenSettings, Settings
from bot.ui.dialogs.prompting.buttons import buttons_for
from bot.ui.screens.prompting.suggestion import SuggestionScreen
from bot.wiring.providers import open_helper
from tests.builders import MAX, SAM, a_member
from tests.moderation import ScriptedModel, a_screening, block, write_rules
from tests.scripted import MemoryRecords
from tests.tiers import a_tier, an_authorization

PRICES = HelperPrices(read=Usd.of("0.15"), written=Usd.of("0.60"))
ANSWER = HelperAnswer(text="A red fox at dusk", tokens=Tokens(read=250, written=60))
COST = Usd(74)  # for 250 tokens in and 60 out: 37.5 + 36, rounded up
ANN, STRANGER = a_member(), a_member(id=SAM, roles=frozenset())
MANAGER, IN_TIER = a_member(id=MAX, roles=frozenset(), manages=True), a_member(id=SAM, roles=frozenset({7}))


@dataclass
class Outside:
    """A helper, its books, and a picture reader."""

    says: HelperAnswer | KinoraError = ANSWER
    asked: list[HelperQuestion] = field(default_factory=list)
    booked: list[tuple[str, object]] = field(default_factory=list)
    left: bool = True
    is_asked: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event | None = None
    is_settled: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, question: HelperQuestion) -> HelperAnswer:
        assert self.booked[-1][0] == "open", "its money is reserved before it is asked"
        self.asked.append(question)
        self.is_asked.set()
        if self.may_answer is not None:
            await self.may_answer.wait()
        if isinstance(self.says, KinoraError):
            raise self.says
        return self.says

    async def open(self, call: HelperCall, _allowances: Allowances) -> None:
        if not self.left:
            raise OverBudget(plain("Nothing is left."))
        self.booked.append(("open", call.bound))

    async def settle(self, _call_id: str, cost: Usd | None) -> Usd:
        self.booked.append(("settle", cost))
        self.is_settled.set()
        return Usd(5_000) if cost is None else cost

    async def release(self, _call_id: str) -> None:
        self.booked.append(("release", None))

    async def settle_left(self, _opened_before: datetime) -> Sequence[str]:
        return ()

    async def of(self, _member: Member, _limits: object) -> Allowances:
        return Allowances()

    async def fit(self, data: bytes, size: object, how: object, owner: int | None = None) -> Fitted:
        assert (str(size), str(how), owner) == (f"{LONGEST_SIDE}x{LONGEST_SIDE}", "whole", ANN.id)
        return Fitted(png=b"small " + data, preview=b"", note="")


async def helper_of(outside: Outside, records: MemoryRecords | None = None, **changes: Any) -> AskHelper:
    anything: Any = outside
    records = records or MemoryRecords()
    parts: dict[str, Any] = {
        "authorization": await an_authorization(records=records),
        "screening": a_screening(records=records),
        "prices": PRICES,
    }
    return AskHelper(helper=anything, calls=anything, allowances=anything, media=anything, **(parts | changes))


async def refused(asking: Any, kind: type[KinoraError] = KinoraError) -> str:
    with pytest.raises(kind) as no:
        await asking
    return no.value.sentence


# Costs


def test_a_price_is_rounded_up_to_a_micro_dollar() -> None:
    assert PRICES.of(Tokens(read=250, written=60)) == COST
    assert PRICES.of(Tokens(read=0, written=0)) == FREE
    assert PRICES.of(Tokens(read=1, written=0)) == Usd(1)


def test_its_bound_holds_for_any_tokenizer_any_alphabet_and_any_picture() -> None:
    words = to_improve("狐狸" * 100)
    assert words.most_tokens == Tokens(read=len(IMPROVE.encode()) + 600 + FRAME_TOKENS, written=MOST_ANSWERED)
    assert to_describe(b"png").most_tokens.read > PICTURE_TOKENS


async def test_what_is_asked_is_reserved_first_and_settled_by_what_was_counted() -> None:
    outside = Outside()
    suggestion = await (await helper_of(outside)).improve(ANN, " a fox ")
    assert (suggestion.before, suggestion.prompt, suggestion.cost) == ("a fox", "A red fox at dusk", COST)
    bound = PRICES.of(outside.asked[0].most_tokens)
    assert outside.booked == [("open", bound), ("settle", COST)]
    assert bound > COST


async def test_an_image_is_made_small_before_it_is_sent() -> None:
    outside = Outside()
    suggestion = await (await helper_of(outside)).describe(ANN, b"photo")
    assert (suggestion.before, outside.asked[0].picture) == ("", b"small photo")


@pytest.mark.parametrize(
    ("trouble", "booked", "told"),
    [
        (Refused(plain("no")), "release", "rejected this. You weren't charged. Try other words"),
        (Unavailable(plain("busy")), "release", "Try again in a few minutes. You weren't charged."),
        (AccountTrouble(plain("key")), "release", "Tell whoever runs this bot. You weren't charged."),
        (OutcomeUnknown(plain("lost")), "settle", "It may have been charged, so $0.005 counts as spent."),
    ],
)
async def test_what_went_wrong_is_said_with_what_it_cost(trouble: KinoraError, booked: str, told: str) -> None:
    outside = Outside(says=trouble)
    sentence = await refused((await helper_of(outside)).improve(ANN, "a fox"), HelperFailed)
    assert told in sentence
    assert outside.booked[1:] == [(booked, None)]


async def test_an_answer_without_words_or_without_a_count_is_charged_all_the_same() -> None:
    outside = Outside(says=HelperAnswer(text=" ", tokens=Tokens(read=250, written=60)))
    sentence = await refused((await helper_of(outside)).improve(ANN, "a fox"), HelperFailed)
    assert sentence == (
        "The prompt helper had no answer to this. Try other words or another image. The prompt helper charged "
        "$0.000074 for it."
    )
    outside = Outside(says=HelperAnswer(text="a hound", tokens=None))
    assert (await (await helper_of(outside)).improve(ANN, "a fox")).cost == Usd(5_000)
    assert outside.booked[1:] == [("settle", None)]


async def test_who_stops_waiting_does_not_leave_the_books_open() -> None:
    outside = Outside(may_answer=(may_answer := asyncio.Event()))
    asking = asyncio.create_task((await helper_of(outside)).improve(ANN, "a fox"))
    await outside.is_asked.wait()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    may_answer.set()
    await outside.is_settled.wait()
    assert outside.booked[1:] == [("settle", COST)]


# Access and content


@pytest.mark.parametrize(
    ("member", "tiers", "blocked", "may"),
    [
        pytest.param(STRANGER, (), False, False, id="a stranger"),
        pytest.param(ANN, (), False, True, id="a member who may make videos"),
        pytest.param(IN_TIER, (a_tier("Basic", 7),), False, True, id="in a tier"),
        pytest.param(STRANGER, (a_tier("Basic", 7),), False, False, id="in none of the tiers"),
        pytest.param(MANAGER, (), False, True, id="a manager"),
        pytest.param(ANN, (), True, False, id="who is blocked"),
    ],
)
async def test_who_may_ask_it(member: Member, tiers: tuple[Any, ...], blocked: bool, may: bool) -> None:
    records, outside = MemoryRecords(), Outside()
    if blocked:
        await block(records, member.id)
    helper = await helper_of(outside, records, authorization=await an_authorization(*tiers, records=records))
    if may:
        assert (await helper.improve(member, "a fox")).prompt
    else:
        await refused(helper.improve(member, "a fox"), NotAllowed)
        await refused(helper.describe(member, b"photo"), NotAllowed)
    assert bool(outside.booked) == may


async def test_nothing_is_asked_without_words_or_without_money() -> None:
    outside = Outside(left=False)
    helper = await helper_of(outside)
    assert "nothing to improve" in await refused(helper.improve(ANN, "  "), BadRequest)
    await refused(helper.improve(ANN, "a fox"), OverBudget)
    assert outside.asked == []


async def test_forbidden_words_are_refused_before_they_are_sent_and_after_they_came() -> None:
    records, outside = MemoryRecords(), Outside(says=HelperAnswer(text="a hound", tokens=Tokens(read=250, written=60)))
    await write_rules(records, words=("hound",))
    helper = await helper_of(outside, records)
    told = await refused(helper.improve(ANN, "a hound"), AgainstRules)
    assert told == "This prompt contains a word that this server doesn't allow. You weren't charged."
    assert outside.booked == []
    told = await refused(helper.improve(ANN, "a fox"), HelperFailed)
    assert told.endswith("doesn't allow. The prompt helper charged $0.000074 for it.")


async def test_images_are_checked_by_the_moderation_model_before_they_are_sent() -> None:
    records, outside = MemoryRecords(), Outside()
    model = ScriptedModel(says={"violence": ModelFinding(flagged=True, score=1.0)})
    await write_rules(records, model=ModelRules(asked=True))
    helper = await helper_of(outside, records, screening=a_screening(records=records, model=model))
    assert "violence" in await refused(helper.describe(ANN, b"photo"), AgainstRules)
    assert (model.asked, outside.booked) == ([("", b"small photo")], [])


# Screens


def shown(view: SuggestionScreen) -> tuple[list[str], list[str]]:
    anything: Any = view
    card, row = anything.to_components()
    texts = [part["content"] for part in card["components"] if "content" in part]
    return texts, [button["label"] for button in row["components"]]


async def test_before_and_after_are_shown_with_the_cost_and_three_ways_on() -> None:
    suggestion = await (await helper_of(Outside())).improve(ANN, "a *fox*")
    texts, labels = shown(SuggestionScreen(suggestion, buttons_for("0" * 16, "1" * 16)))
    assert texts[:2] == ["**Before**\na \\*fox\\*", "**After**\nA red fox at dusk"]
    assert texts[2] == "-# Nothing is ordered yet. The prompt helper charged <$0.01."
    assert labels == ["Use it…", "Edit", "Keep mine…"]


async def test_all_that_was_written_is_shown_however_long_both_are() -> None:
    outside = Outside(says=HelperAnswer(text="*" * 9000, tokens=None))
    suggestion = await (await helper_of(outside)).improve(ANN, "*" * 4000)
    (before, after, cost), _ = shown(SuggestionScreen(suggestion, buttons_for("0" * 16, "1" * 16)))
    assert after.count("\\*") == LONGEST_SUGGESTION == len(suggestion.prompt)
    assert len(before) + len(after) + len(cost) <= 4000


async def test_a_prompt_from_an_image_leads_to_an_order() -> None:
    suggestion = await (await helper_of(Outside())).describe(ANN, b"photo")
    texts, labels = shown(SuggestionScreen(suggestion, buttons_for("0" * 16, None)))
    assert (texts[0], labels) == ("**A prompt from your image**\nA red fox at dusk", ["Create…"])


# Settings

SET_UP = {
    "helper_base_url": "http://127.0.0.1:9/v1",
    "helper_model": "gpt",
    "helper_price_in_usd": "0,15",
    "helper_price_out_usd": "0",
}


def settings_with(**changes: Any) -> Settings:
    return GivenSettings.model_validate({"discord_token": "t", **SET_UP, **changes})


async def test_it_is_off_without_an_address_and_has_the_prices_it_was_given() -> None:
    async with AsyncExitStack() as opened:
        assert open_helper(settings_with(helper_base_url=None), opened) is None
        helper = open_helper(settings_with(), opened)
    assert helper is not None
    assert (helper.model, helper.prices) == ("gpt", HelperPrices(read=Usd.of("0.15"), written=FREE))


@pytest.mark.parametrize("missing", ["helper_model", "helper_price_in_usd", "helper_price_out_usd"])
async def test_an_unknown_model_or_price_is_one_sentence_that_says_what_to_do(missing: str) -> None:
    async with AsyncExitStack() as opened:
        with pytest.raises(CannotStart, match=rf"HELPER_BASE_URL is set, but {missing.upper()} isn't.* Set it to"):
            open_helper(settings_with(**{missing: None}), opened)
