"""Spending that no order knows: each video is said once, and of own keys nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.jobs.reconcile.unattributed import FURTHEST, SAID, UnattributedSpending
from tests.builders import NOON
from tests.keys import ANNS
from tests.scripted import ScriptedProvider
from tests.workbench import Bench, a_bench

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HERE = ScriptedProvider()


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


async def said(bench: Bench, found: dict[str, datetime], at: ScriptedProvider = HERE, back: timedelta = DAY) -> int:
    """How many of these, found in a list that was read so far back, were said to be nobody's."""
    counters = bench.context.counters
    before = counters.unattributed_videos
    await UnattributedSpending(records=bench.records, counters=counters).say_once(at, found, bench.clock.now() - back)
    return counters.unattributed_videos - before


async def test_each_of_two_is_said_once_whichever_is_seen_again(bench: Bench) -> None:
    first, second = {"video_1": NOON}, {"video_2": NOON + HOUR}
    assert [await said(bench, found) for found in (first, second, first, second, first | second)] == [1, 1, 0, 0, 0]


async def test_it_is_said_once_for_as_long_as_a_list_can_show_it(bench: Bench) -> None:
    assert await said(bench, {"video_1": NOON}) == 1
    bench.clock.forward(FURTHEST.total_seconds())
    assert await said(bench, {"video_1": NOON}, back=FURTHEST) == 0


async def test_what_no_list_reaches_any_more_is_not_kept(bench: Bench) -> None:
    await said(bench, {"video_1": NOON})
    bench.clock.forward(2 * DAY.total_seconds())
    await said(bench, {"video_2": bench.clock.now()})
    kept = await bench.records.read(SAID, HERE.name)
    assert kept is not None
    assert list(kept.said) == ["video_2"]


async def test_two_accounts_of_one_service_may_have_a_video_of_the_same_id(bench: Bench) -> None:
    assert await said(bench, {"video_1": NOON}) == 1
    assert await said(bench, {"video_1": NOON}, ScriptedProvider(name="gpu1", host=HERE.host)) == 1


async def test_of_what_people_make_elsewhere_with_their_own_key_nothing_is_said_or_kept(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    assert await said(bench, {"video_1": NOON}, ScriptedProvider(name=ANNS)) == 0
    assert (await bench.records.read(SAID, ANNS), caplog.messages) == (None, [])
