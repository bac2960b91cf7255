"""Words as stored and searched, in any alphabet."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.texts.searching import LONGEST_WORD, MOST_TERMS, SearchTerm, terms_of, words_of
from storage.studio.search.index import pair_marks


def finds(typed: str, text: str) -> bool:
    """The way a database finds them."""
    kept, terms = list(words_of(text)), terms_of(typed)
    return bool(terms) and all(_is_in(term, kept) for term in terms)


def _is_in(term: SearchTerm, kept: list[str]) -> bool:
    places = range(len(kept) - len(term.words) + 1)
    return any(_begins(term, kept[at : at + len(term.words)]) for at in places)


def _begins(term: SearchTerm, words: list[str]) -> bool:
    same = words[-1].startswith(term.words[-1]) if term.begins else words[-1] == term.words[-1]
    return same and tuple(words[:-1]) == term.words[:-1]


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("fox", "A FOX in the snow"),
        ("fox", "two foxes"),
        ("snow fox", "a fox in the snow"),
        ('"the snow"', "a fox in the snow"),
        ("“in the”", "a fox in the snow"),
        ("cafe", "Ein Café bei Nacht"),
        ("strasse", "die Straße"),
        ("ελλαδα", "στην Ελλάδα"),
        ("елка", "новогодняя ёлка"),
        ("don't", "I don't know"),
        ("猫", "雪の中の猫"),
        ("雪の中", "雪の中の猫"),
        ("東京タワー", "夜の東京タワーの前"),
        ("ﾈｺ", "ネコがいる"),
        ("แมว", "ฉันรักแมว"),
        ("고양이", "고양이가 달린다"),
        ("बिल्ली", "एक बिल्ली बर्फ में"),
        ("tower 東京", "東京tower"),
        ("ﬁlm", "a film"),
        ("16 9", "16:9 format"),
        ("קטה", "חתולה קטהנה"),
    ],
)
def test_it_is_found(typed: str, text: str) -> None:
    assert finds(typed, text)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("ox", "a fox"),
        ('"fox snow"', "a fox in the snow"),
        ('"snow fox"', "a fox in the snow"),
        ('"fo"', "a fox"),
        ("fox cat", "a fox in the snow"),
        ("京東", "東京タワー"),
        ("か", "がっこう"),
        ("🦊", "a fox 🦊"),
        ("", "a fox"),
        ('" "', "a fox"),
    ],
)
def test_it_is_not_found(typed: str, text: str) -> None:
    assert not finds(typed, text)


@given(st.text(max_size=60))
def test_whatever_was_typed_finds_itself_or_has_no_letter(text: str) -> None:
    assert finds(text, text) == bool(terms_of(text))
    assert all(" " not in word and 0 < len(word) <= LONGEST_WORD for word in words_of(text))


@given(st.text(alphabet="雪の中東京タワー猫", min_size=2, max_size=12))
def test_any_part_of_a_text_without_blanks_is_found(text: str) -> None:
    for one, other in pairwise(range(len(text) + 1)):
        assert finds(text[one:other], text)
        assert finds(text[one:], text)


def test_a_search_of_many_words_looks_for_the_first_ones() -> None:
    assert len(terms_of(" ".join(map(str, range(50))))) == MOST_TERMS


def test_words_that_follow_each_other_have_marks_that_no_word_is() -> None:
    marks = pair_marks(["a", "red", "fox", "a", "red"])
    assert len(marks) == 3, "a pair that comes twice is one"
    assert pair_marks(["red", "fox"]) == [marks[1]], "a phrase has those of the texts it is in"
    assert pair_marks(["fox", "red"]) != [marks[1]]
    assert pair_marks(["fox"]) == []
    assert not {*marks} & {*words_of(" ".join(marks))}
