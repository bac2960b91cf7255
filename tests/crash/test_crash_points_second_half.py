"""The other half of the kinds of test_crash_points.py, in a file that another process can take."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.crash.enumerating import MARKS, Enumeration, an_enumeration, check_all, half, kinds
from tests.crash.scripts import Answers, Orders
from tests.crash.test_crash_points import SQLITE, is_in_sample

pytestmark = MARKS


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def enumeration(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Enumeration]:
    async with an_enumeration(str(SQLITE.values[0]), tmp_path_factory.mktemp("matrix")) as opened:
        yield opened


@pytest.mark.parametrize(("orders", "answers"), half(kinds(in_sample=is_in_sample), first=False))
async def test_nothing_is_paid_twice_and_nothing_paid_for_is_lost(
    enumeration: Enumeration, orders: Orders, answers: Answers
) -> None:
    await check_all(enumeration, orders, answers)
