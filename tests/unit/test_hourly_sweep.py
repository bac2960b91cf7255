"""The services are searched at start-up, and then every hour; only the first time are waiting orders compared."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.models.card import ModelCard
from bot.domain.phases import Queued, Rendering
from bot.domain.ports.provider import Listed
from tests.builders import NOON
from tests.scripted import ScriptedProvider, SteppingClock
from tests.workbench import Bench, a_bench, a_listed

HOUR = timedelta(hours=1)


@dataclass
class Listing(ScriptedProvider):
    """Lists as scripted, and then stops the search."""

    clock: SteppingClock = field(default_factory=SteppingClock)
    searched: list[datetime] = field(default_factory=list)

    async def recent(self, since: datetime, cards: Collection[ModelCard] = ()) -> Sequence[Listed] | None:
        self.searched.append(self.clock.now())
        if not self.lists:
            raise asyncio.CancelledError
        return await super().recent(since, cards)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as opened:
        yield opened


async def searched(bench: Bench, *lists: Sequence[Listed]) -> Sequence[datetime]:
    """When it was searched, until there was nothing more to list."""
    provider = Listing(lists=[*lists], clock=bench.clock)
    bench.context = replace(bench.context, providers={"openai": provider})
    with suppress(asyncio.CancelledError):
        await bench.sweep.run()
    return provider.searched


async def test_each_hour_after_the_first_search_another_follows(bench: Bench) -> None:
    assert await searched(bench, (), ()) == [NOON, NOON + HOUR, NOON + 2 * HOUR]


async def test_only_the_first_search_compares_waiting_orders(bench: Bench) -> None:
    job_id = await bench.order()
    await searched(bench, (), [a_listed("video_9")], ())
    assert (await bench.job(job_id)).phase == Queued()
    await searched(bench, [a_listed("video_8")])
    assert (await bench.job(job_id)).phase == Rendering(remote_id="video_8", started_at=NOON)
