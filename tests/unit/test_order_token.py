"""The mark that a paid request bears."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from bot.domain.ids import JobId
from bot.domain.models.abilities import LARGEST_SEED
from bot.domain.order_token import order_token, seed_of

JOB, AT = JobId("K7Q4FD"), datetime(2026, 11, 29, 12, tzinfo=UTC)


def test_it_is_the_same_whenever_it_is_reckoned() -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=5)))
    assert order_token(JOB, AT) == order_token(JOB, elsewhere) == order_token(JOB, AT + timedelta(microseconds=9))


def test_each_job_and_each_time_it_is_sent_has_its_own() -> None:
    others = {order_token(JobId("K7Q4FE"), AT), order_token(JOB, AT + timedelta(seconds=1)), order_token(JOB, AT)}
    assert len(others) == 3


def test_a_seed_is_one_that_every_service_takes() -> None:
    assert seed_of("ffffffff" + 24 * "0") == LARGEST_SEED
    assert seed_of("") == 0
    assert 0 <= seed_of(order_token(JOB, AT)) <= LARGEST_SEED
