"""Choices in braces: which prompts they produce, and which braces are no choices."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import BadRequest
from bot.domain.studio.permutations import prompts_of


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a fox", ["a fox"]),
        ("a {red,blue} fox", ["a red fox", "a blue fox"]),
        ("{a,b} and {c,d}", ["a and c", "a and d", "b and c", "b and d"]),
        ("a {red, deep blue} fox", ["a red fox", "a deep blue fox"]),
        ("a {red,} fox", ["a red fox", "a fox"]),
        ("a {,very} red fox", ["a red fox", "a very red fox"]),
        ("{a,a,b}", ["a", "b"]),
        ("{a,a}", ["a"]),
        ("{a,b,}", ["a", "b"]),
        ("{,}", ["{,}"]),
    ],
)
def test_each_choice_makes_a_prompt_of_its_own_once(written: str, meant: list[str]) -> None:
    assert prompts_of(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("a {red} fox", "a {red} fox"),
        ("{} and {", "{} and {"),
        ("a {red,blue fox", "a {red,blue fox"),
        ("red,blue} fox", "red,blue} fox"),
        (r"a \{red,blue\} fox", "a {red,blue} fox"),
        (r"a \{red,blue} fox", "a {red,blue} fox"),
        ('{"scene": "a fox", "light": "dawn"}', '{"scene": "a fox", "light": "dawn"}'),
        ("{ 'scene': 'a fox', 'light': 'dawn' }", "{ 'scene': 'a fox', 'light': 'dawn' }"),
        (r"C:\foxes, 2,000 of them", r"C:\foxes, 2,000 of them"),
    ],
)
def test_all_other_braces_are_text(written: str, meant: str) -> None:
    assert prompts_of(written) == [meant]


def test_a_backslash_keeps_a_comma_within_a_choice() -> None:
    assert prompts_of(r"{one\, two,three}") == ["one, two", "three"]


def test_only_the_innermost_of_nested_braces_are_choices() -> None:
    assert prompts_of("{a,{b,c}}") == ["{a,b}", "{a,c}"]


def test_more_than_can_be_ordered_at_once_is_one_sentence() -> None:
    with pytest.raises(BadRequest, match=r"make 9 videos, and one order can have up to 8\..*`\\\{`"):
        prompts_of("{a,b,c} {d,e,f}")
    with pytest.raises(BadRequest, match="make 1,073,741,824 videos"):
        prompts_of("{a,b}" * 30)


@given(st.text(alphabet=r"ab{},\ ", max_size=60))
def test_whatever_is_written_is_at_least_one_prompt_or_a_sentence(written: str) -> None:
    try:
        meant = prompts_of(written)
    except BadRequest:
        return
    assert meant
    assert len(set(meant)) == len(meant)
