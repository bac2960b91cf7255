"""Many bots and many films, at a fraction of their real cost."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module", autouse=True)
def cheap_stages(cheap_processes: None, cheap_films: None) -> None:
    """Before any stage of a module is set up."""


@pytest.fixture(autouse=True)
def as_people_start_it(own_interpreter: None) -> None:
    """For tests that are marked so."""
