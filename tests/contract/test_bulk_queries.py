"""The orders for bulk actions: by state, age and member, the oldest first, without deleted ones."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.job import Job
from bot.domain.money.usd import Usd
from bot.domain.phases import Cancelled, Phase
from bot.domain.queue.bulk import Deletable, Wanted, retry_id
from storage.queue.bulk import SqlBulkQueries
from tests.contract.databases import ANN, BEN, GUILD, NOON, World, a_job, claimed, done, failed


async def ended(world: World, phase: Phase, *, hours_ago: int = 0, owner: int = ANN, guild: int = GUILD) -> Job:
    job = a_job(owner_id=owner, guild_id=guild, created_at=NOON - timedelta(hours=hours_ago))
    await world.store.add(job)
    lease = await claimed(world.store)
    return (await world.store.move(lease, lease.job.moved_to(phase))).job


async def test_only_what_is_wanted_is_found(world: World) -> None:
    bulk = SqlBulkQueries(database=world.database)
    old, young = await ended(world, done("1"), hours_ago=9), await ended(world, done("2"), owner=BEN)
    broken, later = await ended(world, failed(), hours_ago=5), await ended(world, failed(), hours_ago=4)
    cancelled = await ended(world, Cancelled(by=ANN, finished_at=NOON), hours_ago=3)
    await ended(world, failed(), guild=GUILD + 9)
    await world.store.mark_deleted((await ended(world, done("3"))).id)
    await world.store.mark_deleted((await ended(world, failed())).id)
    await world.store.add(a_job())

    async def found(wanted: Wanted, most: int = 9) -> list[str]:
        return [job.id for job in await bulk.deletable(GUILD, wanted, most)]

    assert await found(Wanted()) == [old.id, young.id]
    assert await found(Wanted(owner_id=BEN)) == [young.id]
    assert await found(Wanted(before=NOON - timedelta(hours=1))) == [old.id]
    assert await found(Wanted(which=Deletable.ALL)) == [old.id, broken.id, later.id, cancelled.id, young.id]
    assert await found(Wanted(which=Deletable.ALL, owner_id=ANN), most=2) == [old.id, broken.id]
    assert await found(Wanted(which=Deletable.KEPT)) == []
    (first, _) = await bulk.deletable(GUILD, Wanted(), 9)
    assert (first.bytes, first.cost) == (1_234_567, Usd(0))

    ever = NOON - timedelta(days=1)
    assert await bulk.failed(GUILD, ever, None, 9) == [broken, later]
    assert await bulk.failed(GUILD, ever, broken, 9) == [later]
    assert await bulk.failed(GUILD, NOON - timedelta(hours=4), None, 9) == [later]
    await world.store.add(a_job(interaction_id=retry_id(broken.id)))
    again = {retry_id(broken.id), retry_id(later.id)}
    assert await bulk.answered(again) == {retry_id(broken.id)}
