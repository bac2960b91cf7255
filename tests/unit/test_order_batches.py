"""Ordering several videos at once: who may, what is confirmed first, what is stored, and what ends the batch."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.access.members import Member
from bot.domain.access.tiers import Tier
from bot.domain.errors import BadRequest, KinoraError, NotAllowed, NotFound, OrderedAlready, OverBudget, TierLimit
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.money.allowances import Allowances
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import AwaitingApproval, Cancelled, Queued
from bot.domain.ports.jobs import JobQueue
from bot.domain.studio.batches import BatchKind, BatchPlace
from bot.domain.video import VideoOptions
from bot.jobs.ordering.batches import BatchQuote, variations, with_prompts
from bot.jobs.ordering.quoting import OrderRequest, Quote, Quoting
from bot.jobs.use_cases.allowances import MemberAllowances
from bot.jobs.use_cases.create import CreateVideo, Destination
from bot.jobs.use_cases.studio.batches import OrderBatches
from bot.jobs.use_cases.studio.votes import Votes
from storage.studio.votes import SqlVotes
from tests.approvers import approvals_on
from tests.builders import (
    ANN,
    GUILD,
    MAX,
    SAM,
    KnownChannels,
    a_card,
    a_catalogue,
    a_done_job,
    a_job,
    a_member,
    a_request,
)
from tests.contract.databases import PLENTY, done, rendering
from tests.moderation import a_screening, block
from tests.scripted import MemoryRecords, PlainMediaProcessor
from tests.tiers import a_confirmation, a_tier, an_authorization
from tests.workbench import Bench, a_bench

PRICE = Usd.of("0.40")
QUOTE = Quote(request=a_request(), card=a_card(), price=PRICE, account="openai")
HERE = Destination(channel_id=1, upload_limit=1, interaction_id=1)
MEMBER, STRANGER, MANAGER = a_member(), a_member(id=SAM, roles=frozenset()), a_member(id=MAX, manages=True)


@pytest_asyncio.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as opened:
        yield opened


@dataclass
class Ordering:
    batches: OrderBatches
    records: MemoryRecords

    async def place(self, member: Member = MEMBER, videos: int = 2, number: int = 1) -> list[Job]:
        here = replace(HERE, interaction_id=number)
        return list(await self.batches.place(member, variations(QUOTE, videos), here))


async def an_ordering(bench: Bench, *tiers: Tier) -> Ordering:
    records = MemoryRecords()
    models = a_catalogue(a_card(), a_card(id="wan", label="Wan", seconds=(5, 8, 4)))
    authorization = await an_authorization(*tiers, catalogue=models, records=records)
    nothing: Any = None
    create = CreateVideo(
        queue=bench.store,
        queries=bench.store,
        authorization=authorization,
        quoting=Quoting(models, PlainMediaProcessor(), bench.context.files, bench.context.remix_planner),
        health=nothing,
        events=bench.context.events,
        clock=bench.clock,
        confirmation=a_confirmation(records, authorization),
        private_videos=bench.private_videos,
        allowances=MemberAllowances(records=bench.records, costs=bench.store, scopes=bench.store),
        screening=a_screening(),
    )
    batches = OrderBatches(create=create, queue=bench.store, queries=bench.store, events=bench.context.events)
    return Ordering(batches, records)


async def test_a_batch_is_queued_with_each_in_its_place(bench: Bench) -> None:
    first, second = await (await an_ordering(bench)).place()
    assert (first.batch, second.batch) == (
        BatchPlace(lead=first.id, number=1),
        BatchPlace(lead=first.id, number=2),
    )
    assert [first.interaction_id, second.interaction_id] == [1, None]
    assert (await bench.store.month(GUILD)).reserved == Usd.of("0.80")


async def test_the_same_interaction_twice_orders_once(bench: Bench) -> None:
    orders = await an_ordering(bench)
    await orders.place()
    await bench.clock.sleep(1)
    with pytest.raises(OrderedAlready):
        await orders.place()
    assert len(await bench.store.latest(GUILD, None, 10)) == 2


@dataclass
class WhereIdsAreTaken:
    """A queue in which an order's random id is already taken by another job."""

    queue: JobQueue
    taken: JobId

    async def add(self, job: Job, allowances: Allowances) -> Job:
        return await self.queue.add(replace(job, id=self.taken), allowances)


async def test_one_that_had_to_get_another_id_is_new_and_one_that_comes_twice_is_not(bench: Bench) -> None:
    create = (await an_ordering(bench)).batches.create
    taken = await bench.store.add(a_job())
    queue: Any = WhereIdsAreTaken(bench.store, taken.id)
    create = replace(create, queue=queue)
    assert (await create.place(MEMBER, QUOTE, HERE, anew=True)).id != taken.id
    await bench.clock.sleep(1)
    with pytest.raises(OrderedAlready):
        await create.place(MEMBER, QUOTE, HERE, anew=True)


SEVERAL, FEW = a_tier("Several", 7), a_tier("Few", 7, in_one_order=2)


@pytest.mark.parametrize(
    ("tiers", "member", "videos", "refused"),
    [
        pytest.param((), STRANGER, 2, NotAllowed, id="a stranger"),
        pytest.param((), MEMBER, 4, None, id="who was granted it"),
        pytest.param((SEVERAL,), MEMBER, 4, None, id="in a tier without a limit"),
        pytest.param((FEW,), MEMBER, 2, None, id="within their tier"),
        pytest.param((FEW,), MEMBER, 4, TierLimit, id="beyond their tier"),
        pytest.param((FEW,), MANAGER, 4, None, id="a manager, whom no tier holds"),
    ],
)
async def test_who_may_order_how_many_at_once(
    bench: Bench, tiers: tuple[Tier, ...], member: Member, videos: int, refused: type[KinoraError] | None
) -> None:
    orders = await an_ordering(bench, *tiers)
    if refused is None:
        assert len(await orders.place(member, videos)) == videos
        return
    with pytest.raises(refused):
        await orders.place(member, videos)
    assert await bench.store.latest(GUILD, None, 10) == []


async def test_a_tier_says_how_many_it_orders_at_once(bench: Bench) -> None:
    orders = await an_ordering(bench, FEW)
    with pytest.raises(TierLimit, match=r"The tier “Few” can order up to 2 videos at once, not 4\..*`/settings tiers`"):
        await orders.place(MEMBER, 4)
    job = await bench.store.add(a_job())
    offered = await orders.batches.offer_variations(MEMBER, job.id, (2, 4))
    assert [len(batch.quotes) for batch in offered] == [2]


async def test_who_is_blocked_orders_none(bench: Bench) -> None:
    orders = await an_ordering(bench)
    await block(orders.records, ANN)
    with pytest.raises(NotAllowed):
        await orders.place()


async def test_a_batch_is_asked_about_by_its_total(bench: Bench) -> None:
    orders = await an_ordering(bench, a_tier("Basic", 7, day_limit=Usd.of("0.79")))
    with pytest.raises(OverBudget, match=r"These 2 videos cost \$0.80"):
        await orders.batches.check(MEMBER, variations(QUOTE, 2), 1)
    create = orders.batches.create
    assert await create.confirmation.asks(MEMBER, variations(QUOTE, 3).price)
    assert not await create.confirmation.asks(MEMBER, QUOTE.price)


async def test_above_a_tiers_limit_all_wait_for_one_word(bench: Bench) -> None:
    orders = await an_ordering(bench, a_tier("Basic", 7, approval_above=Usd.of("0.50")))
    details = await orders.batches.details(MEMBER, variations(QUOTE, 2))
    assert details.approval_above == Usd.of("0.50")
    jobs = await orders.place()
    assert all(isinstance(job.phase, AwaitingApproval) for job in jobs)
    approvals = approvals_on(bench.store)
    assert [job.id for job in await approvals.to_decide(MANAGER)] == [jobs[0].id]
    request = await approvals.request(MANAGER, jobs[0].id)
    assert [job.id for job in request.others] == [jobs[1].id]
    await approvals.approve(MANAGER, jobs[0].id)
    now = await bench.store.batch(jobs[0].id)
    assert [(type(job.phase), job.approval and job.approval.by) for job in now] == [(Queued, MAX)] * 2


async def test_a_no_ends_all_of_it_free_of_charge(bench: Bench) -> None:
    orders = await an_ordering(bench, a_tier("Basic", 7, approval_above=FREE))
    jobs = await orders.place()
    await approvals_on(bench.store).deny(MANAGER, jobs[1].id, "Too dear.")
    assert all(isinstance(job.phase, Cancelled) for job in await bench.store.batch(jobs[0].id))
    assert (await bench.store.month(GUILD)).reserved == FREE


async def test_those_that_wait_are_cancelled_and_those_that_were_sent_go_on(bench: Bench) -> None:
    orders = await an_ordering(bench)
    jobs = await orders.place(videos=3)
    [lease] = await bench.store.claim("worker", PLENTY, 1)
    sent = (await bench.store.move(lease, lease.job.moved_to(rendering()), 60)).job
    batch, ended = await orders.batches.cancel_waiting(MEMBER, jobs[0].id)
    assert {job.id for job in ended} == {job.id for job in jobs} - {sent.id}
    assert [job.is_at_rest for job in batch].count(False) == 1
    with pytest.raises(NotAllowed):
        await orders.batches.cancel_waiting(STRANGER, (await orders.place(number=9))[0].id)


@dataclass
class SeenBefore:
    """Queries with outdated jobs: a worker was faster."""

    jobs: list[Job]

    async def batch(self, _lead: JobId) -> list[Job]:
        return self.jobs


async def test_one_that_is_sent_at_this_very_moment_is_made_since_ending_it_may_cost_as_much(bench: Bench) -> None:
    orders = await an_ordering(bench)
    jobs = await orders.place()
    [lease] = await bench.store.claim("worker", PLENTY, 1)
    await bench.store.move(lease, lease.job.moved_to(rendering()), 60)
    queries: Any = SeenBefore(jobs)
    late = replace(orders.batches, queries=queries)
    _, ended = await late.cancel_waiting(MEMBER, jobs[0].id)
    assert [job.id for job in ended] == [job.id for job in jobs if job.id != lease.job.id]
    assert (await bench.job(lease.job.id)).cancel_asked_by is None


def test_variations_drop_the_seed_and_have_a_bound() -> None:
    seeded = replace(QUOTE, request=replace(QUOTE.request, options=VideoOptions(seed=7)))
    assert {quote.request.options.seed for quote in variations(seeded, 4).quotes} == {None}
    for count in (1, 9):
        with pytest.raises(BadRequest, match="One order can have 2 to 8 videos"):
            variations(QUOTE, count)


async def test_prompts_and_models_make_batches_of_their_own_kind(bench: Bench) -> None:
    orders = await an_ordering(bench)
    order = OrderRequest(prompt="a {red,blue} fox")
    prompts = await orders.batches.quote_prompts(MEMBER, order, ["a red fox", "a blue fox"])
    assert [quote.request.prompt for quote in prompts.quotes] == ["a red fox", "a blue fox"]
    assert (prompts.kind, prompts.price) == (BatchKind.PROMPTS, Usd.of("0.80"))
    compared = await orders.batches.quote_comparison(MEMBER, replace(order, prompt="a fox"), ["wan", "sora-2"])
    assert compared.kind is BatchKind.COMPARISON
    assert {quote.request.seconds for quote in compared.quotes} == {8}, "the first length that both make"
    with pytest.raises(BadRequest, match="Pick two different models"):
        await orders.batches.quote_comparison(MEMBER, order, ["wan", "wan"])


@pytest.mark.parametrize(("seconds", "ordered"), [(4, 4), (8, 8), (12, 8)])
async def test_a_finished_video_is_compared_at_its_own_length_where_both_make_that(
    bench: Bench, seconds: int, ordered: int
) -> None:
    """The menu of models shows prices for that length."""
    film = a_done_job(request=a_request(prompt="a fox", model="wan", seconds=seconds))
    batch = await (await an_ordering(bench)).batches.quote_against(MEMBER, film, "sora-2")
    assert [(quote.request.model, quote.request.seconds) for quote in batch.quotes] == [
        ("wan", ordered),
        ("sora-2", ordered),
    ]


def test_a_yes_holds_for_each_and_for_no_more() -> None:
    batch = with_prompts(QUOTE, ["a", "b"])
    dearer = replace(batch.quotes[1], price=Usd.of("0.41"))
    assert batch.holds(batch)
    assert not batch.holds(BatchQuote(quotes=(batch.quotes[0], dearer)))
    assert not batch.holds(BatchQuote(quotes=batch.quotes[:1]))


# Votes


@dataclass
class Ballot:
    votes: Votes
    one: Job
    other: Job

    async def counted(self) -> tuple[int, int]:
        counts = await self.votes.store.counted(self.one.card_id)
        return counts.get(self.one.id, 0), counts.get(self.other.id, 0)


async def a_ballot(bench: Bench, *, model: str = "wan", records: MemoryRecords | None = None) -> Ballot:
    one, other = a_done_job(id=JobId("K7Q4FD")), a_done_job(id=JobId("R4M48P"))
    other = replace(other, request=replace(other.request, model=model), phase=done("video_2"))
    batch = [replace(job, batch=BatchPlace(lead=one.id, number=n)) for n, job in enumerate((one, other), 1)]
    await bench.store.add_all(batch)
    votes = Votes(
        store=SqlVotes(database=bench.store.database),
        queries=bench.store,
        authorization=await an_authorization(records=records),
        private_videos=bench.private_videos,
        clock=bench.clock,
    )
    return Ballot(votes, *batch)


async def test_each_member_has_one_vote_which_they_may_change_and_take_back(bench: Bench) -> None:
    ballot = await a_ballot(bench)
    assert await ballot.votes.vote(MEMBER, ballot.one)
    assert await ballot.votes.vote(STRANGER, ballot.one), "whoever sees a video may vote"
    assert await ballot.counted() == (2, 0)
    assert await ballot.votes.vote(MEMBER, ballot.other)
    assert await ballot.counted() == (1, 1)
    assert not await ballot.votes.vote(MEMBER, ballot.other)
    assert await ballot.counted() == (1, 0)


async def test_who_is_blocked_has_no_vote_and_what_is_not_compared_takes_none(bench: Bench) -> None:
    records = MemoryRecords()
    await block(records, MEMBER.id)
    ballot = await a_ballot(bench, records=records, model="sora-2")
    with pytest.raises(NotAllowed):
        await ballot.votes.vote(MEMBER, ballot.one)
    with pytest.raises(BadRequest, match="isn't compared"):
        await ballot.votes.vote(MANAGER, ballot.one)
    hidden = a_member(id=SAM, channels=KnownChannels(seen=frozenset()))
    with pytest.raises(NotFound):
        await ballot.votes.vote(hidden, ballot.one)
