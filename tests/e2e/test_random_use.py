"""A little of `python -m tests.random_use`, which is meant to be run for longer."""

from __future__ import annotations

from pathlib import Path

from tests.extent import only_in_full
from tests.random_use import used_at_random

pytestmark = only_in_full("it uses at random what other tests use on purpose")


async def test_nothing_goes_wrong_whatever_people_do(tmp_path: Path) -> None:
    use = await used_at_random(tmp_path, seed=1, seconds=60, most=60)
    assert use.findings == []
    assert use.steps > 20
