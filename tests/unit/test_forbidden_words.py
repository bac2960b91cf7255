"""Lists of words and patterns: found in any disguise, as whole words, and in bounded time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import BadRequest
from bot.domain.moderation.matching import matchers, read_patterns, read_words
from bot.domain.moderation.normalise import readings
from bot.domain.moderation.rules import LONGEST_LIST, MOST_WORDS, BrokenRule, RuleKind
from tests.extent import examples

LONGEST_PROMPT = 4000


def word_in(text: str, *words: str) -> str | None:
    broken = matchers(words, ()).broken_by(text)
    return None if broken is None else broken.rule


@pytest.mark.parametrize(
    "text",
    [
        *("please kill him", "KILL", "kill.", "(kill)", "kill", "ｋｉｌｌ", "𝓴𝓲𝓵𝓵", "🅺🅸🅻🅻", "ᴋɪʟʟ", "ⓚⓘⓛⓛ"),
        *("k\u200bi\u200dll", "k\u00adill", "k\u0336i\u0336l\u0336l\u0336", "kíll", "kïll", "kιll", "кіll", "ΚΙLL"),
        *("k1ll", "k!ll", "ki11", "k|ll", "kiiiill", "k.i.l.l", "k i l l", "k-i-l-l", "k_i_l_l", "ki\ufe0fll"),
    ],
)
def test_a_word_is_found_however_it_is_disguised(text: str) -> None:
    assert word_in(text, "kill") == "kill"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        *(("skill", "kill"), ("killing", "kill"), ("classic", "ass"), ("grass", "ass"), ("good", "god")),
        *(("a s s embly", "ass"), ("all", "ail"), ("Scunthorpe", "cunt"), ("kilo", "kill"), ("скилл", "kill")),
    ],
)
def test_other_words_are_not(text: str, word: str) -> None:
    assert word_in(text, word) is None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        *(("НЕНАВИСТЬ", "ненависть"), ("Straße", "STRASSE"), ("I love c++!", "c++"), ("#MeToo now", "metoo")),
        *(("kill   all\nhumans", "Kill all humans"), ("kill, all humans", "kill all humans")),
        *(("घृणा", "घृणा"), ("憎恶", "憎恶")),
    ],
)
def test_words_and_phrases_of_any_alphabet_are_found_whole(text: str, word: str) -> None:
    assert word_in(text, word) == word
    assert word_in(f"x{word}x", word) is None


def test_a_russian_word_is_no_english_one_that_its_capitals_look_like() -> None:
    assert word_in("вот мой кот", "bot") is None
    assert word_in("a вot", "bot") == "bot"


def test_vowel_signs_are_parts_of_words() -> None:
    assert readings("कि") != readings("के")


@given(st.text(max_size=60))
@settings(max_examples=examples(200), deadline=None)
def test_any_text_is_read_and_reading_it_again_changes_nothing(text: str) -> None:
    read = readings(text)
    assert readings(read.plain).plain == read.plain


@given(st.text(min_size=1, max_size=20))
@settings(max_examples=examples(200), deadline=None)
def test_every_word_that_is_taken_finds_itself(word: str) -> None:
    try:
        (kept,) = read_words(word)
    except (BadRequest, ValueError):
        return
    assert word_in(f"so {kept} it is", kept) == kept


def test_a_pattern_is_found_in_both_readings() -> None:
    found = matchers((), ("na[sz]i", "сук[аи]"))
    assert found.broken_by("NАZI with a Cyrillic A") == BrokenRule(kind=RuleKind.PATTERN, rule="na[sz]i")
    assert found.broken_by("СУКИ") == BrokenRule(kind=RuleKind.PATTERN, rule="сук[аи]")
    assert found.broken_by("a fox") is None


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("na[sz", "can't be used: missing ]"),
        ("(?=a)b", "can't be used: invalid perl operator"),
        (r"(a)\1", "because they could run for too long"),
        ("a{5000}", "can't be used: invalid repetition size"),
        (r"(\pL{1,300}x)", "can't be used: pattern too large"),
        ("a*", "matches every prompt, even an empty one"),
        ("fox|", "matches every prompt, even an empty one"),
        ("\n".join([r"((\w?){30}){30}q"] * 1 + [r"((\w?){30}){30}z"]), "Together these patterns are too large"),
        ("x" * 201, "is longer than 200 characters"),
        ("\n".join(f"x{n}" for n in range(41)), "can have 40 lines, not 41"),
    ],
)
def test_a_pattern_that_cannot_be_is_one_sentence(written: str, told: str) -> None:
    with pytest.raises(BadRequest) as refused:
        read_patterns(written)
    assert told in refused.value.sentence
    assert refused.value.sentence.endswith("Nothing was changed.")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("fox\n?.,", "has no letters to look for"),
        ("x" * 61, "is longer than 60 characters"),
        ("\n".join(f"x{n}" for n in range(MOST_WORDS + 1)), "can have 200 lines, not 201"),
        ("\n".join(f"{n:03}" + "x" * 40 for n in range(150)), f"can have {LONGEST_LIST:,} characters"),
    ],
)
def test_a_word_that_cannot_be_is_one_sentence(written: str, told: str) -> None:
    with pytest.raises(BadRequest) as refused:
        read_words(written)
    assert told in refused.value.sentence
    assert refused.value.sentence.endswith("Nothing was changed.")


def test_a_list_is_kept_as_it_was_written_without_repeats_and_empty_lines() -> None:
    assert read_words(" Fox \n\nhound\nFox\n") == ("Fox", "hound")
    assert read_words("") == read_patterns("\n \n") == ()


@pytest.mark.parametrize("pattern", ["(a+)+$", "(x+x+)+y", "(.*a){20}", "([a-z]+)*q", r"((\w?){30}){30}q"])
def test_the_worst_pattern_for_the_longest_prompt_takes_no_second(pattern: str) -> None:
    """Backtracking engines would practically never finish the first ones."""
    found = matchers((), read_patterns(pattern))
    begun = time.perf_counter()
    found.broken_by("ab" * (LONGEST_PROMPT // 2))
    assert time.perf_counter() - begun < 2.0, "twenty times as much as it took here"
