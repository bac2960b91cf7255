"""The remix form: its parts, their choices, and what was written in it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from discord.app_commands import Choice

from bot.domain.errors import BadRequest, OverBudget
from bot.domain.media import Fit
from bot.domain.messages import msg
from bot.domain.models.health import Health
from bot.domain.money.usd import Usd
from bot.domain.video import Aim, RemixMethod
from bot.jobs.ordering.remix import RemixOption
from bot.jobs.ordering.remix_offers import RemixOffer, RemixRequest
from bot.sandbox.discord.checks.modal_checks import check_modal
from bot.ui.dialogs.create_form import CreateForm
from bot.ui.dialogs.drafts import Draft, Drafts, EditTextButton, UnsentForm
from bot.ui.dialogs.quoting.prompt_forms import EditForm
from bot.ui.dialogs.quoting.typed_order import TypedOrder
from bot.ui.dialogs.remix_form import RemixForm, RemixFormFacts, input_of
from bot.ui.interactions.responses import begun, in_time
from tests.builders import ANN, NOON, SAM, WIDE, a_card, a_done_job, a_request
from tests.scripted import MemoryRecords

CENTS = Usd.of("0.40")
LONG = "a fox in the snow, " * 200  # 3,800 characters


def an_option(
    seconds: int = 4, price: Usd = CENTS, method: RemixMethod = RemixMethod.FRAME, *, is_bound: bool = False
) -> RemixOption:
    return RemixOption(method=method, seconds=seconds, size=WIDE, price=price, is_bound=is_bound)


def an_offer(id_: str, change: RemixOption | None, more: RemixOption | None = None, **about: Any) -> RemixOffer:
    options = {aim: option for aim, option in ((Aim.CHANGE, change), (Aim.CONTINUE, more)) if option is not None}
    return RemixOffer(card=a_card(id=id_, label=f"Model {id_}"), options=options, **about)


def parts(prompt: str = "a fox in the snow", **facts: Any) -> list[dict[str, Any]]:
    """The parts as sent to Discord, which would accept them."""
    form = RemixForm(a_done_job(request=a_request(prompt=prompt)), RemixFormFacts(**facts))
    data: Any = form.to_dict()
    check_modal({"data": data})
    found: list[dict[str, Any]] = data["components"]
    return found


def test_an_empty_field_shows_the_old_prompt_and_a_long_one_stands_above_it() -> None:
    text, *_ = parts()
    assert text["component"]["placeholder"] == "a fox in the snow"
    assert not text["component"].get("value")
    whole, text, *_ = parts(LONG, offers=[an_offer("a", an_option())])
    assert whole["content"].startswith("> a fox in the snow, a fox")
    assert len(whole["content"]) > 3700
    assert len(text["component"]["placeholder"]) <= 100


def test_the_old_prompt_stands_in_the_field_of_who_likes_it() -> None:
    text, *_, how, again = parts(LONG, prefilled=True)
    assert text["component"]["value"] == LONG
    assert [option["value"] for option in how["component"]["options"]] == ["replace", "continue"]
    assert again["component"]["default"] is True


def test_each_model_says_what_it_would_make_and_for_how_much() -> None:
    dearer, kept = an_option(8, Usd.of("0.80")), an_option(8, Usd.of("0.80"), RemixMethod.NATIVE)
    offers = [
        an_offer("a", an_option(), an_option(), seconds=4),
        an_offer("b", an_option(is_bound=True), dearer, seconds=4),
        an_offer("c", an_option(), seconds=4),
        an_offer("d", None, dearer, seconds=8),
        an_offer("e", kept, an_option(), seconds=4),
        an_offer("f", kept),
    ]
    _, model, *_ = parts(offers=offers, ailing={"c": Health(refused_since=NOON)})
    assert [(each["label"], each["value"], each["description"]) for each in model["component"]["options"]] == [
        ("Model a · 4 s", "a 4", "about $0.40"),
        ("Model b · 4 s, or 8 s to continue", "b 4", "at most $0.40, or about $0.80 to continue"),
        ("Model c · 4 s", "c 4", "about $0.40 · can't continue it · paused"),
        ("Model d · 8 s", "d 8", "about $0.80 to continue"),
        ("Model e · same length (8 s), or 4 s to continue", "e 4", "about $0.80, or about $0.40 to continue"),
        ("Model f · same length (8 s)", "f", "about $0.80 · can't continue it"),
    ]


@pytest.mark.parametrize(
    ("written", "chosen"),
    [("", "a 8"), ("b 4", "b 4"), ("b 12", "b 8"), ("b", "b 8"), (" 4", "a 4"), ("gone 4", "a 4"), ("gone", "a 8")],
)
def test_the_length_that_was_chosen_is_chosen_again(written: str, chosen: str) -> None:
    offers = [
        an_offer(model, an_option(length), seconds=length, is_usual=length == 8) for model in "ab" for length in (4, 8)
    ]
    _, model, *_ = parts(offers=offers, written={"model": written})
    assert [option["value"] for option in model["component"]["options"] if option["default"]] == [chosen]


def test_a_form_that_opens_again_is_as_it_was_filled_in() -> None:
    written = {"prompt": "at night", "model": "b", "aim": "continue"}
    offers = [an_offer("a", an_option(), an_option()), an_offer("b", an_option(), an_option())]
    text, model, how, *_ = parts(offers=offers, written=written)
    assert text["component"]["value"] == "at night"
    chosen = [option["value"] for part in (model, how) for option in part["component"]["options"] if option["default"]]
    assert chosen == ["b", "continue"]
    assert input_of({"prompt": "x", "model": "b 12"}, prefilled=False) == RemixRequest(
        prompt="x", model="b", seconds=12
    )
    edit: Any = EditForm(a_done_job(), "a better fox").to_dict()
    assert edit["components"][0]["component"]["value"] == "a better fox"


def test_what_was_typed_after_create_comes_back_as_a_form_and_as_the_same_order() -> None:
    typed = TypedOrder(prompt="a fox", model="b", seconds="12", private="yes", fit="pad", image="https://x/fox.png")
    models = [Choice[Any](name=f"Model {each} · $0.40", value=each) for each in "ab"]
    data: Any = CreateForm("0" * 16, typed, models).to_dict()
    check_modal({"data": data})
    text, model, seconds, size = [part["component"] for part in data["components"]]
    assert (text["value"], seconds["value"], size.get("value")) == ("a fox", "12", None)
    assert [option["value"] for option in model["options"] if option["default"]] == ["b"]
    entered = typed.with_fields({"prompt": "a fox", "model": "a", "seconds": " 4 ", "size": ""})
    assert entered == replace(typed, model="a", seconds="4")
    wanted = entered.wanted(b"picture")
    assert (wanted.seconds, wanted.size, wanted.private, wanted.fit) == (4, None, True, Fit.PAD)
    with pytest.raises(BadRequest, match="“four” isn't a number of seconds"):
        replace(typed, seconds="four").wanted(None)


async def test_what_was_written_is_kept_for_who_wrote_it() -> None:
    drafts = Drafts(records=MemoryRecords())
    draft = Draft(member_id=ANN, verb="remix", about="K7Q4FD", fields={"prompt": "at night"})
    button: Any = await UnsentForm(drafts=drafts, draft=draft).button()
    assert isinstance(button, EditTextButton)
    assert await drafts.of(ANN, button.mark) == draft
    for member, mark in ((SAM, button.mark), (ANN, "0" * 16)):
        with pytest.raises(BadRequest, match="no longer kept"):
            await drafts.of(member, mark)


def an_interaction() -> Any:
    return SimpleNamespace(extras={})


async def test_a_form_does_not_wait_for_what_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.ui.interactions.responses.PATIENCE_WITH_FORM", 0.01)
    never: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def slow() -> str:
        return await never

    async def quick() -> str:
        return "known"

    async def refused() -> str:
        raise OverBudget(msg("No."))

    assert await in_time(an_interaction(), begun(slow()), otherwise="unknown") == "unknown"
    assert await in_time(an_interaction(), begun(quick()), otherwise="unknown") == "known"
    with pytest.raises(OverBudget):
        await in_time(an_interaction(), begun(refused()), otherwise="unknown")
