"""A form sent twice counts once, unless the first time had no effect."""

from __future__ import annotations

import re
from pathlib import Path

from bot.ui.dialogs.sent_forms import KEPT_FOR, MOST_KEPT, Sending, SentForms
from tests.builders import ANN, SAM
from tests.meta.every_form import every_form

ROOT = Path(__file__).parents[2]


class Time:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_form_is_carried_out_once_for_each_time_it_is_opened() -> None:
    sent = SentForms(clock=Time())
    assert sent.came(ANN, "form:1", 10) is Sending.FIRST
    assert sent.came(ANN, "form:1", 11) is Sending.AGAIN
    assert sent.came(ANN, "form:2", 12) is Sending.FIRST
    assert sent.came(SAM, "form:1", 13) is Sending.FIRST


def test_an_interaction_that_comes_twice_is_no_second_press() -> None:
    sent = SentForms(clock=Time())
    sent.came(ANN, "form:1", 10)
    assert sent.came(ANN, "form:1", 10) is Sending.TWIN


def test_a_form_of_which_nothing_came_can_be_sent_again() -> None:
    sent = SentForms(clock=Time())
    sent.came(ANN, "form:1", 10)
    sent.forget(ANN, "form:1")
    assert sent.came(ANN, "form:1", 11) is Sending.FIRST


def test_forms_are_forgotten_in_time_and_never_pile_up() -> None:
    time = Time()
    sent = SentForms(clock=time)
    for number in range(MOST_KEPT + 100):
        sent.came(ANN, f"form:{number}", number)
    assert sent.came(ANN, f"form:{MOST_KEPT}", -1) is Sending.AGAIN
    assert len(sent) <= MOST_KEPT + 1
    time.now = KEPT_FOR + 1
    assert sent.came(ANN, "form:new", -2) is Sending.FIRST
    assert len(sent) == 1


def test_each_opening_of_a_form_has_an_id_of_its_own() -> None:
    """Otherwise it couldn't be sent after it was opened a second time."""
    opened = [form.custom_id for form in (*every_form(), *every_form())]
    assert len({*opened}) == len(opened) > 80


def test_every_form_gets_its_id_in_the_same_place() -> None:
    sources = [*(ROOT / "bot" / "ui").rglob("*.py"), *(ROOT / "cogs").rglob("*.py")]
    text = "\n".join(source.read_text() for source in sources)
    assert len(re.findall(r'[^r]f"\{PREFIX\}', text)) == 1
    assert re.findall(r".*\bModal\(.*|.*\(Modal\).*", text) == ["class Form(Modal):"]
