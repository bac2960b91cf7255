"""Our own name for a paid request, and the seed derived from it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from bot.domain.ids import JobId
from bot.domain.models.abilities import LARGEST_SEED
from bot.domain.own_name import own_name, seed_of
from bot.domain.ports.provider import Listed
from bot.jobs.reconcile.matching import SETTLE, Expected, MatchConfidence
from tests.builders import a_job

JOB, AT = JobId("K7Q4FD"), datetime(2026, 11, 29, 12, tzinfo=UTC)


def test_it_is_the_same_whenever_it_is_reckoned() -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=5)))
    assert own_name(JOB, AT) == own_name(JOB, elsewhere) == own_name(JOB, AT + timedelta(microseconds=9))
    assert re.fullmatch(r"K7Q4FD-[0-9a-f]{16}", own_name(JOB, AT))


def test_each_job_and_each_time_it_is_sent_has_its_own() -> None:
    others = {own_name(JobId("K7Q4FE"), AT), own_name(JOB, AT + timedelta(seconds=1)), own_name(JOB, AT)}
    assert len(others) == len({seed_of(name) for name in others}) == 3


def test_a_seed_is_one_that_every_service_takes() -> None:
    assert all(0 <= seed_of(str(number)) <= LARGEST_SEED for number in range(100))


def listed(**changes: Any) -> Listed:
    usual: dict[str, Any] = {"remote_id": "r", "created_at": AT, "model": "sora-2", "prompt": "a fox", "size": None}
    return Listed(seconds="4", **(usual | changes))


@pytest.mark.parametrize(
    ("changes", "fits"),
    [
        ({"seed": 7}, MatchConfidence.SURE),
        ({"seed": 7, "created_at": AT + timedelta(hours=9)}, MatchConfidence.SURE),
        ({"seed": 8}, MatchConfidence.NO),
        ({"seed": 7, "prompt": "a hare"}, MatchConfidence.NO),
        ({"seed": 7, "created_at": AT - timedelta(hours=2)}, MatchConfidence.NO),
        ({}, MatchConfidence.SURE),
        ({"created_at": AT + timedelta(hours=9)}, MatchConfidence.NO),
    ],
    ids=[
        "ours",
        "it left the queue late",
        "another",
        "other words",
        "before it was sent",
        "none shown",
        "none and late",
    ],
)
def test_an_order_is_known_by_its_own_seed_whenever_it_began(changes: dict[str, Any], fits: MatchConfidence) -> None:
    mine = Expected(
        job=a_job(),
        prompts=frozenset({"a fox"}),
        model="sora-2",
        earliest=AT,
        latest=AT + SETTLE,
        seeds={7},
        is_own_seed=True,
    )
    assert mine.fit(listed(**changes)) is fits
