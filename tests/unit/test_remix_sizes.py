"""The size of a remix by a model that lacks the one of its original, or has it among others of its shape."""

from __future__ import annotations

import pytest

from bot.domain.money.usd import Usd
from bot.domain.video import RemixMethod, Size
from bot.jobs.ordering.remix import option
from tests.builders import TALL, WIDE, a_card, a_done_job, a_request

LARGE, SQUARE = Size(1920, 1080), Size(960, 960)


def size_of_a_remix(original: Size, *sizes: Size) -> Size:
    source = a_done_job(request=a_request(size=original))
    return option(a_card(sizes=sizes, per_second=dict.fromkeys(sizes, Usd.of("0.10"))), source, RemixMethod.FRAME).size


def test_another_shape_becomes_the_most_similar_one() -> None:
    assert size_of_a_remix(Size(480, 832), WIDE, TALL) == TALL


@pytest.mark.parametrize("sizes", [(WIDE, TALL), (TALL, WIDE)])
def test_wide_and_tall_are_equally_far_from_a_square(sizes: tuple[Size, ...]) -> None:
    assert size_of_a_remix(SQUARE, *sizes) == sizes[0] == a_card(sizes=sizes).nearest_size(SQUARE)


def test_the_same_size_comes_before_others_of_its_shape() -> None:
    assert size_of_a_remix(LARGE, WIDE, LARGE) == LARGE


def test_of_equally_similar_ones_the_usual_one_is_taken() -> None:
    assert size_of_a_remix(Size(854, 480), WIDE, LARGE) == WIDE
    assert size_of_a_remix(Size(854, 480), LARGE, WIDE) == LARGE
