"""Posting a video whose file is not there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import Undeliverable
from bot.ui.publish.result_poster import Occasion, ResultPoster
from bot.ui.text.phrases.results import ResultFacts
from tests.builders import a_done_job
from tests.scripted import SteppingClock


class NoFiles:
    """A store without a single file, and a channel without a limit."""

    @asynccontextmanager
    async def local(self, key: str) -> AsyncIterator[Path]:
        raise FileNotFoundError(key)
        yield Path()

    async def of(self, _job: object) -> int:
        return 10**9

    async def facts(self, _job: object, *, with_budget: bool) -> ResultFacts:
        assert with_budget
        return ResultFacts()

    async def poster(self, _job: object) -> None:
        return None


@pytest.mark.parametrize(
    ("shares_database", "says"),
    [
        (False, r"^Its file is missing from the store\.$"),
        (True, r"It lies with another Kinora that shares the database"),
    ],
)
async def test_a_file_that_is_not_here_may_lie_with_another_process(shares_database: bool, says: str) -> None:
    nothing: Any = NoFiles()
    poster = ResultPoster(
        client=nothing,
        files=nothing,
        previews=nothing,
        limits=nothing,
        links=None,
        clock=SteppingClock(),
        lookup=nothing,
        shares_database=shares_database,
    )
    with pytest.raises(Undeliverable, match=says):
        await poster.post(a_done_job(), Occasion(nonce="n"))
