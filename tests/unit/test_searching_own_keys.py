"""Videos without an order are searched for at own keys too, and own keys keep no other account from being searched."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.domain.accounts import KeyOwner
from bot.domain.job import Job
from bot.domain.messages import msg
from bot.domain.phases import NeedsReview, Rendering
from bot.jobs.providers.throttle import Request
from bot.jobs.reconcile.sweep import Reconciler
from storage.keys.store import SqlKeyStore
from tests.builders import GUILD, MAX, NOON, a_job
from tests.keys import ANNS, Locksmith, stored
from tests.waiting import PATIENCE
from tests.workbench import Bench, a_bench, a_listed

GONE = KeyOwner(guild_id=GUILD, member_id=MAX).account("gone")  # its service is no longer set up


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


async def lost(bench: Bench, account: str) -> None:
    """An order whose answer was lost."""
    unknown = NeedsReview(was="unknown", reason=msg("Nobody knows."), sent_at=NOON)
    await bench.order(a_job(unknown, account=account))


async def found_first(bench: Bench, search: Reconciler) -> Job:
    """The first order for which a search finds a video."""
    found: asyncio.Future[Job] = asyncio.get_running_loop().create_future()
    bench.context.events.listen(found.set_result)
    searching = asyncio.create_task(search.run())
    await asyncio.wait(
        set[asyncio.Future[Any]]([searching, found]), return_when=asyncio.FIRST_COMPLETED, timeout=PATIENCE
    )
    searching.cancel()
    return found.result()


async def test_a_lost_order_on_an_own_key_is_found_with_that_key(bench: Bench) -> None:
    keys, locksmith = SqlKeyStore(database=bench.store.database, clock=bench.clock), Locksmith()
    providers = locksmith.registry(bench.provider, locksmith.keys(keys))
    bench.context = replace(bench.context, providers=providers)
    for account in (ANNS, GONE):
        await stored(keys, account)
        await lost(bench, account)
    search = replace(bench.sweep, own_accounts=keys.awaited)
    await search.hold()
    assert bench.context.throttle.seconds_left(ANNS, Request.PAID, NOON) > 0
    locksmith.script["lists"] = [[a_listed("video_9")]]
    job = await found_first(bench, search)
    assert (job.account, job.phase) == (ANNS, Rendering(remote_id="video_9", started_at=NOON))


async def test_own_keys_that_cannot_be_looked_up_keep_no_other_account_from_being_searched(bench: Bench) -> None:
    async def broken(_: datetime) -> Sequence[str]:
        raise OSError("the database is away")

    await lost(bench, "openai")
    bench.provider.lists = [[a_listed("video_9")]]
    job = await found_first(bench, replace(bench.sweep, own_accounts=broken))
    assert isinstance(job.phase, Rendering)
