"""Tests of the simulated services alone run if those or the tests have changed, and in the full matrix."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.extent import FULL, changed
from tests.sandbox.simulated_discord_raw import Raw, raw_access

if TYPE_CHECKING:
    from playwright.async_api import Browser

HERE = Path(__file__).parent
UNCHANGED = (
    "git knows of no change to bot/sandbox or tests/sandbox, and nothing else is tested here; "
    "KINORA_CRASH_MATRIX=full runs it all the same"
)


@pytest.fixture
async def raw() -> AsyncIterator[Raw]:
    async with raw_access() as access:
        yield access


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    from tests.sandbox.demo_page import a_browser  # noqa: PLC0415 - its import skips tests without playwright

    async with a_browser() as started:
        yield started


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    here = [item for item in items if HERE in item.path.parents]
    if here and not FULL and not changed("bot/sandbox", "tests/sandbox"):
        for item in here:
            item.add_marker(pytest.mark.skip(reason=UNCHANGED))
