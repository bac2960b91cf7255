"""The other half of the kinds of test_crash_points.py, in a file that another process can take."""

from __future__ import annotations

from tests.crash.enumerating import MARKS, Enumeration, check_all, half
from tests.crash.scripts import Answers, Orders
from tests.crash.test_crash_points import SQLITE, is_in_sample

pytestmark = MARKS


@half(SQLITE, in_sample=is_in_sample, first=False)
async def test_nothing_is_paid_twice_and_nothing_paid_for_is_lost(
    enumeration: Enumeration, orders: Orders, answers: Answers
) -> None:
    await check_all(enumeration, orders, answers)
