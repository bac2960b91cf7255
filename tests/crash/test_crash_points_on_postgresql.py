"""Nothing is paid twice and nothing paid for is lost, wherever the process dies: with PostgreSQL."""

from __future__ import annotations

from tests.contract.databases import BACKENDS
from tests.crash.enumerating import MARKS, TELLING, Enumeration, check_all, half
from tests.crash.scripts import Answers, Orders

pytestmark = MARKS

_, POSTGRES = BACKENDS


def is_in_sample(orders: Orders, answers: Answers) -> bool:
    return orders is Orders.ONE and answers in TELLING


@half(POSTGRES, in_sample=is_in_sample, first=True)
async def test_nothing_is_paid_twice_and_nothing_paid_for_is_lost(
    enumeration: Enumeration, orders: Orders, answers: Answers
) -> None:
    await check_all(enumeration, orders, answers)
