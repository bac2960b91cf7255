"""Finished files at a location that isn't allowed wait until the bot's host allows it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import OutOfBounds
from bot.domain.phases import Done, name_of
from bot.jobs.providers.closed_places import LASTS, ClosedPlaces
from bot.jobs.steps.save import CLOSED_WAIT
from tests.builders import NOON, a_job, a_request
from tests.workbench import Bench, a_bench


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


MINUTE = timedelta(minutes=1)
BARRED = OutOfBounds("The file is at minio.lan. Add that host to DOWNLOAD_HOSTS.", "minio.lan")


async def test_a_file_that_may_not_be_fetched_is_told_of_once_and_asked_for_no_more(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.provider.submits = ["video_1", "video_2"]
    bench.provider.fetches = [BARRED, BARRED, True]
    first, second = [await bench.order(a_job(request=a_request(prompt=words))) for words in ("a fox", "a hen")]
    for _ in range(8):
        await bench.step(forward=CLOSED_WAIT)
    assert [name_of((await bench.job(job_id)).phase) for job_id in (first, second)] == ["saving", "saving"]
    assert bench.provider.fetches == [True]
    told = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert told == [f"{BARRED.sentence} Videos there wait until then. After changing the setting, restart."]


async def test_a_file_that_may_be_fetched_after_a_restart_is(bench: Bench) -> None:
    bench.provider.fetches = [BARRED, True]
    job_id = await bench.order()
    for _ in range(4):
        await bench.step(forward=CLOSED_WAIT)
    bench.context.closed_places.met.clear()
    assert isinstance((await bench.run(job_id)).phase, Done)


def test_only_that_place_of_that_account_is_closed_for_a_day_and_not_beyond_a_clock_set_back() -> None:
    places = ClosedPlaces()
    places.note("openai", BARRED, NOON)
    assert places.holds("openai", BARRED.place, NOON + LASTS - MINUTE)
    assert not places.holds("openai", BARRED.place, NOON + LASTS)
    assert not places.holds("openai", BARRED.place, NOON - MINUTE)
    assert not places.holds("gpu1", BARRED.place, NOON)
    assert not places.holds("openai", "cdn.lan", NOON)
    assert not places.holds("openai", None, NOON)
