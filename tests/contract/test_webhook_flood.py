"""Every delivery arrives, although the receiver fails often and senders die: `bench.webhooks` does it with 10,000."""

from __future__ import annotations

from tests.contract.databases import World
from tests.extent import only_in_full
from tests.webhook_flood import Flood

pytestmark = only_in_full("shorter tests have each of its troubles by itself")


async def test_no_delivery_is_lost_and_those_that_come_again_have_the_same_id(world: World) -> None:
    flood = Flood(database=world.database, failing=0.3)
    async with flood.receiver() as url:
        stored = await flood.stores(url, 300)
        await flood.runs_until_all_is_noted(calls_in_a_life=100)
    assert set(flood.taken) == stored
    assert flood.calls < 3 * len(stored)
    assert flood.deaths > 3
