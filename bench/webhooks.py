"""Deliveries to a local receiver, 30 % of which fail, by senders that are killed: `python -m bench.webhooks [count]`.

A third of the failures were accepted, and only the answer was lost: they have to be sent again, with the same id. Set
BENCH_DATABASE_URL for another database than a new SQLite file; it has to be empty.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from bench.measuring import machine
from storage.db.database import Database
from tests.webhook_flood import Flood


async def main(count: int = 10_000) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = os.environ.get("BENCH_DATABASE_URL") or f"sqlite:///{Path(folder) / 'kinora.db'}"
        database = await Database.open(url)
        flood = Flood(database=database, failing=0.3)
        async with flood.receiver() as address:
            stored = await flood.stores(address, count)
            began = time.perf_counter()
            await flood.runs_until_all_is_noted(calls_in_a_life=1000)
        seconds = time.perf_counter() - began
        await database.close()
    again = sum(times - 1 for times in flood.taken.values())
    print(
        f"{machine()}; {count} deliveries on {url.partition(':')[0]}, 30 % of calls fail, {flood.deaths} senders died"
    )
    print(f"{seconds:.0f} s, {flood.calls / seconds:.0f} calls a second: {flood.calls} calls in all")
    print(
        f"lost {len(stored - set(flood.taken))}, of unknown ids {len(set(flood.taken) - stored)}, taken again {again}"
    )


if __name__ == "__main__":
    asyncio.run(main(*[int(argument) for argument in sys.argv[1:]]))
