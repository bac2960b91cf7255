"""When a model counts as failing, and which others are offered then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.domain.models.card import ModelCard
from bot.domain.models.health import Ending, Failing, failing
from bot.domain.money.usd import Usd
from bot.domain.phases import Cause
from bot.domain.video import Picture, Size, VideoRequest
from bot.jobs.ordering.alternatives import alternatives
from tests.builders import NOON, TALL, WIDE, a_card, a_request

BROKE, BLAMED = Cause.PROVIDER, Cause.MODERATION
GOOD: Cause | None = None


def ending(minutes_ago: float, cause: Cause | None) -> Ending:
    return Ending(at=NOON - timedelta(minutes=minutes_ago), cause=cause)


def judged(*endings: tuple[float, Cause | None]) -> Failing | None:
    return failing([ending(*each) for each in endings], NOON)


def test_three_failures_in_a_row_are_failing() -> None:
    found = judged((4, BROKE), (10, Cause.TIMEOUT), (20, Cause.EXPIRED), (30, GOOD))
    assert found == Failing(times=3, since=NOON - timedelta(minutes=20), last=NOON - timedelta(minutes=4))


def test_a_longer_row_is_counted_whole_as_far_as_it_lies_within_an_hour() -> None:
    found = judged(*[(minute, BROKE) for minute in (1, 2, 3, 4, 50, 70)])
    assert found is not None
    assert (found.times, found.since) == (5, NOON - timedelta(minutes=50))


@pytest.mark.parametrize(
    "endings",
    [
        [],
        [(1, BROKE), (2, BROKE)],
        [(1, GOOD), (2, BROKE), (3, BROKE), (4, BROKE)],
        [(1, BROKE), (2, GOOD), (3, BROKE), (4, BROKE)],
        [(1, BROKE), (2, BROKE), (62, BROKE)],
        [(1, BLAMED), (2, BLAMED), (3, BLAMED)],
        [(1, Cause.INVALID), (2, Cause.ACCESS), (3, BROKE), (4, BROKE)],
        [(15, BROKE), (16, BROKE), (17, BROKE)],
    ],
    ids=["nothing", "two", "a success since", "a success between", "too long ago", "words", "orders", "rested"],
)
def test_anything_less_is_not(endings: Sequence[tuple[float, Cause | None]]) -> None:
    assert judged(*endings) is None


def test_what_members_are_blamed_for_does_not_interrupt_a_row() -> None:
    assert judged((1, BROKE), (2, BLAMED), (3, BROKE), (4, Cause.ACCESS), (5, BROKE)) is not None


def test_endings_are_taken_by_their_time_not_in_the_order_they_were_ordered() -> None:
    assert judged((30, BROKE), (1, BROKE), (3, BROKE), (40, GOOD)) is not None
    assert judged((5, BROKE), (4, BROKE), (3, BROKE), (2, GOOD)) is None


def test_one_failure_after_the_rest_makes_it_failing_again() -> None:
    row = [(16.0, BROKE), (17.0, BROKE), (18.0, BROKE)]
    assert judged(*row) is None
    assert judged((0.5, BROKE), *row) is not None


# Alternatives


def another(name: str, price: str = "0.10", **changes: object) -> ModelCard:
    card = a_card(**{"id": name, "label": name.title(), **changes})
    return a_card(
        **{**changes, "id": name, "label": name.title(), "per_second": dict.fromkeys(card.sizes, Usd.of(price))}
    )


def offered(request: VideoRequest, *cards: ModelCard) -> list[str]:
    by_id = {card.id: card for card in (a_card(), *cards)}
    return [offer.card.id for offer in alternatives(request, by_id)]


def test_the_cheapest_that_makes_just_that_comes_first() -> None:
    cheap_but_square = another("square", "0.01", sizes=(Size(720, 720),))
    longer = another("longer", "0.01", seconds=(5,))
    found = offered(a_request(), another("dear", "0.30"), another("fair", "0.20"), cheap_but_square, longer)
    assert found == ["fair", "dear", "square", "longer"]


def test_offers_are_real_orders_with_their_own_price() -> None:
    card = another("wan", "0.05", seconds=(5, 3), sizes=(Size(832, 480), Size(480, 832)))
    (offer,) = alternatives(a_request(seconds=4, size=TALL), {"wan": card}, private=True)
    assert offer.request == a_request(model="wan", seconds=3, size=Size(480, 832))
    assert offer.price == Usd.of("0.15")
    assert offer.private


def test_the_shape_counts_before_the_number_of_pixels() -> None:
    card = another("wan", sizes=(Size(1024, 1024), Size(640, 360), Size(1920, 1080)))
    (offer,) = alternatives(a_request(size=WIDE), {"wan": card})
    assert offer.request.size == Size(1920, 1080)


def test_a_picture_needs_a_model_that_takes_one() -> None:
    picture = Picture(key="a.png", preview="a.jpg", sha256="0", note="")
    request = a_request(picture=picture)
    assert offered(request, another("blind", takes_picture=False), another("seeing")) == ["seeing"]


def test_words_alone_need_a_model_that_makes_something_of_them() -> None:
    assert offered(a_request(), another("from-images", "0.01", needs_picture=True), another("any")) == ["any"]
    picture = Picture(key="a.png", preview="a.jpg", sha256="0", note="")
    assert offered(a_request(picture=picture), another("from-images", needs_picture=True)) == ["from-images"]


def test_what_has_no_price_is_not_offered() -> None:
    unpriced = a_card(id="unpriced", per_second={})
    partly = a_card(id="partly", sizes=(WIDE, TALL), per_second={TALL: Usd.of("0.10")})
    assert offered(a_request(), unpriced) == []
    (offer,) = alternatives(a_request(), {"partly": partly})
    assert offer.request.size == TALL
