"""/models is a pure function, except for lookups: reports in, components out."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.domain.messages import plain
from bot.domain.models.card import Retirement
from bot.domain.models.health import Failing, Health
from bot.domain.money.usd import Usd
from bot.domain.queue.accounts import AccountLoad
from bot.domain.video import RemixMethod, Size
from bot.jobs.providers.health import ModelReport, Whereabouts
from bot.ui.screens.models import PER_PAGE, Closed, ModelsButton, ModelsFacts, ModelSheet, ModelsPage, models_window
from bot.ui.text.phrases.models import MORE, state_in_short
from bot.ui.text.phrases.values import dotted
from bot.ui.text.render import plain_text
from tests.builders import NOON, a_card
from tests.views import everything, words

FAILING = Health(failing=Failing(times=3, since=NOON - timedelta(minutes=9), last=NOON))
NASTY = ["*" * 500, "🦊" * 500, "<@everyone> " * 60, "[x](https://y) " * 60, "`" * 60, "é" * 500]
SIZES = tuple(Size(1000 + number, 700) for number in range(30))
EVERYTHING: dict[str, Any] = {
    "remix": tuple(RemixMethod),
    "priced": date(2026, 11, 23),
    "seconds": tuple(range(1, 60, 2)),
    "sizes": SIZES,
    "per_second": dict.fromkeys(SIZES, Usd(1_234_567)),
}


def a_report(health: Health | None = None, **changes: Any) -> ModelReport:
    given: dict[str, Any] = {"usual": None, "videos": 0, "ends": None}
    known = {name: changes.pop(name, value) for name, value in given.items()}
    card = a_card(**changes)
    return ModelReport(card=card, health=health or Health(), remix=card.remix, **known)


def test_where_several_accounts_are_set_up_it_is_said_which_is_free() -> None:
    places = [
        Whereabouts(service=plain("gpu1"), load=AccountLoad(rendering=1, waiting=2), most=1, health=Health()),
        Whereabouts(service=plain("gpu2"), load=AccountLoad(rendering=1), most=2, health=Health()),
        Whereabouts(service=plain("gpu3"), load=AccountLoad(), most=None, health=FAILING),
        Whereabouts(service=plain("gpu4"), load=AccountLoad(), most=None, health=Health(drained_since=NOON)),
    ]
    report = replace(a_report(), runs_at=places)
    assert "gpu1: busy · gpu2: free · gpu3: 🔴 failing · gpu4: ⏸️ paused" in page(report)
    assert (
        "**Where it runs** (first available)\n"
        "gpu1: busy · 1 of 1 rendering · 2 queued\n"
        "gpu2: free · 1 of 2 rendering\n"
        "gpu3: 🔴 failing · 0 rendering\n"
        "gpu4: ⏸️ paused · 0 rendering"
    ) in words(ModelSheet(report))
    assert "free" not in page(a_report())


def closed(name: str, sentence: str = "It ended.") -> Closed:
    return Closed(id=name, retirement=Retirement(hosts=("*",), since=date(2026, 9, 24), instead=sentence))


def page(*rows: ModelReport | Closed, **cursors: str) -> str:
    return words(ModelsPage(ModelsFacts(rows=rows, **cursors)))


def in_a_menu(health: Health | None, ends: date | None) -> str:
    return plain_text(dotted(plain("sora-2"), state_in_short(health, ends)))


def test_a_row_says_all_that_decides() -> None:
    said = page(a_report(usual=95.4, videos=12, ends=date(2026, 12, 1), priced=date(2026, 10, 15)))
    assert (
        "**Sora 2** · `sora-2` · 4 s for **$0.40** ($0.10/s)\n4, 8 or 12 s · 1280x720, 720x1280 · image input\n" in said
    )
    assert "`/models model:` shows one in full" in said
    assert "Usually 1:35 (12 videos) · 🟢 Working · **closes 1 Dec 2026**" in said


def test_what_is_not_known_is_said_so() -> None:
    said = page(a_report(per_second={}, takes_picture=False, remix=(), typical=240.0))
    assert "price unknown, so it can't be ordered" in said
    assert "no image input · no remixes" in said
    assert "Typically 4 min · 🟢 Working" in said
    assert "None made here yet · 🟢 Working" in page(a_report())


def test_the_first_video_already_tells_how_long_a_model_takes() -> None:
    assert "Usually 8 s (1 video)" in page(a_report(usual=8.2, videos=1))


def test_health_is_said_in_words() -> None:
    assert "🔴 failed 3 times in a row here, last <t:" in page(a_report(FAILING))
    assert "failed 3 times in a row here, last <t:" in page(a_report(FAILING))
    assert "paused since" in page(a_report(Health(refused_since=NOON)))
    assert in_a_menu(FAILING, date(2026, 12, 1)) == "sora-2 · failing · closes 1 Dec"
    assert in_a_menu(Health(refused_since=NOON), None) == "sora-2 · paused"
    assert in_a_menu(None, None) == in_a_menu(Health(), None) == "sora-2"


def test_lengths_without_gaps_are_a_range() -> None:
    assert "4 to 15 s" in page(a_report(seconds=(5, 4, *range(6, 16))))
    assert "4 or 5 s" in page(a_report(seconds=(5, 4)))


def test_many_sizes_are_cut_short() -> None:
    assert "1000x700, 1001x700, 1002x700 and 27 more" in page(a_report(**EVERYTHING))


def test_a_closed_model_has_its_sentence() -> None:
    assert "`sora-1` closed on 24 Sep 2026. Take another." in page(closed("sora-1", "Take another."))


def test_nothing_to_order_is_a_sentence() -> None:
    assert "until whoever runs this bot sets up a video service" in page()


@pytest.mark.parametrize("text", NASTY)
def test_a_full_page_of_any_labels_fits_discord(text: str) -> None:
    rows: list[ModelReport | Closed] = [
        a_report(FAILING, id=f"{number:02}" + "m" * 58, label=text, usual=1234.5, videos=200, ends=NOON, **EVERYTHING)
        for number in range(PER_PAGE)
    ]
    gone: list[ModelReport | Closed] = [closed("c" * 60, text) for _ in range(PER_PAGE)]
    for shown in (rows, [*rows[:3], *gone[3:]], gone):
        view: Any = ModelsPage(ModelsFacts(rows=shown, before="b" * 60, after="a" * 60))
        parts = everything(view)
        assert view.content_length() <= 4000
        assert len(words(view).encode()) + 12 * len(parts) < 10_000
        assert len(parts) <= 40


def test_sixty_models_are_leafed_through_to_the_end_and_back() -> None:
    ids = [f"model-{number}" for number in range(60)]
    seen: list[str] = []
    ways_back: list[str | None] = []
    cursor = models_window(ids, None)
    while True:
        seen += cursor.shown
        ways_back.append(cursor.before)
        if cursor.after is None:
            break
        cursor = models_window(ids, cursor.after)
    assert seen == ids
    assert ways_back == [None, *(f"model-{number}" for number in range(0, 56, 7))]
    while cursor.before is not None:
        cursor = models_window(ids, cursor.before)
    assert cursor == models_window(ids, None) == models_window(ids, "a model that is gone")


@pytest.mark.parametrize("text", NASTY)
def test_one_model_in_full_fits_discord_whatever_it_is_called(text: str) -> None:
    view = ModelSheet(a_report(FAILING, id="m" * 60, label=text, usual=1.0, videos=200, ends=NOON, **EVERYTHING))
    assert view.content_length() <= 4000
    assert "Change the scene: edit of the original → new take from the whole video → " in words(view)
    assert "$1.235/s: 1000x700, 1001x700" in words(view)


def test_sizes_of_one_price_stand_together_and_those_without_one_last() -> None:
    wide, tall, square = Size(16, 10), Size(10, 16), Size(10, 10)
    prices = {wide: Usd.of("0.30"), square: Usd.of("0.10")}
    said = words(ModelSheet(a_report(sizes=(wide, tall, square), per_second=prices)))
    assert "$0.10/s: 10x10\n$0.30/s: 16x10\nprice unknown, so they can't be ordered: 10x16" in said


@pytest.mark.parametrize("model", ["sora-2", "openai/sora:2", "m" * 60, "K7Q4FD", "Wan 2.2 (new)"])
async def test_a_leaf_button_is_read_back_as_it_was_made(model: str) -> None:
    made = ModelsButton(model, MORE)
    assert len(made.custom_id) <= 100
    match = re.fullmatch(ModelsButton.__discord_ui_compiled_template__, made.custom_id)
    assert match is not None
    interaction: Any = None
    assert (await ModelsButton.from_custom_id(interaction, made.item, match)).model == model
