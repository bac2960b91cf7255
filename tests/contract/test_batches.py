"""Several videos ordered at once: stored and reserved whole, or not at all."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.domain.errors import OverBudget, QueueClosed, TooManyWaiting
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.money.allowances import Allowances, Grant, Pool
from bot.domain.money.usd import FREE, Usd
from bot.domain.queue.state import HoldKind, QueueHold
from bot.domain.studio.batches import BatchPlace
from storage.keys.store import SqlKeyStore
from storage.own_data.members_rows import count_rows, remove_rows, remove_rows_about
from storage.studio.votes import SqlVotes
from storage.tables import jobs
from tests.contract.databases import ANN, BEN, BUDGET, GUILD, NOON, PLENTY, World, a_batch, a_job, done
from tests.contract.test_scopes import own_account
from tests.keys import stored
from tests.stores import JobStores

ARTISTS = 7


async def how_many(world: World) -> int:
    return await world.database.read(lambda c: c.scalar(select(func.count()).select_from(jobs))) or 0


async def test_a_batch_is_stored_in_its_order_and_reserves_its_total(world: World) -> None:
    batch = a_batch(4)
    assert await world.store.add_all(batch) == batch
    assert await world.store.batch(batch[0].id) == batch
    assert (await world.store.month(GUILD)).reserved == Usd.of("1.60")
    assert await world.store.check_books() == []


async def test_what_was_ordered_alone_is_no_batch(world: World) -> None:
    job = await world.store.add(a_job())
    assert (job.batch, await world.store.batch(job.id)) == (None, [])


async def test_a_batch_that_the_month_has_no_room_for_leaves_nothing_behind(world: World) -> None:
    await world.store.add(a_job(quote=BUDGET - Usd.of("1.59")))
    with pytest.raises(OverBudget, match=r"These 4 videos cost \$1.60, but this server has only \$1.59 "):
        await world.store.add_all(a_batch(4))
    assert await how_many(world) == 1
    assert (await world.store.month(GUILD)).reserved == BUDGET - Usd.of("1.59")
    assert await world.store.check_books() == []


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Allowances(day=Usd.of("1.59")), "These 4 videos cost .* for today left"),
        (Allowances(month=Usd.of("1.59")), "These 4 videos cost .* your .* for November left"),
        (Allowances(pools=(Pool(role_id=ARTISTS, monthly=Usd.of("1.59")),)), "These 4 videos cost .* of its"),
    ],
    ids=["day", "month", "pool"],
)
async def test_limits_are_asked_about_the_total(world: World, limits: Allowances, words: str) -> None:
    await world.store.add_all(a_batch(3), limits)
    await world.wipe()
    with pytest.raises(OverBudget, match=words):
        await world.store.add_all(a_batch(4), limits)
    with pytest.raises(OverBudget, match=words):
        await world.store.check_room(GUILD, ANN, Usd.of("1.60"), limits, 4)
    assert await how_many(world) == 0


async def test_one_grant_pays_for_all_of_a_batch(world: World) -> None:
    grant = Grant(id="g", member_id=ANN, amount=Usd.of("1.60"), until=NOON + timedelta(days=1))
    limited = Allowances(day=Usd.of("0.40"), grants=(grant,))
    await world.store.add_all(a_batch(4), limited)
    drawn = await world.database.read(lambda c: c.scalars(select(jobs.c.grant_id)))
    assert list(drawn) == ["g"] * 4
    await world.store.add(a_job(), limited)  # the day's budget is unchanged
    assert await world.store.check_books() == []


async def test_the_same_interaction_makes_one_batch(world: World) -> None:
    batch = await world.store.add_all(a_batch(3))
    again = a_batch(3)
    sent_twice = [replace(again[0], interaction_id=batch[0].interaction_id), *again[1:]]
    assert await world.store.add_all(sent_twice) == batch
    assert (await world.store.month(GUILD)).reserved == Usd.of("1.20")


async def test_a_lead_whose_id_is_taken_leads_by_another(world: World) -> None:
    taken = await world.store.add(a_job())
    batch = a_batch(3)
    colliding = [replace(job, batch=BatchPlace(lead=taken.id, number=n)) for n, job in enumerate(batch, 1)]
    colliding[0] = replace(colliding[0], id=taken.id)
    made = await world.store.add_all(colliding)
    assert made[0].id != taken.id
    assert {job.batch and job.batch.lead for job in made} == {made[0].id}
    assert await world.store.get(taken.id) == taken


async def test_a_batch_counts_as_many_waiting_orders_as_it_has(world: World) -> None:
    store = replace(world.store, member_waiting=4)
    await store.add(a_job())
    with pytest.raises(TooManyWaiting, match="up to 4 videos queued here at once, and these 4 would be too many"):
        await store.add_all(a_batch(4))
    with pytest.raises(TooManyWaiting):
        await store.check_room(GUILD, ANN, FREE, videos=4)
    assert len(await store.add_all(a_batch(3))) == 3


async def test_a_closed_queue_takes_no_batch(world: World) -> None:
    hold = QueueHold(kind=HoldKind.DRAIN, reason="Closing time.", by=1, since=NOON)
    await world.store.hold(GUILD, hold)
    with pytest.raises(QueueClosed):
        await world.store.add_all(a_batch(2))
    assert await how_many(world) == 0


async def test_of_ten_batches_at_once_as_many_are_taken_as_fit_and_none_in_part(world: World) -> None:
    """$25 are enough for fifteen of them at $1.60."""

    async def order(store: JobStores) -> Sequence[Job]:
        try:
            return await store.add_all(a_batch(4))
        except OverBudget:
            return []

    async with world.another_process() as another:
        stores = itertools.cycle([world.store, another])
        made = await asyncio.gather(*(order(next(stores)) for _ in range(20)))
    assert sorted(map(len, made)) == [0] * 5 + [4] * 15
    assert await how_many(world) == 60
    assert await world.store.check_books() == []


async def test_two_accounts_share_a_batch_each_with_its_own_money(world: World) -> None:
    own = own_account(ANN)
    await stored(SqlKeyStore(database=world.database, clock=world.clock), own)
    batch = a_batch(2)
    await world.store.add_all([batch[0], replace(batch[1], account=own)])
    assert (await world.store.month(GUILD)).reserved == Usd.of("0.40")
    assert await world.store.check_books() == []


async def test_each_video_of_a_batch_settles_by_itself(world: World) -> None:
    batch = await world.store.add_all(a_batch(3))
    leases = await world.store.claim("worker", PLENTY, 10)
    by_id = {lease.job.id: lease for lease in leases}
    await world.store.move(by_id[batch[0].id], replace(batch[0], phase=done("a"), cost=Usd.of("0.37")))
    await world.store.cancel(batch[1].id, ANN)
    month = await world.store.month(GUILD)
    assert (month.spent, month.reserved) == (Usd.of("0.37"), Usd.of("0.40"))
    assert await world.store.check_books() == []
    kept: Job | None = await world.store.get(JobId(batch[0].id))
    assert kept is not None
    assert kept.batch == BatchPlace(lead=batch[0].id, number=1)


# Votes


async def test_votes_outlive_the_process_and_are_one_a_member(world: World) -> None:
    one, other = (job.id for job in await world.store.add_all(a_batch(2)))
    votes = SqlVotes(database=world.database)
    assert await votes.vote(one, ANN, one, NOON)
    assert await votes.vote(one, BEN, one, NOON)
    assert await votes.vote(one, ANN, other, NOON)
    async with world.another_process() as another:
        assert await SqlVotes(database=another.database).counted(one) == {one: 1, other: 1}
    assert not await votes.vote(one, ANN, other, NOON), "the same once more takes it back"
    assert await votes.counted(one) == {one: 1}


async def test_votes_go_with_their_member_and_with_their_video(world: World) -> None:
    one, other = (job.id for job in await world.store.add_all(a_batch(2)))
    votes = SqlVotes(database=world.database)
    await votes.vote(one, ANN, one, NOON)
    await votes.vote(one, BEN, other, NOON)
    assert await world.database.read(lambda c: count_rows(c, ANN)) == 1
    assert await world.database.write(lambda c: remove_rows(c, ANN)) == 1
    assert await votes.counted(one) == {other: 1}
    await world.database.write(lambda c: remove_rows_about(c, other))
    assert await votes.counted(one) == {}
