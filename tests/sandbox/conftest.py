"""What only the pretend services are tested by runs when they, or these tests, have changed, and in the full matrix."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from tests.extent import FULL, changed
from tests.sandbox.pretend_discord_raw import Raw, raw_access

HERE = Path(__file__).parent
UNCHANGED = (
    "git knows of no change to bot/sandbox or tests/sandbox, and nothing else is tested here; "
    "KINORA_CRASH_MATRIX=full runs it all the same"
)


@pytest.fixture
async def raw() -> AsyncIterator[Raw]:
    async with raw_access() as access:
        yield access


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    here = [item for item in items if HERE in item.path.parents]
    if here and not FULL and not changed("bot/sandbox", "tests/sandbox"):
        for item in here:
            item.add_marker(pytest.mark.skip(reason=UNCHANGED))
