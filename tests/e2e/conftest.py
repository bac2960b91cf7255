"""Many bots and many films: neither may cost what a real one does."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module", autouse=True)
def cheap_stages(cheap_processes: None, cheap_films: None) -> None:
    """Before any stage of a module is set."""


@pytest.fixture(autouse=True)
def as_people_start_it(own_interpreter: None) -> None:
    """Where a test is marked so."""
