"""The databases and films for every contract about stored things."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from tests.contract.databases import BACKENDS, World, a_world
from tests.extent import FULL, changed

HERE = Path(__file__).parent
UNCHANGED = (
    "git knows of no change to storage or tests, SQL is nowhere else, and the same runs on SQLite; "
    "KINORA_CRASH_MATRIX=full runs it all the same"
)


@pytest.fixture(scope="module", autouse=True)
def films_are_reprinted(cheap_films: None) -> None:
    """The received file has to equal the sent one, whatever it shows."""


@pytest.fixture(params=BACKENDS)
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """A fresh database, once on SQLite and once on PostgreSQL."""
    async with a_world(request.param, tmp_path) as world:
        yield world


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    here = {item.nodeid: item for item in items if HERE in item.path.parents}
    again = [item for name, item in here.items() if name != _on_sqlite(name) and _on_sqlite(name) in here]
    if again and not FULL and not changed("storage", "tests"):
        for item in again:
            item.add_marker(pytest.mark.skip(reason=UNCHANGED))


def _on_sqlite(name: str) -> str:
    return name.replace("postgres", "sqlite")
