"""Nothing is paid twice and nothing paid for is lost, wherever the process dies: with PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.contract.databases import BACKENDS
from tests.crash.enumerating import MARKS, TELLING, Enumeration, an_enumeration, check_all, half, kinds
from tests.crash.scripts import Answers, Orders

SQLITE, POSTGRES = BACKENDS

pytestmark = [*MARKS, *POSTGRES.marks]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def enumeration(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Enumeration]:
    async with an_enumeration(str(POSTGRES.values[0]), tmp_path_factory.mktemp("matrix")) as opened:
        yield opened


def is_in_sample(orders: Orders, answers: Answers) -> bool:
    return orders is Orders.ONE and answers in TELLING


@pytest.mark.parametrize(("orders", "answers"), half(kinds(in_sample=is_in_sample), first=True))
async def test_nothing_is_paid_twice_and_nothing_paid_for_is_lost(
    enumeration: Enumeration, orders: Orders, answers: Answers
) -> None:
    await check_all(enumeration, orders, answers)
