"""Orders, claims and steps per second that a database allows: `python -m bench.rates [jobs] [sqlite|postgresql|both]`.

One process with the bot's store. Orders are made in sequence, because each is a transaction with its budget; then a
worker claims them as in the bot, and decides each one, which is also a transaction.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.measuring import machine
from bot.clock import SystemClock
from bot.domain.job import Lease
from bot.domain.money.usd import Usd
from bot.domain.phases import Rendering
from bot.domain.ports.jobs import ConcurrencyLimits
from storage.db.database import Database
from tests.builders import a_job
from tests.contract.databases import a_url
from tests.stores import JobStores

BUDGET = Usd.of(1_000_000)
AT_ONCE = 16  # claimed together
LATER = 3600.0  # seconds until a decided one is due again


async def main(jobs: int = 1000, backend: str = "both") -> None:
    print(f"{machine()}; {jobs} jobs; a second")
    print(f"{'':<14}{'orders':>10}{'claims':>10}{'steps':>10}")
    for each in ("sqlite", "postgresql") if backend == "both" else (backend,):
        with tempfile.TemporaryDirectory() as name, a_url(each.removesuffix("ql"), Path(name)) as url:
            database = await Database.open(url)
            try:
                rates = await _rates(JobStores(database=database, clock=SystemClock(), budget=BUDGET), jobs)
            finally:
                await database.close()
        print(f"{each:<14}" + "".join(f"{rate:>10.0f}" for rate in rates), flush=True)


async def _rates(store: JobStores, jobs: int) -> Sequence[float]:
    """Of orders, claims and steps."""
    began = time.perf_counter()
    for number in range(jobs):
        await store.add(a_job(created_at=store.clock.now(), owner_id=1000 + number % 50))
    ordered = time.perf_counter()
    leases: list[Lease] = []
    while more := await store.claim("bench", ConcurrencyLimits(total=jobs), AT_ONCE):
        leases += more
    claimed = time.perf_counter()
    for number, lease in enumerate(leases):
        phase = Rendering(remote_id=f"video_{number}", started_at=store.clock.now())
        await store.decide(lease.job, lease.job.moved_to(phase), LATER)
    ended = time.perf_counter()
    assert len(leases) == jobs
    return jobs / (ordered - began), jobs / (claimed - ordered), jobs / (ended - claimed)


if __name__ == "__main__":
    count, backend = [*sys.argv[1:], *("1000", "both")[len(sys.argv) - 1 :]]
    asyncio.run(main(int(count), backend))
