"""Words for people: what a prompt may not do to a channel, and how numbers are said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.messages import plain
from bot.domain.phases import Cause, Failed
from bot.ui.text.formatting import SHOWN_BYTES, bar, cut, neutral, ordinal, quoted, relative
from bot.ui.text.phrases.values import failure
from bot.ui.text.render import render


@pytest.mark.parametrize(
    "hostile", ["@everyone", "<@101>", "<@&7>", "<#20>", "</create:1>", "<t:1:R>", "<:smile:1>", "https://evil.example"]
)
def test_a_prompt_cannot_ping_link_or_pretend(hostile: str) -> None:
    assert hostile not in neutral(f"a fox {hostile} in the snow")


def test_control_and_direction_characters_are_taken_out_and_joined_emoji_stay_whole() -> None:
    assert neutral("a\u202eb\u2066c\x07d\u200e") == "abcd"
    assert neutral("👩‍🚀") == "👩‍🚀"


@given(st.text(max_size=4000))
def test_a_shown_prompt_fits_a_card_and_stays_a_quote(prompt: str) -> None:
    shown = quoted(prompt)
    assert len(shown.encode()) <= 2 * SHOWN_BYTES
    assert all(line.startswith("> ") for line in shown.splitlines())


def test_right_to_left_words_are_shown_as_they_are() -> None:
    assert quoted("ثعلب في الثلج") == "> ثعلب في الثلج"


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (21, "21st"), (112, "112th")],
)
def test_places_in_line_are_said_as_people_say_them(number: int, said: str) -> None:
    assert ordinal(number) == said


def test_a_bar_shows_tenths() -> None:
    assert (bar(0), bar(47), bar(100)) == ("▱▱▱▱▱▱▱▱▱▱ 0 %", "▰▰▰▰▱▱▱▱▱▱ 47 %", "▰▰▰▰▰▰▰▰▰▰ 100 %")


def test_cut_text_says_that_something_is_missing() -> None:
    assert (cut("fox", 3), cut("foxes", 3)) == ("fox", "fo…")


def test_times_count_down_by_themselves() -> None:
    assert relative(datetime(2026, 11, 23, tzinfo=UTC)) == "<t:1795392000:R>"


@pytest.mark.parametrize("charged", [True, False])
@pytest.mark.parametrize("cause", list(Cause))
def test_a_failure_says_why_what_it_cost_and_what_to_do(cause: Cause, charged: bool) -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    said = render(failure(Failed(cause=cause, reason=plain("It broke."), charged=charged, finished_at=at)))
    assert said.startswith("It broke. ")
    assert ("It was charged" in said) == charged
    assert len(said.split(". ")) >= 3


@pytest.mark.parametrize("line", ["# big", "- item", "> quote", "-# small", "1. first", "  + item"])
def test_markdown_at_the_start_of_a_line_is_shown_as_typed(line: str) -> None:
    mark = line.split(maxsplit=1)[0]
    assert neutral(line).split()[0] == mark[:-1] + "\\" + mark[-1] if mark[0].isdigit() else "\\" + mark


def test_dashes_inside_a_line_stay_as_they_are() -> None:
    assert neutral("slow-motion, f/2.8 - 35 mm") == "slow-motion, f/2.8 - 35 mm"
