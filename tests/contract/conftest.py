"""What every contract about stored things is tried on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contract.databases import BACKENDS, World, a_world


@pytest.fixture(params=BACKENDS)
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """A fresh database, once on SQLite and once on PostgreSQL."""
    async with a_world(request.param, tmp_path) as world:
        yield world
