"""The money of the prompt helper: reserved before it is asked, and settled whatever it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.domain.access.own_data import OwnRecords
from bot.domain.errors import OverBudget, QueueClosed
from bot.domain.money.allowances import Allowances, Grant, Pool
from bot.domain.money.costs import Period
from bot.domain.money.usd import FREE, Usd
from bot.domain.prompting.calls import HelperCall
from bot.domain.prompting.helper import HelperTask
from bot.domain.queue.state import HoldKind, QueueHold
from bot.jobs.use_cases.prompting.upkeep import GIVEN_UP, HelperUpkeep
from bot.ui.dialogs.drafts import DRAFTS
from storage.money.helper_calls import SqlHelperCalls
from storage.money.helper_table import helper_calls
from storage.own_data.erasure import SqlErasures
from storage.own_data.stored import SqlOwnData
from storage.tables import budget, ledger
from tests.contract.databases import ANN, BEN, BUDGET, GUILD, NOON, World, a_job
from tests.extent import examples

BOUND, COST = Usd(5_000), Usd(61)
NO_LIMITS = Allowances()
ARTISTS = 71
LIMITS = {
    "month": Allowances(month=BOUND),
    "day": Allowances(day=BOUND),
    "pool": Allowances(pools=(Pool(role_id=ARTISTS, monthly=BOUND),)),
    "grant": Allowances(
        day=FREE, grants=(Grant(id="G1", member_id=ANN, amount=BOUND, until=NOON + timedelta(days=7)),)
    ),
}


def calls_of(world: World) -> SqlHelperCalls:
    return SqlHelperCalls(database=world.database, clock=world.clock, budget=BUDGET)


def a_call(name: str = "1", owner: int = ANN, bound: Usd = BOUND) -> HelperCall:
    return HelperCall(id=name, guild_id=GUILD, owner_id=owner, task=HelperTask.IMPROVE, bound=bound)


async def opened(world: World, name: str = "1", allowances: Allowances = NO_LIMITS) -> SqlHelperCalls:
    calls = calls_of(world)
    await calls.open(a_call(name), allowances)
    return calls


async def month(world: World) -> tuple[Usd, Usd]:
    """What the server has reserved and spent, after checking its books."""
    assert await world.store.check_books() == []
    standing = await world.store.month(GUILD)
    return standing.reserved, standing.spent


async def test_its_bound_is_reserved_before_and_what_it_cost_is_settled(world: World) -> None:
    calls = await opened(world)
    assert await month(world) == (BOUND, FREE)
    assert await calls.settle("1", COST) == COST
    assert await month(world) == (FREE, COST)
    costs = await world.store.costs(GUILD, ANN, Period.MONTH)
    assert (costs.helped, costs.on_helper, costs.spent, costs.videos) == (1, COST, FREE, 0)
    assert (await world.store.costs(GUILD, BEN, Period.MONTH)).helped == 0


async def test_what_was_not_charged_frees_it(world: World) -> None:
    calls = await opened(world)
    await calls.release("1")
    assert await month(world) == (FREE, FREE)
    assert (await world.store.costs(GUILD, None, Period.MONTH)).helped == 0


async def test_where_nobody_can_tell_it_is_charged_at_its_bound(world: World) -> None:
    calls = await opened(world)
    assert await calls.settle("1", None) == BOUND
    assert await month(world) == (FREE, BOUND)


async def test_what_was_cut_off_is_charged_once_and_corrected_by_an_answer_that_comes_after_all(world: World) -> None:
    calls = await opened(world)
    upkeep = HelperUpkeep(calls=calls, clock=world.clock)
    await upkeep.settle()
    assert await month(world) == (BOUND, FREE), "somebody still waits for it"
    world.clock.moment += GIVEN_UP + timedelta(seconds=1)
    for _ in range(2):
        await upkeep.settle()
        assert await month(world) == (FREE, BOUND)
    assert await calls.settle("1", None) == BOUND
    assert await calls.settle("1", COST) == COST
    assert await month(world) == (FREE, COST)
    await calls.release("1")
    assert await month(world) == (FREE, FREE)


async def test_what_was_not_charged_while_others_looked_for_what_is_left_stays_free(world: World) -> None:
    calls = await opened(world)
    await calls.release("1")  # after it was found open, and before its bound is charged
    assert await calls.settle("1", None) == FREE
    assert await month(world) == (FREE, FREE)
    assert await calls.settle("1", COST) == COST, "an answer that comes after all counts"


async def test_it_counts_in_the_month_that_it_was_opened_in(world: World) -> None:
    calls = await opened(world)
    world.clock.moment += timedelta(days=30)
    await calls.settle("1", COST)
    assert await month(world) == (FREE, FREE)


async def test_nothing_is_asked_beyond_the_servers_budget(world: World) -> None:
    await world.store.add(a_job(quote=BUDGET - BOUND))
    calls = await opened(world)
    with pytest.raises(OverBudget, match=r"up to \$0.005, .* this server's budget has left .* You weren't charged"):
        await calls.open(a_call("2"), NO_LIMITS)
    with pytest.raises(OverBudget):
        await world.store.add(a_job(quote=Usd(1)))
    assert await month(world) == (BUDGET, FREE)


async def test_nothing_is_asked_where_managers_have_stopped_new_orders(world: World) -> None:
    await world.store.hold(GUILD, QueueHold(kind=HoldKind.DRAIN, reason="Closing time.", by=BEN, since=NOON))
    with pytest.raises(QueueClosed, match=r"Closing time\. You weren't charged"):
        await opened(world)
    assert await month(world) == (FREE, FREE)


@pytest.mark.parametrize("limit", LIMITS)
async def test_it_counts_in_every_limit_of_its_member_as_videos_do(world: World, limit: str) -> None:
    calls, allowances = calls_of(world), LIMITS[limit]
    tried = [calls.open(a_call(str(number)), allowances) for number in range(4)]
    taken = await asyncio.gather(*tried, return_exceptions=True)
    assert [isinstance(each, OverBudget) for each in taken].count(True) == 3
    with pytest.raises(OverBudget, match="You weren't charged"):
        await world.store.add(a_job(quote=Usd(1)), allowances)
    assert await month(world) == (BOUND, FREE)
    if limit == "pool":
        assert (await world.store.pool_months(GUILD, allowances.pools))[ARTISTS].reserved == BOUND


@pytest.mark.parametrize("limit", LIMITS)
async def test_it_shares_every_limit_with_videos(world: World, limit: str) -> None:
    calls, allowances = calls_of(world), LIMITS[limit]
    await world.store.add(a_job(quote=BOUND - COST), allowances)
    await calls.open(a_call("1", bound=COST), allowances)
    for refused in (
        calls.open(a_call("2", bound=Usd(1)), allowances),
        world.store.add(a_job(quote=Usd(1)), allowances),
    ):
        with pytest.raises(OverBudget):
            await refused
    assert await month(world) == (BOUND, FREE)


async def test_what_is_asked_on_another_server_uses_up_no_limit_here(world: World) -> None:
    limited = Allowances(month=BOUND, day=BOUND)
    await calls_of(world).open(replace(a_call("1"), guild_id=GUILD + 9), limited)
    await opened(world, "2", limited)
    with pytest.raises(OverBudget):
        await opened(world, "3", limited)


async def test_what_a_grant_pays_uses_up_no_limit_of_its_member(world: World) -> None:
    used = Allowances(month=BOUND, grants=LIMITS["grant"].grants)
    await opened(world, "1", used)
    await opened(world, "2", used)  # by the grant
    calls = calls_of(world)
    await calls.settle("1", FREE)
    await calls.open(a_call("3"), used)  # by the limit again
    with pytest.raises(OverBudget, match="more than you have left here"):
        await calls.open(a_call("4"), used)


async def test_a_call_is_settled_once_in_the_ledger(world: World) -> None:
    calls = await opened(world)
    await calls.settle("1", COST)
    again = {"call_id": "1", "guild_id": GUILD, "owner_id": ANN, "period": "2026-11", "at": NOON}
    entry = insert(ledger).values(**again, kind="settle", reserved=0, spent=1)
    with pytest.raises(IntegrityError):
        await world.database.write(lambda c: c.execute(entry))


async def test_a_call_whose_row_says_something_else_than_the_ledger_is_named(world: World) -> None:
    calls = await opened(world)
    await calls.settle("1", COST)
    await world.database.write(lambda c: c.execute(update(helper_calls).values(cost=0)))
    [complaint] = await world.store.check_books()
    assert str(complaint) == (
        "Call 1 of the prompt helper: the ledger says $0.00 on hold and $0.000061 spent, the call says $0.00 on hold "
        "and $0.00 spent."
    )


# In any order of events

Act = Callable[[SqlHelperCalls, str, World], Awaitable[object]]
ACTS: Sequence[Act] = (
    lambda calls, name, _: calls.settle(name, COST),
    lambda calls, name, _: calls.settle(name, None),
    lambda calls, name, _: calls.settle(name, FREE),
    lambda calls, name, _: calls.release(name),
    lambda calls, _, world: calls.settle_left(world.clock.now() + timedelta(seconds=1)),
)


@settings(max_examples=examples(8), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(range(len(ACTS))), st.integers(0, 2)), max_size=12))
async def test_the_books_add_up_whatever_becomes_of_calls(world: World, play: Sequence[tuple[int, int]]) -> None:
    await world.wipe()
    calls = calls_of(world)
    for number in range(3):
        await calls.open(a_call(str(number)), NO_LIMITS)
    for act, number in play:
        await ACTS[act](calls, str(number), world)
    rows = select(func.sum(helper_calls.c.reserved), func.sum(helper_calls.c.cost))
    counters = select(budget.c.reserved, budget.c.spent)
    kept = (await world.database.read(lambda c: c.execute(rows))).one()
    assert tuple(each or 0 for each in kept) == tuple((await world.database.read(lambda c: c.execute(counters))).one())
    assert await world.store.check_books() == []


# Erased members


async def test_of_who_is_erased_the_books_stay_and_no_limit_begins_anew(world: World) -> None:
    limited = Allowances(month=BOUND)
    calls = await opened(world, allowances=limited)
    await calls.settle("1", COST)
    before, about = await month(world), OwnRecords(by_member=[], drafts=DRAFTS, refusals=[], cases=[])
    own_data = SqlOwnData(database=world.database, clock=world.clock, about=about)
    erasures = SqlErasures(database=world.database, clock=world.clock, about=about)
    assert (await own_data.stored(ANN)).cost_rows == 2
    [fact] = await own_data.facts(ANN)
    assert [(each["task"], each["cost"]) for each in fact.value] == [("improve", COST.micros)]
    await erasures.begin(ANN)
    await erasures.claim(ANN, "worker")
    assert (await erasures.forget_facts(ANN, "worker")).cost_rows == 2
    assert (await own_data.stored(ANN)).cost_rows == 0
    assert await own_data.facts(ANN) == []
    assert await month(world) == before
    with pytest.raises(OverBudget):
        await calls.open(a_call("2"), limited)
