"""Text for people: what a prompt can't do to a channel, and how numbers are written."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.messages import Foreign, Message, Term, msg, plain
from bot.domain.money.usd import Usd
from bot.domain.phases import Cause, Failed
from bot.ui.text.formatting import SHOWN_BYTES, SHOWN_LINES, bar, bold, cut, cut_marked, neutral, ordinal, relative
from bot.ui.text.phrases.values import failure
from bot.ui.text.render import plain_text, render
from tests.builders import NOON, a_job


@pytest.mark.parametrize(
    "hostile", ["@everyone", "<@101>", "<@&7>", "<#20>", "</create:1>", "<t:1:R>", "<:smile:1>", "https://evil.example"]
)
def test_a_prompt_cannot_ping_link_or_pretend(hostile: str) -> None:
    assert hostile not in neutral(f"a fox {hostile} in the snow")


def test_control_and_direction_characters_are_taken_out_and_joined_emoji_stay_whole() -> None:
    assert neutral("a\u202eb\u2066c\x07d\u200e") == "abcd"
    assert neutral("👩‍🚀") == "👩‍🚀"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"])
def test_no_end_of_a_line_lets_a_heading_a_list_or_a_quote_begin(end: str) -> None:
    assert bold(end.join(["a fox", "# loud", "-# faint", "> said", "1. first"])) == (
        "**a fox\n\\# loud\n\\-# faint\n\\> said\n1\\. first**"
    )


def test_marks_are_not_stacked_over_the_lines_above_and_letters_keep_theirs() -> None:
    assert neutral("a" + "\u0301\u0489" * 500 + "b") == "a" + "\u0301\u0489" * 3 + "b"
    hebrew, vietnamese, tibetan, persian = "שָּׁ֖ב", "ệ", "རྐྱེན", "می\u200cخواهم"
    thai, burmese, kiss, key = "น้ำผึ้งที่", "ကျွန်ုပ်", "👩‍❤️‍💋‍👨", "1️⃣"
    for words in (hebrew, vietnamese, tibetan, persian, thai, burmese, kiss, key):
        assert neutral(words) == words


@pytest.mark.parametrize("between", ["", "\u034f", "\u200d", "\u200c", "\ufe0f"])
@pytest.mark.parametrize("mark", ["\u0301", "\u0e47"], ids=["accent", "Thai vowel"])
def test_nothing_between_marks_begins_another_stack_of_them(mark: str, between: str) -> None:
    shown = neutral("a" + (mark * 6 + between) * 100 + "b")
    assert shown.count(mark) <= 6
    assert shown.endswith("b")


@pytest.mark.parametrize(
    ("name", "shown"), [("\u202ennA\u2066", "by nnA"), ("A*n*n", "by A*n*n"), ("\u2060", "by \u2060")]
)
def test_a_name_in_a_label_turns_nothing_beside_it_round(name: str, shown: str) -> None:
    assert plain_text(msg("by {member}", member=Foreign(name))) == shown


@given(st.text(max_size=4000))
def test_a_shown_prompt_fits_a_card_and_stays_bold(prompt: str) -> None:
    shown = bold(prompt)
    assert len(shown.encode()) <= 2 * SHOWN_BYTES
    assert shown.startswith("**")
    assert shown.endswith("**")
    assert re.search(r"(?<!\\)(\\\\)*\*", shown[2:-2]) is None  # an unescaped asterisk would end the bold text


def test_right_to_left_words_are_shown_as_they_are() -> None:
    assert bold("ثعلب في الثلج") == "**ثعلب في الثلج**"


def test_a_prompt_of_many_lines_takes_one_screen() -> None:
    lines = bold("\n\n".join(f"shot {number}" for number in range(40))).splitlines()
    assert (len(lines), lines[0], lines[18]) == (SHOWN_LINES, "**shot 0", "shot 18")
    assert lines[-1].startswith("shot 19 shot 20")
    assert lines[-1].endswith("shot 39**")


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (21, "21st"), (112, "112th")],
)
def test_places_in_line_are_said_as_people_say_them(number: int, said: str) -> None:
    assert ordinal(number) == said


def test_an_estimated_bar_says_so() -> None:
    assert bar(30, estimated=True) == "▰▰▰▱▱▱▱▱▱▱ ≈ 30%"


def test_a_bar_shows_tenths() -> None:
    assert (bar(0), bar(47), bar(100)) == ("▱▱▱▱▱▱▱▱▱▱ 0%", "▰▰▰▰▱▱▱▱▱▱ 47%", "▰▰▰▰▰▰▰▰▰▰ 100%")


def test_cut_text_says_that_something_is_missing() -> None:
    assert (cut("fox", 3), cut("foxes", 3)) == ("fox", "fo…")


@pytest.mark.parametrize(
    ("text", "most", "said"),
    [
        ("**Waiting.** by <@7>", 20, "**Waiting.** by <@7>"),
        ("**Waiting.** by <@7> since", 21, "**Waiting.** by…"),
        ("**Waiting for its turn**", 14, "**Waiting f…**"),
        ("**Waiting**, then", 14, "**Waiting…**"),
        (r"a fox \[red\] in snow", 10, "a fox…"),
        (r"a fox \*red\* in snow", 11, r"a fox \*…"),
        ("done: [watch](https://x.example/1)", 20, "done:…"),
        ("a <\u200bb fox runs far", 12, "a <\u200bb fox…"),
    ],
)
def test_cut_text_with_marks_leaves_none_without_its_end(text: str, most: int, said: str) -> None:
    assert cut_marked(text, most) == said


def test_times_count_down_by_themselves() -> None:
    assert relative(datetime(2026, 11, 23, tzinfo=UTC)) == "<t:1795392000:R>"


@pytest.mark.parametrize(
    ("reason", "cause", "cost", "says"),
    [
        (plain("It broke."), Cause.PROVIDER, None, "It broke. You weren't charged."),
        (plain("It broke."), Cause.PROVIDER, "0.0123", "It broke. The service still charged for this ($0.01)."),
        (msg("No {it}. Nothing was spent.", it=Term("4K")), Cause.INVALID, None, "No 4K. Nothing was spent."),
        (
            msg("Rejected."),
            Cause.MODERATION,
            None,
            "Rejected. You weren't charged. Try without real people, brands, violence or sexual content.",
        ),
    ],
)
def test_a_failure_says_why_what_it_cost_and_what_to_do_once_each(
    reason: Message, cause: Cause, cost: str | None, says: str
) -> None:
    failed = Failed(cause=cause, reason=reason, charged=cost is not None, finished_at=NOON)
    assert render(failure(a_job(failed, cost=Usd.of(cost) if cost else None), failed)) == says


@pytest.mark.parametrize("line", ["# big", "- item", "> quote", "-# small", "1. first", "  + item"])
def test_markdown_at_the_start_of_a_line_is_shown_as_typed(line: str) -> None:
    mark = line.split(maxsplit=1)[0]
    assert neutral(line).split()[0] == mark[:-1] + "\\" + mark[-1] if mark[0].isdigit() else "\\" + mark


def test_dashes_inside_a_line_stay_as_they_are() -> None:
    assert neutral("slow-motion, f/2.8 - 35 mm") == "slow-motion, f/2.8 - 35 mm"


def test_empty_lines_hold_nobody_up() -> None:
    """A pattern that searches from each one to the last would take half a second for 3,900, and minutes for all."""
    empty = "\n" * 3900
    assert neutral(f"a fox{empty} 12. # b") == f"a fox{empty} 12\\. # b"
    assert neutral("a fox" + "\n" * 100_000) == "a fox…"


def test_of_foreign_text_no_more_is_looked_at_than_a_message_holds() -> None:
    assert neutral("*" * 80_000) == r"\*" * 3999 + "…"
    assert neutral("a" * 4000) == "a" * 4000
