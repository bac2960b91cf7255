"""Whether a listed video is what was ordered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.money.usd import FREE
from bot.domain.ports.provider import Listed
from bot.domain.ports.provider_orders import LostOrder
from bot.domain.recovery.replaced import ReplacedOrder
from bot.domain.video import RemixMethod
from bot.jobs.reconcile.matching import SETTLE, SKEW, WIDE, Expected, MatchConfidence, owner
from tests.builders import a_job
from tests.workbench import a_listed

AT = datetime(2026, 11, 29, 12, tzinfo=UTC)
LATEST, MOMENT = AT + SETTLE, timedelta(microseconds=1)
NO, MAYBE, NAMELESS, SURE = MatchConfidence


def expected(**changes: Any) -> Expected:
    """`a_job` as a list would show it, sent at `AT`."""
    usual = Expected(job=a_job(), prompts=frozenset({"a fox in the snow"}), model="sora-2", earliest=AT, latest=LATEST)
    return replace(usual, **changes)


@pytest.mark.parametrize(
    ("sent", "listed", "fits"),
    [
        ("sora-2", "sora-2", MatchConfidence.SURE),
        ("sora-2", "azure/sora-2", MatchConfidence.SURE),
        ("openai/sora-2", "azure/sora-2", MatchConfidence.SURE),
        ("google/veo-3.1", "openrouter/google/veo-3.1", MatchConfidence.SURE),
        ("sora-2", "sora-2-pro", MatchConfidence.MAYBE),
        ("fal-ai/ltx-2.3/text-to-video/fast", "fal-ai/ltx-2.3/text-to-video/fast", MatchConfidence.SURE),
        ("fal-ai/ltx-2.3/text-to-video/fast", "fal-ai/vidu/q3/text-to-video/fast", MatchConfidence.MAYBE),
        ("fal-ai/wan/v2.6/text-to-video", "fal-ai/pixverse/v6/text-to-video", MatchConfidence.MAYBE),
    ],
)
def test_a_model_is_known_by_all_of_its_name_but_a_vendor_before_it(
    sent: str, listed: str, fits: MatchConfidence
) -> None:
    mine = Expected(job=a_job(), prompts=frozenset({"a fox"}), model=sent, earliest=AT, latest=AT + SETTLE)
    entry = Listed(remote_id="r", created_at=AT, model=listed, prompt="a fox", seconds=None, size=None)
    assert mine.fit(entry) is fits


@pytest.mark.parametrize(
    ("made_at", "fits"),
    [
        (AT - WIDE - MOMENT, NO),
        (AT - WIDE, MAYBE),
        (AT - SKEW - MOMENT, MAYBE),
        (AT - SKEW, SURE),
        (LATEST + SKEW, SURE),
        (LATEST + SKEW + MOMENT, MAYBE),
        (LATEST + WIDE, MAYBE),
        (LATEST + WIDE + MOMENT, NO),
    ],
)
def test_the_further_from_its_order_it_was_made_the_less_sure_it_is(made_at: datetime, fits: MatchConfidence) -> None:
    assert expected().fit(a_listed("r", at=made_at)) is fits


@pytest.mark.parametrize(
    ("changes", "entry", "fits"),
    [
        ({}, {"prompt": " a fox in the snow\n"}, SURE),
        ({}, {"prompt": None}, NAMELESS),
        ({}, {"prompt": "a hare"}, NO),
        ({}, {"seconds": "8"}, NO),
        ({}, {"size": "720x1280"}, NO),
        ({}, {"remixed_from": "video_1"}, MAYBE),
        ({"method": RemixMethod.NATIVE}, {"seconds": "8"}, MAYBE),  # it may keep the length of its source
        ({"method": RemixMethod.FRAME}, {"seconds": "8"}, NO),
        ({"method": RemixMethod.EXTEND, "whole": 12}, {"seconds": "12"}, SURE),
        ({"method": RemixMethod.NATIVE, "source_id": "video_1"}, {"remixed_from": "video_1"}, SURE),
        ({"method": RemixMethod.NATIVE, "source_id": "video_1"}, {"remixed_from": "video_2"}, MAYBE),
        ({"method": RemixMethod.NATIVE, "source_id": "video_1"}, {}, SURE),
        ({"seeds": {7}}, {"seed": 8}, NO),
        ({"seeds": {7}}, {"seed": 7, "at": AT + timedelta(hours=9)}, NO),  # chosen by people, so others may have it
    ],
)
def test_what_a_list_shows_counts(changes: dict[str, Any], entry: dict[str, Any], fits: MatchConfidence) -> None:
    assert expected(**changes).fit(a_listed("r", **{"at": AT, **entry})) is fits


def test_a_replaced_request_whose_id_is_known_is_known_by_nothing_else() -> None:
    replaced = ReplacedOrder(account="openai", sent_at=AT, quote=FREE, remote_id="video_1")
    mine = expected(lost=LostOrder(job=a_job(), source=None, replaced=replaced))
    assert mine.fit(a_listed("video_1", prompt="other words", at=AT - timedelta(days=1))) is SURE
    assert mine.fit(a_listed("video_2", at=AT)) is NO


def test_it_goes_to_whom_it_fits_best_and_to_nobody_where_two_are_alike() -> None:
    sure, unlikely, stranger = expected(), expected(model="veo"), expected(prompts=frozenset({"a hare"}))
    entry = a_listed("r", at=AT)
    assert owner(entry, [stranger, unlikely, sure]) is sure
    assert owner(entry, [stranger, unlikely]) is unlikely
    assert owner(entry, [sure, unlikely, replace(sure)]) is None
    assert owner(entry, [stranger]) is owner(entry, []) is None
