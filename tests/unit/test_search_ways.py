"""The cheapest way to find videos with some words, estimated from a sample of a server's newest videos."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from storage.studio.search.ways import FromIndex, InOrder, Sample, ways

MILLION = 1_000_000.0
ALL, NONE = InOrder(None), ()


def a_sample(
    shapes: Mapping[tuple[bool, ...], int], matching: int, *, rest: float = MILLION / 2, server: float = MILLION / 2
) -> Sample:
    looked = sum(shapes.values())
    return Sample(
        looked=looked, shapes=shapes, matching=matching, rest=rest, server=max(rest, server), everywhere=MILLION
    )


def test_a_rare_word_is_taken_from_the_index() -> None:
    sample = a_sample({(True, False): 5000}, 0)
    assert ways(sample, found=0, missing=4) == [FromIndex((0,))]


def test_what_is_left_of_a_short_list_of_videos_is_looked_through() -> None:
    sample = a_sample({(True, True): 600, (True, False): 4400}, 0, rest=6000)
    assert ways(sample, found=0, missing=4) == [ALL]


def test_where_most_of_a_page_was_found_the_rest_is_near() -> None:
    """Each of the two words is in an eighth of all videos, and the index would collect all of those."""
    shapes: dict[tuple[bool, ...], int] = {
        (True, True, True): 80,
        (True, True, False): 545,
        (True, False, True): 545,
        (True, False, False): 3830,
    }
    near, listed = ways(a_sample(shapes, 80), found=2, missing=2)
    assert isinstance(near, InOrder)
    assert near.videos is not None
    assert 100_000 < near.videos < 300_000, "as far as costs no more than the list"
    assert listed == FromIndex((0, 1))


def test_of_words_that_many_have_the_index_hands_out_those_that_have_all() -> None:
    """For a phrase of frequent words that never follow each other, nothing suggests an early match."""
    sample = a_sample({(True,): 80, (False,): 4920}, 0)
    assert ways(sample, found=0, missing=4) == [FromIndex(NONE)]


def test_a_frequent_beginning_is_not_gathered_for_few_videos() -> None:
    """For a member with one video in a thousand, all of theirs are looked up instead."""
    sample = a_sample({(True, True): 1, (True, False): 4, (False, True): 600, (False, False): 4395}, 1)
    assert ways(sample, found=0, missing=4) == [FromIndex(NONE)]


@pytest.mark.parametrize("rare", [0, 1])
def test_of_two_beginnings_the_rare_one_is_enough_for_the_index(rare: int) -> None:
    def shape(*, frequent: bool) -> tuple[bool, ...]:
        return (True, *(frequent and place != rare for place in (0, 1)))

    sample = a_sample({shape(frequent=True): 600, shape(frequent=False): 4400}, 0)
    assert ways(sample, found=0, missing=4) == [FromIndex((rare,))]
