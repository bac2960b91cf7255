"""Our own name for a paid request, and the seed that stands for it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from bot.domain.ids import JobId
from bot.domain.models.abilities import LARGEST_SEED
from bot.domain.own_name import own_name, seed_of

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
