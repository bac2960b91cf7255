"""Nothing is paid twice and nothing paid for is lost, wherever the process dies and whatever the service answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.jobs.steps import recover as search
from tests.contract.databases import BACKENDS
from tests.crash.enumerating import FULL_ONLY, MARKS, TELLING, Enumeration, check_all, half
from tests.crash.lives import Resubmitting
from tests.crash.scripts import Answers, Orders

pytestmark = MARKS

SQLITE, _ = BACKENDS


def is_in_sample(orders: Orders, answers: Answers) -> bool:
    return orders is Orders.ONE or (answers in TELLING and orders not in FULL_ONLY)


@half(SQLITE, in_sample=is_in_sample, first=True)
async def test_nothing_is_paid_twice_and_nothing_paid_for_is_lost(
    enumeration: Enumeration, orders: Orders, answers: Answers
) -> None:
    await check_all(enumeration, orders, answers)


# The matrix finds what it should find


async def test_a_runner_that_sends_again_after_a_death_is_found_to_pay_twice(enumeration: Enumeration) -> None:
    point = "while the answer to create is on its way (1)"
    outcome = await enumeration.run(Answers.OK, Orders.ONE, point, Resubmitting)
    assert (outcome.paid, outcome.paid_twice) == (2, 1)


async def test_a_search_without_a_settle_window_is_found_to_lose_a_late_video(
    enumeration: Enumeration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "SETTLE", timedelta(0))
    outcome = await enumeration.run(Answers.LATE, Orders.ONE)
    assert (outcome.paid, outcome.lost, outcome.phases) == (1, 1, ["failed"])
