"""Several accounts for one model: where orders are sent, what moves while it waits, and draining."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.domain.errors import AccountTrouble, MovedOn, Unavailable
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import msg, plain
from bot.domain.models.card import ModelCard
from bot.domain.models.prices import AccountPrices
from bot.domain.money.usd import Usd
from bot.domain.phases import Cause, Done, Failed, Queued, Rendering, Submitting
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.domain.ports.provider import Provider, Ready
from bot.domain.queue.accounts import AccountLoad
from bot.domain.queue.state import HoldKind, QueueHold
from bot.domain.video import RemixMethod
from bot.jobs.providers.accounts import AccountStates
from bot.jobs.providers.comparisons import RECONCILING
from bot.jobs.providers.drains import DRAINED
from bot.jobs.providers.health import ModelHealth
from bot.jobs.providers.throttle import BUSY, Request
from bot.jobs.reconcile.sharing import AccountSharing
from bot.jobs.runner import Runner
from storage.queue.accounts import SqlAccountQueues
from tests.builders import GUILD, MAX, NOON, WIDE, a_card, a_catalogue, a_done_job, a_job, a_request
from tests.scripted import ScriptedProvider
from tests.workbench import Bench, a_bench

CARD = a_card(accounts=("gpu1", "gpu2", "gateway"))
BROKE = Failed(cause=Cause.PROVIDER, reason=plain("It broke."), charged=False, finished_at=NOON)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        providers: Mapping[str, Provider] = {name: ScriptedProvider(name=name) for name in CARD.account_names}
        bench.context = replace(bench.context, providers=providers, catalogue=a_catalogue(CARD))
        bench.runner = Runner(bench.context)
        yield bench


def sharing(bench: Bench, *, total: int = 9, **places: int) -> AccountSharing:
    return AccountSharing(context=bench.context, accounts=bench.accounts(**places), total=total)


def health(bench: Bench, **places: int) -> ModelHealth:
    return ModelHealth(
        render_history=bench.store,
        accounts=bench.accounts(**places),
        catalogue=bench.context.catalogue,
        providers=bench.context.providers,
        clock=bench.clock,
        open_methods=bench.context.remix_planner.open_methods,
    )


async def waiting_at(bench: Bench, account: str, **changes: Any) -> JobId:
    request = a_request(prompt=f"a fox, {len(bench.phases)} {account}")
    return await bench.order(a_job(account=account, **{"request": request, **changes}))


async def rendering_at(bench: Bench, account: str) -> JobId:
    job_id = await waiting_at(bench, account)
    lease = await bench.lease()
    rendering = Rendering(remote_id=f"video_{job_id}", started_at=bench.clock.now())
    await bench.store.move(lease, lease.job.moved_to(rendering), 3600.0)
    return job_id


async def account_of(bench: Bench, job_id: JobId) -> str:
    return (await bench.job(job_id)).account


# Where an order goes


@pytest.mark.parametrize(
    ("states", "ailing", "chosen"),
    [
        (AccountStates(), (), "gpu1"),
        (AccountStates(refused={"gpu1": NOON}), (), "gpu2"),
        (AccountStates(refused={"gpu1": NOON}, on_trial={"gpu1"}), (), "gpu2"),
        (AccountStates(refused={"gpu1": NOON}, on_trial={"gpu1"}).with_trials, (), "gpu1"),
        (AccountStates(drained={"gpu1": NOON, "gpu2": NOON}), (), "gateway"),
        (AccountStates(drained=dict.fromkeys(CARD.account_names, NOON)), (), "gpu1"),
        (AccountStates(places={"gpu1": 1}, loads={"gpu1": AccountLoad(rendering=1)}), (), "gpu2"),
        (AccountStates(places={"gpu1": 2}, loads={"gpu1": AccountLoad(rendering=1, waiting=1)}), (), "gpu2"),
        (AccountStates(places={"gpu1": 2}, loads={"gpu1": AccountLoad(rendering=1)}), (), "gpu1"),
        (AccountStates(busy={"gpu1"}), (), "gpu2"),
        (AccountStates(busy={"gpu1", "gpu2", "gateway"}), (), "gpu1"),
        (AccountStates(), ("gpu1",), "gpu2"),
        (AccountStates(drained={"gateway": NOON}, places={"gpu2": 0}), ("gpu1",), "gpu2"),
    ],
    ids=[
        "first",
        "refused",
        "refused a while ago",
        "to be tried",
        "drained",
        "all drained",
        "full",
        "promised",
        "one left",
        "told to wait",
        "all told to wait",
        "failing",
        "full before failing",
    ],
)
def test_the_first_that_takes_orders_works_and_has_a_place_is_chosen(
    states: AccountStates, ailing: tuple[str, ...], chosen: str
) -> None:
    assert states.chosen(CARD, ailing) == chosen


async def test_a_new_order_passes_over_an_account_that_is_busy_or_fails(bench: Bench) -> None:
    assert await health(bench, gpu1=1).account_for(CARD) == "gpu1"
    await rendering_at(bench, "gpu1")
    assert await health(bench, gpu1=1).account_for(CARD) == "gpu2"
    for _ in range(3):
        await waiting_at(bench, "gpu2")
        lease = await bench.lease()
        await bench.store.move(lease, lease.job.moved_to(BROKE))
    assert await health(bench, gpu1=1).account_for(CARD) == "gateway"
    assert (await health(bench).of(CARD)).is_well


async def test_a_model_says_where_it_runs_and_what_is_free_there(bench: Bench) -> None:
    await rendering_at(bench, "gpu1")
    await waiting_at(bench, "gpu1")
    await bench.context.drains.begin("gateway")
    (report,) = await health(bench, gpu1=1, gpu2=2).reports([CARD])
    assert [(each.free, each.load.waiting, each.health.drained_since) for each in report.runs_at] == [
        (0, 1, None),
        (2, 0, None),
        (None, 0, NOON),
    ]


async def test_what_is_said_of_a_model_is_of_the_account_that_would_make_its_videos(bench: Bench) -> None:
    async def open_methods(asked: Sequence[tuple[str, ModelCard]]) -> Sequence[Sequence[RemixMethod]]:
        return [[RemixMethod.NATIVE] if account == "gpu2" else [] for account, _ in asked]

    await bench.context.drains.begin("gpu1")
    await bench.store.add(a_done_job(account="gpu2", render_seconds=40.0))
    bench.context = replace(bench.context, providers={name: bench.context.providers[name] for name in ("gpu1", "gpu2")})
    (report,) = await replace(health(bench), open_methods=open_methods).reports([CARD])
    assert (report.usual, report.videos, report.remix, len(report.runs_at)) == (40.0, 1, [RemixMethod.NATIVE], 2)


async def test_where_one_account_is_set_up_nothing_is_said_of_it(bench: Bench) -> None:
    one = replace(health(bench), providers={"gpu1": ScriptedProvider(name="gpu1")})
    (report,) = await one.reports([CARD])
    assert report.runs_at == ()


# What moves while it waits


async def test_what_waits_for_a_place_goes_to_an_account_that_has_one(bench: Bench) -> None:
    await rendering_at(bench, "gpu1")
    second = await waiting_at(bench, "gpu1", id=JobId("AAAAAA"))
    first = await waiting_at(bench, "gpu1", id=JobId("BBBBBB"), created_at=NOON - timedelta(seconds=1))
    assert await sharing(bench, gpu1=1, gpu2=1, gateway=0).round() == 1
    assert [await account_of(bench, job_id) for job_id in (first, second)] == ["gpu2", "gpu1"]
    assert await bench.store.check_books() == []


async def test_an_order_that_moved_is_sent_once_where_it_waits_now_at_its_price(bench: Bench) -> None:
    await rendering_at(bench, "gpu1")
    job_id = await waiting_at(bench, "gpu1")
    await sharing(bench, gpu1=1).round()
    for lease in await bench.store.claim("worker", ConcurrencyLimits(total=9, per_account={"gpu1": 1}), 10):
        await bench.runner.advance(lease)
    job = await bench.job(job_id)
    assert (job.account, job.quote, type(job.phase)) == ("gpu2", Usd.of("0.40"), Rendering)
    assert [len(_orders(bench, name)) for name in CARD.account_names] == [0, 1, 0]


def _orders(bench: Bench, account: str) -> list[object]:
    provider = bench.context.providers[account]
    assert isinstance(provider, ScriptedProvider)
    return list(provider.orders)


async def test_what_waits_at_a_drained_or_refused_account_goes_on(bench: Bench) -> None:
    drained, refused = await waiting_at(bench, "gpu1"), await waiting_at(bench, "gpu2")
    await bench.context.drains.begin("gpu1")
    await bench.context.circuit.note_refusal(bench.context.providers["gpu2"], AccountTrouble("The key was refused."))
    assert await sharing(bench).round() == 2
    assert [await account_of(bench, job_id) for job_id in (drained, refused)] == ["gateway", "gateway"]


async def test_an_account_that_was_refused_is_tried_now_and_then_and_gets_its_orders_back(bench: Bench) -> None:
    gpu1, gpu2 = (bench.context.providers[name] for name in ("gpu1", "gpu2"))
    assert isinstance(gpu1, ScriptedProvider)
    assert isinstance(gpu2, ScriptedProvider)
    no_credit = AccountTrouble("There is no credit left.")
    gpu1.submits, gpu2.submits = [no_credit, no_credit, "video_3"], ["video_1", "video_2"]
    went = []
    for _ in range(3):
        job_id = await waiting_at(bench, await health(bench).account_for(CARD))
        assert await sharing(bench).round() == 0
        await bench.step()
        await sharing(bench).round()
        await bench.step()
        went.append(await account_of(bench, job_id))
        assert await health(bench).account_for(CARD) == ("gpu2" if went != ["gpu2", "gpu2", "gpu1"] else "gpu1")
        bench.clock.forward(301.0)
        assert (await health(bench).of(CARD)).is_well
    assert went == ["gpu2", "gpu2", "gpu1"]


@pytest.mark.parametrize("why", ["a remix", "called off", "in somebody's hands", "another model", "compared first"])
async def test_what_is_not_to_be_moved_stays(bench: Bench, why: str) -> None:
    await bench.context.drains.begin("gpu1")
    request = a_request()
    if why == "a remix":
        request = replace(request, source=(await bench.store.add(a_done_job(account="gpu1"))).id)
    if why == "another model":
        request = replace(request, model="other")
    job_id = await waiting_at(bench, "gpu1", request=request)
    if why == "in somebody's hands":
        await bench.lease()
    if why == "called off":  # while it was being sent
        sending = Submitting(sent_at=bench.clock.now(), fingerprint="print")
        lease = await bench.lease()
        lease = await bench.store.move(lease, lease.job.moved_to(sending), keep=True)
        await bench.store.cancel(job_id, 7)
        await bench.store.move(lease, lease.job.moved_to(Queued()), 0.0)
    if why == "compared first":
        bench.context.throttle.hold("gpu1", Request.PAID, 60.0, bench.clock.now(), RECONCILING)
    assert await sharing(bench).round() == 0
    assert await account_of(bench, job_id) == "gpu1"


async def test_an_account_that_answered_busy_is_passed_over_for_as_long_as_it_said(bench: Bench) -> None:
    gpu1, gpu2 = (bench.context.providers[name] for name in ("gpu1", "gpu2"))
    assert isinstance(gpu1, ScriptedProvider)
    assert isinstance(gpu2, ScriptedProvider)
    gpu1.submits, gpu2.submits = [Unavailable("It is busy.", 40.0)], ["video_1"]
    job_id = await waiting_at(bench, await health(bench).account_for(CARD))
    await bench.step()
    assert await health(bench).account_for(CARD) == "gpu2"
    (report,) = await health(bench).reports([CARD])
    assert [place.free for place in report.runs_at] == [0, None, None]
    assert await sharing(bench).round() == 1
    await bench.step()
    job = await bench.job(job_id)
    assert (job.account, type(job.phase)) == ("gpu2", Rendering)
    assert [len(_orders(bench, name)) for name in CARD.account_names] == [1, 1, 0]
    bench.clock.forward(39.0)
    assert await health(bench).account_for(CARD) == "gpu2"
    bench.clock.forward(1.0)
    assert await health(bench).account_for(CARD) == "gpu1"
    assert await bench.store.check_books() == []


async def test_where_all_are_busy_orders_wait_and_go_to_the_first_that_is_not(bench: Bench) -> None:
    for name, seconds in (("gpu1", 60.0), ("gpu2", 20.0), ("gateway", 90.0)):
        bench.context.throttle.hold(name, Request.PAID, seconds, bench.clock.now())
    job_id = await waiting_at(bench, await health(bench).account_for(CARD))
    await bench.step()
    assert (await bench.job(job_id)).phase == Queued(waits_for=BUSY)
    assert await sharing(bench).round() == 0
    bench.clock.forward(20.0)
    assert await sharing(bench).round() == 1
    assert await account_of(bench, job_id) == "gpu2"


@pytest.mark.parametrize("why", ["it is not set up", "it is compared first"])
async def test_no_order_goes_where_none_can_be_sent(bench: Bench, why: str) -> None:
    await bench.context.drains.begin("gpu1")
    if why == "it is not set up":
        bench.context = replace(bench.context, providers={"gpu1": bench.context.providers["gpu1"]})
    else:
        for name in ("gpu2", "gateway"):
            bench.context.throttle.hold(name, Request.PAID, 60.0, bench.clock.now(), RECONCILING)
    job_id = await waiting_at(bench, "gpu1")
    assert await sharing(bench).round() == 0
    assert await account_of(bench, job_id) == "gpu1"


async def test_no_more_orders_move_than_there_are_places_however_many_accounts_they_come_from(bench: Bench) -> None:
    for name in ("gpu1", "gpu2"):
        await bench.context.drains.begin(name)
    waits = [await waiting_at(bench, name) for name in ("gpu1", "gpu1", "gpu2")]
    assert await sharing(bench, gateway=2).round() == 2
    assert [await account_of(bench, job_id) for job_id in waits] == ["gateway", "gateway", "gpu2"]


async def test_an_order_of_a_paused_server_moves_nowhere_and_keeps_no_place_from_another(bench: Bench) -> None:
    await bench.context.drains.begin("gpu1")
    paused = await waiting_at(bench, "gpu1", created_at=NOON - timedelta(seconds=1))
    other = await waiting_at(bench, "gpu1", guild_id=GUILD + 1)
    await bench.store.hold(GUILD, QueueHold(kind=HoldKind.PAUSE, reason="", by=MAX, since=NOON))
    assert await sharing(bench, gpu2=1, gateway=0).round() == 1
    assert [await account_of(bench, job_id) for job_id in (paused, other)] == ["gpu1", "gpu2"]


class FailingOnce(SqlAccountQueues):
    """The database fails when it is first asked what waits where."""

    failures = iter([OperationalError("SELECT", {}, Exception("the server went away"))])

    async def loads(self) -> Mapping[str, AccountLoad]:
        for failure in self.failures:
            raise failure
        return await super().loads()


async def test_a_database_that_fails_once_stops_no_later_move_which_is_told(bench: Bench) -> None:
    await bench.context.drains.begin("gpu1")
    job_id = await waiting_at(bench, "gpu1")
    moved: asyncio.Future[Job] = asyncio.get_running_loop().create_future()
    bench.context.events.listen(moved.set_result)
    queues = FailingOnce(database=bench.store.database, clock=bench.clock)
    going_on = asyncio.create_task(replace(sharing(bench), accounts=replace(bench.accounts(), queues=queues)).run())
    await asyncio.wait(set[asyncio.Future[Any]]([going_on, moved]), return_when=asyncio.FIRST_COMPLETED)
    going_on.cancel()
    assert (moved.result().id, moved.result().account) == (job_id, "gpu2")


async def test_while_no_more_render_at_once_anyway_nothing_moves(bench: Bench) -> None:
    await rendering_at(bench, "gpu1")
    await waiting_at(bench, "gpu1")
    assert await sharing(bench, total=1, gpu1=1).round() == 0


async def test_an_order_that_is_being_sent_is_counted_once(bench: Bench) -> None:
    await waiting_at(bench, "gpu1")
    await bench.lease()
    assert await bench.accounts().queues.loads() == {"gpu1": AccountLoad(rendering=1)}


async def test_a_move_that_comes_too_late_changes_nothing(bench: Bench) -> None:
    seen: Job = await bench.job(await waiting_at(bench, "gpu1"))
    queues = bench.accounts().queues
    assert await queues.reassign(seen, "gpu2")
    assert not await queues.reassign(seen, "gateway")
    await bench.lease()
    assert not await queues.reassign(await bench.job(seen.id), "gateway")
    assert await account_of(bench, seen.id) == "gpu2"


async def test_who_held_an_order_and_was_overtaken_before_it_moved_does_not_send_it(bench: Bench) -> None:
    job_id = await waiting_at(bench, "gpu1", phase=Queued(elsewhere=3))
    lease = await bench.lease()
    bench.clock.forward(3600.0)
    await bench.context.drains.begin("gpu1")
    assert await sharing(bench).round() == 1
    sending = lease.job.moved_to(Submitting(sent_at=bench.clock.now(), fingerprint="print"))
    with pytest.raises(MovedOn):
        await bench.store.move(lease, sending, keep=True)
    moved = await bench.job(job_id)
    assert (moved.account, moved.phase) == ("gpu2", Queued(elsewhere=3))


# Different prices


DEAR = replace(CARD, prices_at={"gateway": AccountPrices(per_second={WIDE: Usd.of("0.25")})})


@pytest.mark.parametrize(("account", "cost"), [("gpu1", "0.40"), ("gateway", "1.00")])
async def test_an_order_costs_what_its_account_charges(bench: Bench, account: str, cost: str) -> None:
    bench.context.catalogue.renew(a_catalogue(DEAR))
    provider = bench.context.providers[account]
    assert isinstance(provider, ScriptedProvider)
    provider.looks = [Ready()]
    quote = DEAR.check(a_request())
    assert quote == Usd.of("1.00")
    job = await bench.run(await waiting_at(bench, account, quote=quote))
    assert (job.quote, job.cost) == (Usd.of(cost), Usd.of(cost))
    assert await bench.store.check_books() == []


@pytest.mark.parametrize(("quote", "goes_to"), [("0.40", "gpu1"), ("0.99", "gpu1"), ("1.00", "gateway")])
async def test_an_order_goes_nowhere_where_it_would_cost_more_than_was_said(
    bench: Bench, quote: str, goes_to: str
) -> None:
    bench.context.catalogue.renew(a_catalogue(DEAR))
    for name in ("gpu1", "gpu2"):
        await bench.context.drains.begin(name)
    job_id = await waiting_at(bench, "gpu1", quote=Usd.of(quote))
    await sharing(bench).round()
    assert await account_of(bench, job_id) == goes_to


# Draining


async def test_a_drained_account_finishes_what_it_has_and_is_sent_nothing(bench: Bench) -> None:
    bench.context = replace(bench.context, catalogue=a_catalogue(a_card(provider="gpu1")))
    bench.runner, gpu1 = Runner(bench.context), bench.context.providers["gpu1"]
    assert isinstance(gpu1, ScriptedProvider)
    gpu1.submits, gpu1.looks = ["video_1", "video_2"], [Ready()]
    begun = await waiting_at(bench, "gpu1")
    await bench.step()
    await bench.context.drains.begin("gpu1")
    waits = await waiting_at(bench, "gpu1")
    for _ in range(8):
        await bench.step(forward=20.0)
    assert isinstance((await bench.job(begun)).phase, Done)
    assert (await bench.job(waits)).phase == Queued(waits_for=DRAINED)
    assert len(gpu1.orders) == 1
    await bench.context.drains.end("gpu1")
    assert isinstance((await bench.run(waits)).phase, Done)


async def test_discord_is_not_asked_about_orders_that_wait_at_a_drained_account(bench: Bench) -> None:
    await bench.context.drains.begin("gpu1")
    waits = await waiting_at(bench, "gpu1")
    bench.publisher.may_make = False
    await bench.step()
    assert (await bench.job(waits)).phase == Queued(waits_for=DRAINED)
    await bench.context.drains.end("gpu1")
    assert (await bench.run(waits)).phase == Failed(
        cause=Cause.ACCESS, reason=msg("Your role is gone."), charged=False, finished_at=bench.clock.now()
    )


async def test_an_account_that_is_drained_again_was_drained_since_the_first_time(bench: Bench) -> None:
    assert await bench.context.drains.begin("gpu1")
    bench.clock.forward(60.0)
    assert not await bench.context.drains.begin("gpu1")
    assert await bench.context.drains.since(["gpu1", "gpu2"]) == {"gpu1": NOON}


async def test_an_own_key_waits_with_the_service_it_is_for(bench: Bench) -> None:
    await bench.context.drains.begin("gpu1")
    assert await bench.context.drains.holds("gpu1@server:7")
    assert not await bench.context.drains.holds("gpu2@server:7")
