"""Own keys and the money they pay: encrypted, counted separately, erased only when nothing needs them any more."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Table, select, update

from bot.domain.accounts import KeyOwner
from bot.domain.errors import BadRequest, OverBudget
from bot.domain.job import Job
from bot.domain.money.allowances import Allowances, Pool
from bot.domain.money.costs import Period
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import Cancelled
from bot.domain.recovery.replaced import ReplacedOrder
from bot.jobs.providers.endpoints import EndpointHistory
from storage.keys.cipher import FernetCipher
from storage.keys.store import SqlKeyStore
from storage.keys.table import own_keys
from storage.own_data.person import take_person_out
from storage.records import SqlRecords
from storage.reports.rebuild import mend
from storage.reports.tables import video_sums
from storage.tables import jobs, ledger, metadata
from tests.contract.databases import ANN, BEN, GUILD, NOON, World, a_job, claimed, done, failed, rendering
from tests.keys import a_key, stored

ANNS, SERVERS = KeyOwner(guild_id=GUILD, member_id=ANN).account("openai"), KeyOwner(guild_id=GUILD).account("openai")
CENTS, DOLLAR = Usd.of("0.40"), Usd.of(1)


def keys_of(world: World) -> SqlKeyStore:
    return SqlKeyStore(database=world.database, clock=world.clock)


async def finished(world: World, job: Job, cost: Usd) -> Job:
    await world.store.add(job)
    lease = await claimed(world.store)
    return (await world.store.move(lease, replace(lease.job, phase=done(job.id), cost=cost))).job


async def test_what_an_own_key_pays_is_in_no_budget_but_its_own(world: World) -> None:
    keys, narrow = keys_of(world), Allowances(month=FREE, day=FREE, pools=(Pool(role_id=7, monthly=FREE),))
    key = await stored(keys, ANNS, limit=DOLLAR)
    await world.store.add(a_job("first", account=ANNS), narrow)
    assert (await world.store.month(GUILD)).used == FREE
    assert (await world.store.used(GUILD, ANN, narrow)).month == FREE
    assert (await keys.use([key]))[ANNS].spent.reserved == CENTS
    lease = await claimed(world.store)
    await world.store.move(lease, replace(lease.job, phase=done("1"), cost=Usd.of("0.35")))
    spent = (await keys.use([key]))[ANNS].spent
    assert (spent.reserved, spent.spent, spent.left) == (FREE, Usd.of("0.35"), Usd.of("0.65"))
    assert (await world.store.month(GUILD)).used == FREE
    assert await world.store.check_books() == []


async def test_a_key_is_awaited_while_what_was_sent_again_with_it_may_turn_up(world: World) -> None:
    keys = keys_of(world)
    for account in (ANNS, SERVERS):
        await stored(keys, account)
    lost = ReplacedOrder(account=ANNS, sent_at=NOON, quote=CENTS)
    await finished(world, replace(a_job(account=ANNS), replaced=(lost,)), CENTS)
    await finished(world, a_job(account=SERVERS), CENTS)
    assert await keys.busy() == []
    assert await keys.awaited(NOON) == [ANNS]
    assert await keys.awaited(NOON + timedelta(seconds=1)) == []
    await world.store.add(a_job(account=SERVERS))
    assert await keys.awaited(NOON + timedelta(seconds=1)) == [SERVERS]


async def test_its_key_pays_for_a_double_beyond_its_limit(world: World) -> None:
    keys = keys_of(world)
    key = await stored(keys, ANNS, limit=CENTS)
    lost = ReplacedOrder(account=ANNS, sent_at=NOON, quote=CENTS)
    job = await finished(world, replace(a_job(account=ANNS), replaced=(lost,)), CENTS)
    double = replace(a_job(account=ANNS), doubles=job.id, created_at=NOON, phase=rendering("video_1"))
    await world.store.add_double(double)
    spent = (await keys.use([key]))[ANNS].spent
    assert (spent.reserved, spent.spent) == (CENTS, CENTS)
    assert (await world.store.month(GUILD)).used == FREE
    assert (await world.store.used(GUILD, ANN, Allowances(day=DOLLAR))).day == FREE
    assert await world.store.check_books() == []


async def test_a_failure_frees_the_money_of_its_key(world: World) -> None:
    keys = keys_of(world)
    key = await stored(keys, ANNS, limit=DOLLAR)
    await world.store.add(a_job(account=ANNS))
    lease = await claimed(world.store)
    await world.store.move(lease, lease.job.moved_to(failed()))
    assert (await keys.use([key]))[ANNS].spent.left == DOLLAR
    assert await world.store.check_books() == []


@pytest.mark.parametrize(
    ("account", "told"),
    [
        (ANNS, r"your own key has only \$0\.20 of its \$1\.00 for November left.*`/keys`"),
        (SERVERS, r"the server's own key has only \$0\.20 of its \$1\.00 for November left.*`/keys`"),
    ],
)
async def test_of_ten_orders_at_once_those_that_fit_the_keys_limit_are_taken(
    world: World, account: str, told: str
) -> None:
    await stored(keys_of(world), account, limit=DOLLAR)
    async with world.another_process() as other:
        stores = (world.store, other)
        orders = [stores[number % 2].add(a_job(f"{number}", account=account)) for number in range(10)]
        results = await asyncio.gather(*orders, return_exceptions=True)
    refusals = [result for result in results if isinstance(result, OverBudget)]
    assert (len(results) - len(refusals), len(refusals)) == (2, 8)
    with pytest.raises(OverBudget, match=told):
        raise refusals[0]
    assert await world.store.check_books() == []


async def test_the_members_key_comes_before_the_servers_and_a_leaving_one_is_none(world: World) -> None:
    keys = keys_of(world)
    for account in (SERVERS, ANNS, KeyOwner(guild_id=GUILD, member_id=BEN).account("openai")):
        await stored(keys, account)
    await stored(keys, KeyOwner(guild_id=GUILD + 1, member_id=ANN).account("openai"))
    assert list(await keys.usable(GUILD, ANN)) == [ANNS, SERVERS]
    await world.store.add(a_job(account=ANNS))
    await keys.remove(ANNS)
    assert list(await keys.usable(GUILD, ANN)) == [SERVERS]
    assert [key.account for key in await keys.of(GUILD, ANN)] == [ANNS]
    assert [key.account for key in await keys.of(GUILD, None)] == [SERVERS]


async def test_a_key_without_orders_is_erased_at_once(world: World) -> None:
    keys = keys_of(world)
    await stored(keys)
    assert await keys.remove(a_key().account) == 0
    assert await keys.all_sealed() == {}


async def test_a_key_is_kept_until_its_last_order_has_ended_and_takes_no_new_ones(world: World) -> None:
    keys = keys_of(world)
    await stored(keys, ANNS)
    await world.store.add(a_job("one", account=ANNS))
    assert await keys.remove(ANNS) == 1
    with pytest.raises(BadRequest, match=r"takes no new orders\. You weren't charged\."):
        await world.store.add(a_job("two", account=ANNS))
    assert await keys.purge() == []
    lease = await claimed(world.store)
    lease = await world.store.move(lease, lease.job.moved_to(rendering("video_1")), keep=True)
    assert (await keys.purge(), await keys.busy()) == ([], [ANNS])
    await world.store.move(lease, replace(lease.job, phase=done(), cost=CENTS))
    assert (await keys.purge(), await keys.sealed(ANNS)) == ([ANNS], None)
    assert await world.store.check_books() == []


async def test_an_order_and_the_erasing_of_its_key_at_the_same_moment_leave_no_order_without_a_key(
    world: World,
) -> None:
    keys = keys_of(world)
    async with world.another_process() as other:
        for number in range(10):
            await stored(keys, ANNS)
            ordered, _ = await asyncio.gather(
                other.add(a_job(f"{number}", account=ANNS)), keys.remove(ANNS), return_exceptions=True
            )
            assert (await keys.sealed(ANNS) is None) == isinstance(ordered, BadRequest)
            if isinstance(ordered, Job):
                await world.store.cancel(ordered.id, ANN)
            await keys.purge()
            assert await keys.sealed(ANNS) is None
    assert await world.store.check_books() == []


async def test_a_key_is_replaced_only_while_nothing_at_its_service_needs_the_old_one(world: World) -> None:
    keys = keys_of(world)
    await stored(keys, ANNS, "old")
    await world.store.add(a_job(account=ANNS))
    await stored(keys, ANNS, "new")  # the waiting orders were sent with neither
    lease = await claimed(world.store)
    await world.store.move(lease, lease.job.moved_to(rendering("video_1")), 0)
    with pytest.raises(BadRequest, match=r"1 video in progress needs the key that is stored now\. Nothing"):
        await stored(keys, ANNS, "newer")
    assert await keys.sealed(ANNS) == f"{ANNS} new"
    await keys.put(a_key(ANNS), "sealed", may_replace=True)
    assert await keys.sealed(ANNS) == "sealed"


async def test_the_place_of_a_waiting_order_is_taken_by_one_on_other_money_and_both_add_up(world: World) -> None:
    keys = keys_of(world)
    key = await stored(keys, ANNS, limit=DOLLAR)
    ours = await world.store.add(a_job("ours"))
    ended = ours.moved_to(Cancelled(by=ANN, finished_at=NOON))
    hers = await world.store.exchange(ours, ended, a_job("hers", account=ANNS))
    assert (await world.store.month(GUILD)).used == FREE
    assert (await keys.use([key]))[ANNS].spent.reserved == CENTS
    ended = hers.moved_to(Cancelled(by=ANN, finished_at=NOON))
    await world.store.exchange(hers, ended, a_job("ours again"))
    assert (await world.store.month(GUILD)).used == CENTS
    assert (await keys.use([key]))[ANNS].spent.reserved == FREE
    assert await world.store.check_books() == []


async def test_exchanges_both_ways_at_once_wait_for_each_other_and_not_for_ever(world: World) -> None:
    await stored(keys_of(world), SERVERS)
    async with world.another_process() as other:
        for number in range(5):
            ours = await world.store.add(a_job(f"ours {number}"))
            theirs = await world.store.add(a_job(f"theirs {number}", account=SERVERS, owner_id=BEN))
            one = world.store.exchange(
                ours, ours.moved_to(Cancelled(by=ANN, finished_at=NOON)), a_job(f"a{number}", account=SERVERS)
            )
            two = other.exchange(
                theirs, theirs.moved_to(Cancelled(by=BEN, finished_at=NOON)), a_job(f"b{number}", owner_id=BEN)
            )
            for new in await asyncio.gather(one, two):
                await world.store.cancel(new.id, new.owner_id)
    assert await world.store.check_books() == []


async def test_a_video_known_under_one_key_of_a_service_is_nobodys_under_none_of_the_others(world: World) -> None:
    await stored(keys_of(world), ANNS)
    await world.store.add(a_job(account=ANNS))
    lease = await claimed(world.store)
    await world.store.move(lease, lease.job.moved_to(rendering("video_7")), 0)
    for account in ("openai", SERVERS, ANNS):
        assert await world.store.known(account, ["video_7", "video_8"]) == {"video_7"}
    assert await world.store.known("gemini", ["video_7"]) == frozenset()
    many = [f"video_{number}" for number in range(70_000)]  # PostgreSQL allows 65,535 values
    assert await world.store.known("openai", many) == {"video_7"}


async def test_an_older_version_leaves_orders_on_own_keys_alone(world: World) -> None:
    """It would send one with the key from the settings: an unknown field prevents that."""
    await stored(keys_of(world), ANNS)
    job = await world.store.add(a_job(account=ANNS))
    row = await world.database.read(lambda c: c.execute(select(jobs.c.detail).where(jobs.c.id == job.id)))
    assert "on_own_key" in str(row.scalar_one())
    assert await world.store.get(job.id) == job


async def test_the_rows_hold_no_key(world: World) -> None:
    pytest.importorskip("cryptography", reason="seals own keys")
    secret, cipher = "sk-a-secret-nobody-may-see", FernetCipher(["x" * 32])
    await keys_of(world).put(a_key(ANNS, ending="-see"), cipher.seal(ANNS, secret), may_replace=False)
    rows = (await world.database.read(lambda c: c.execute(select(own_keys)))).all()
    assert secret not in repr(rows)
    assert cipher.opened(ANNS, str(await keys_of(world).sealed(ANNS))) == secret


async def test_costs_say_what_was_paid_with_own_keys(world: World) -> None:
    await stored(keys_of(world), ANNS)
    await finished(world, a_job("ours"), CENTS)
    await finished(world, a_job("hers", account=ANNS), Usd.of("0.30"))
    for owner in (ANN, None):
        costs = await world.store.costs(GUILD, owner, Period.MONTH)
        assert (costs.spent, costs.on_own_keys) == (Usd.of("0.70"), Usd.of("0.30"))
    assert (await world.store.costs(GUILD, BEN, Period.MONTH)).on_own_keys == FREE
    assert (await world.store.costs(GUILD, None, Period.MONTH)).budget_left == Usd.of("24.60")


async def test_lines_of_the_ledger_name_the_own_key_that_pays_for_versions_that_add_up_by_them(world: World) -> None:
    await stored(keys_of(world), ANNS)
    hers, ours = await world.store.add(a_job("hers", account=ANNS)), await world.store.add(a_job("ours"))
    lines = (await world.database.read(lambda c: c.execute(select(ledger.c.job_id, ledger.c.account)))).all()
    assert {tuple(line) for line in lines} == {(hers.id, ANNS), (ours.id, None)}


async def test_what_own_keys_paid_is_added_up_anew_where_an_older_version_left_it_out(world: World) -> None:
    await stored(keys_of(world), ANNS)
    await finished(world, a_job("hers", account=ANNS), Usd.of("0.30"))
    await world.database.write(lambda c: c.execute(update(video_sums).values(on_own_keys=0)))
    assert len(await world.store.check_books()) == 1
    assert await mend(world.database) == [GUILD]
    assert (await world.store.costs(GUILD, None, Period.MONTH)).on_own_keys == Usd.of("0.30")


async def all_of(world: World, table: Table) -> str:
    return repr((await world.database.read(lambda c: c.execute(select(table)))).all())


async def test_of_an_erased_member_no_key_no_name_of_an_account_and_no_counter_is_left(world: World) -> None:
    keys, bens = keys_of(world), KeyOwner(guild_id=GUILD, member_id=BEN).account("openai")
    for account in (ANNS, bens):
        await stored(keys, account)
    hers = await finished(world, a_job("hers", account=ANNS), CENTS)
    await finished(world, a_job("his", account=bens, owner_id=BEN), DOLLAR)
    await keys.remove_of(ANN)
    lines = await world.database.write(lambda c: take_person_out(c, hers, NOON, is_shown=False))
    assert (lines, list(await keys.all_sealed())) == (2, [bens])
    assert [table.name for table in metadata.sorted_tables if str(ANN) in await all_of(world, table)] == []
    assert await world.store.check_books() == []
    assert (await world.store.costs(GUILD, None, Period.MONTH)).on_own_keys == Usd.of("1.40")


async def test_of_orders_that_are_erased_the_servers_key_keeps_its_name_and_other_orders_their_counter(
    world: World,
) -> None:
    keys = keys_of(world)
    both = [await stored(keys, account) for account in (ANNS, SERVERS)]
    erased = [await finished(world, a_job("one", account=account), CENTS) for account in (ANNS, SERVERS)]
    await finished(world, a_job("another", account=ANNS), DOLLAR)
    for job in erased:
        await world.database.write(partial(take_person_out, job=job, now=NOON, is_shown=False))
    use = await keys.use(both)
    assert [use[account].spent.spent for account in (ANNS, SERVERS)] == [DOLLAR, CENTS]
    assert await world.store.check_books() == []


async def test_nor_the_name_of_an_account_whose_key_was_removed_before(world: World) -> None:
    keys, records = keys_of(world), SqlRecords(database=world.database, clock=world.clock)
    await stored(keys, ANNS)
    await EndpointHistory(records=records, clock=world.clock).settle(ANNS, "a key")
    await keys.remove(ANNS)
    await keys.remove_of(ANN)
    assert [table.name for table in metadata.sorted_tables if str(ANN) in await all_of(world, table)] == []
