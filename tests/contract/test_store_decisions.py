"""Decisions by people and by the sweep, written whoever holds a job; and what there is to decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import MovedOn, NotFree
from bot.domain.ids import JobId, new_id
from bot.domain.job import Job
from bot.domain.messages import plain
from bot.domain.money.costs import Period
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import NeedsReview, Phase, Queued, Saving, Unknown
from bot.domain.recovery.replaced import ReplacedOrder
from bot.domain.video import RemixMethod
from tests.contract.databases import (
    BEN,
    BUDGET,
    GUILD,
    NOON,
    PLENTY,
    World,
    a_job,
    a_video,
    claimed,
    counted_statements,
    done,
    failed,
    rendering,
    sending,
)

NOBODY_KNOWS = NeedsReview(was="unknown", reason=plain("Nobody knows."), sent_at=NOON, method=RemixMethod.FRAME)
LOST = Unknown(sent_at=NOON, fingerprint="print")


async def in_phase(world: World, phase: Phase, job: Job | None = None, cost: Usd | None = None) -> Job:
    """A job that entered a phase and waits there."""
    await world.store.add(job or a_job())
    lease = await claimed(world.store)
    return (await world.store.move(lease, replace(lease.job, phase=phase, cost=cost), 3600)).job


async def money(world: World) -> tuple[Usd, Usd]:
    assert await world.store.check_books() == []
    costs = await world.store.costs(GUILD, None, Period.ALL)
    return costs.reserved, costs.spent


async def test_what_a_phase_knew_comes_back_with_the_review(world: World) -> None:
    aside = replace(NOBODY_KNOWS, was="posting", remote_id="video_1", video=a_video())
    job = await in_phase(world, aside)
    assert await world.store.get(job.id) == job
    assert job.phase == aside


async def test_a_decided_job_is_due_when_it_was_said(world: World) -> None:
    job = await in_phase(world, NOBODY_KNOWS)
    decided = await world.store.decide(job, job.moved_to(rendering()), 0.0)
    assert decided == job.moved_to(rendering())
    assert (await claimed(world.store)).job == decided
    assert await money(world) == (job.quote, FREE)


async def test_a_decided_end_settles_or_releases(world: World) -> None:
    first = await in_phase(world, NOBODY_KNOWS)
    await world.store.decide(first, first.moved_to(failed()), 0.0)
    assert await money(world) == (FREE, FREE)
    second = await in_phase(world, NOBODY_KNOWS)
    await world.store.decide(second, replace(second, phase=failed(), cost=second.quote), 0.0)
    assert await money(world) == (FREE, second.quote)
    assert await world.store.next_due() is None


async def test_what_was_booked_can_be_taken_back(world: World) -> None:
    job = await in_phase(world, replace(NOBODY_KNOWS, was="saving", remote_id="video_1"), cost=Usd.of("0.40"))
    assert await money(world) == (FREE, Usd.of("0.40"))
    await world.store.decide(job, replace(job, phase=failed("video_1"), cost=FREE), 0.0)
    assert await money(world) == (FREE, FREE)


async def test_a_decision_comes_once(world: World) -> None:
    job = await in_phase(world, NOBODY_KNOWS)
    await world.store.decide(job, job.moved_to(Queued()), 0.0)
    with pytest.raises(MovedOn):
        await world.store.decide(job, job.moved_to(failed()), 0.0)
    with pytest.raises(MovedOn):
        await world.store.decide(a_job(id=JobId("ZZZZZZ")), job, 0.0)
    assert await money(world) == (job.quote, FREE)


async def test_who_saw_another_cost_decides_nothing(world: World) -> None:
    seen = await in_phase(world, done(), cost=Usd.of("0.40"))
    corrected = await world.store.decide(seen, replace(seen, cost=Usd.of("0.30")), None)
    with pytest.raises(MovedOn):
        await world.store.decide(seen, replace(seen, cost=Usd.of("0.20")), None)
    assert await world.store.get(seen.id) == corrected
    assert await money(world) == (FREE, Usd.of("0.30"))


async def test_whoever_works_on_a_decided_job_is_fenced(world: World) -> None:
    job = await in_phase(world, LOST)
    await world.passes(3601)
    lease = await claimed(world.store)
    decided = await world.store.decide(job, job.moved_to(rendering()), 60.0)
    with pytest.raises(MovedOn):
        await world.store.move(lease, lease.job.moved_to(failed()))
    assert await world.store.get(job.id) == decided
    assert await world.store.claim("worker", PLENTY, 10) == []


async def test_a_video_never_gets_two_jobs(world: World) -> None:
    owner = await in_phase(world, done("video_7"), cost=Usd.of("0.40"))
    job = await in_phase(world, NOBODY_KNOWS)
    with pytest.raises(NotFree):
        await world.store.decide(job, job.moved_to(rendering("video_7")), 0.0)
    assert await world.store.get(job.id) == job
    await world.store.add(a_job())
    lease = await claimed(world.store)
    with pytest.raises(NotFree):
        await world.store.move(lease, lease.job.moved_to(rendering("video_7")), 0.0)
    assert await world.store.get(owner.id) == owner


async def test_a_wish_to_cancel_outlives_the_search_and_not_a_decision(world: World) -> None:
    lost = await in_phase(world, LOST)
    await world.store.cancel(lost.id, BEN)
    assert (await world.store.decide(lost, lost.moved_to(rendering()), 60.0)).cancel_asked_by == BEN
    aside = await in_phase(world, replace(LOST, fingerprint="another"))
    await world.store.cancel(aside.id, BEN)
    lease = await claimed(world.store)
    aside = (await world.store.move(lease, lease.job.moved_to(NOBODY_KNOWS))).job
    assert aside.cancel_asked_by == BEN
    assert (await world.store.decide(aside, aside.moved_to(Queued()), 60.0)).cancel_asked_by is None


async def test_what_waits_for_a_person_is_listed_for_its_server(world: World) -> None:
    first = await in_phase(world, NOBODY_KNOWS)
    await in_phase(world, failed())
    second = await in_phase(world, replace(NOBODY_KNOWS, was="queued"))
    await in_phase(world, NOBODY_KNOWS, a_job(guild_id=GUILD + 1))
    assert await world.store.in_review(GUILD) == [first, second]


async def test_orders_without_a_video_are_those_that_may_have_or_get_one(world: World) -> None:
    lost = await in_phase(world, LOST)
    sent = await in_phase(world, sending("another"))
    aside = await in_phase(world, NOBODY_KNOWS)
    await in_phase(world, replace(NOBODY_KNOWS, was="rendering", remote_id="video_1"))
    await in_phase(world, NOBODY_KNOWS, a_job(account="elsewhere"))
    await in_phase(world, rendering("video_2"))
    waiting = await in_phase(world, Queued())
    orders = await world.store.without_video("openai")
    assert [order.job for order in orders] == [lost, sent, aside, waiting]
    assert [order.source for order in orders] == [None] * 4


async def test_what_open_remixes_were_made_from_comes_with_them_in_two_statements(world: World) -> None:
    first, second = [await in_phase(world, done(name)) for name in ("video_1", "video_2")]
    sources = [first, second, first, None]
    for source in sources:
        job = a_job()
        source_id = JobId("GONE22") if source is None else source.id
        await world.store.add(replace(job, request=replace(job.request, source=source_id)))
    with counted_statements() as said:
        orders = await world.store.without_video("openai")
    assert len(said) == 2
    assert [order.source for order in orders] == sources
    assert await world.store.get_many([first.id, JobId("GONE22")]) == {first.id: first}


async def paid_again(world: World) -> tuple[Job, tuple[ReplacedOrder, ReplacedOrder]]:
    """A job that was sent twice in vain, as far as anybody knows, and renders now."""
    first = ReplacedOrder(account="openai", sent_at=NOON, quote=BUDGET, method=RemixMethod.FRAME)
    both = (first, replace(first, sent_at=NOON + timedelta(seconds=1)))
    return await in_phase(world, rendering("video_9"), replace(a_job(quote=Usd.of("0.40")), replaced=both)), both


async def test_no_double_is_stored_of_what_is_not_replaced_or_was_not_sent_again(world: World) -> None:
    job, (replaced, _) = await paid_again(world)
    double = replace(a_job(), doubles=job.id, created_at=replaced.sent_at, phase=rendering("video_1"))
    waiting = await in_phase(world, Queued(), replace(a_job(), replaced=(replaced,)))
    for wrong in (
        replace(double, created_at=NOON - timedelta(seconds=1)),
        replace(double, owner_id=double.owner_id + 1),  # as of a job whose owner was erased meanwhile
        replace(double, doubles=JobId("GONE22")),
        replace(double, doubles=waiting.id),
    ):
        with pytest.raises(MovedOn):
            await world.store.add_double(wrong)
    assert (await world.store.month(GUILD)).reserved == job.quote + waiting.quote


async def test_a_double_has_the_video_that_its_job_knows_but_does_not_show(world: World) -> None:
    """Its second order was refused, so it has no other."""
    job, (replaced, _) = await paid_again(world)
    known = await world.store.decide(job, job.moved_to(rendering("video_7")))
    await world.store.decide(known, known.moved_to(failed()))
    double = replace(a_job(), doubles=job.id, created_at=replaced.sent_at, phase=rendering("video_7"))
    stored = await world.store.add_double(double)
    assert await world.store.get(stored.id) == stored
    assert await world.store.known("openai", ["video_7"]) == {"video_7"}
    assert await world.store.check_books() == []


async def test_a_double_has_not_the_video_that_its_job_shows(world: World) -> None:
    job, (replaced, _) = await paid_again(world)
    double = replace(a_job(), doubles=job.id, created_at=replaced.sent_at, phase=job.phase)
    with pytest.raises(NotFree):
        await world.store.add_double(double)
    assert (await world.store.get(job.id), await world.store.doubles(job.id)) == (job, [])


async def test_a_double_is_stored_once_beyond_the_budget(world: World) -> None:
    job, (replaced, later) = await paid_again(world)
    assert await world.store.get(job.id) == job
    lost = await world.store.replaced("openai", NOON)
    assert [(each.job, each.replaced) for each in lost] == [(job, replaced), (job, later)]
    assert await world.store.replaced("elsewhere", NOON) == []
    double = replace(a_job(quote=BUDGET), doubles=job.id, created_at=NOON, phase=rendering("video_1"))
    stored = await world.store.add_double(double)
    assert await world.store.get(stored.id) == stored
    for again in (double, replace(double, phase=rendering("video_2"))):
        with pytest.raises(NotFree):
            await world.store.add_double(replace(again, id=new_id()))
    taken = replace(double, id=job.id, created_at=later.sent_at, phase=rendering("video_3"))
    other = await world.store.add_double(taken)
    assert other.id != job.id
    assert await world.store.doubles(job.id) == [stored, other]
    assert await world.store.doubles(other.id) == []
    assert await world.store.replaced("openai", NOON) == []
    assert (await world.store.month(GUILD)).reserved == BUDGET * 2 + job.quote
    assert await world.store.check_books() == []


async def test_hurry_makes_the_queued_jobs_of_one_provider_due(world: World) -> None:
    waiting = await in_phase(world, Queued(waits_for=plain("The account.")))
    await in_phase(world, Queued(), a_job(account="elsewhere"))
    await in_phase(world, rendering())
    assert await world.store.claim("worker", PLENTY, 10) == []
    await world.store.hurry("openai")
    assert (await claimed(world.store)).job == waiting


async def test_hurry_makes_downloads_due_that_were_put_off(world: World) -> None:
    put_off = await in_phase(world, Saving(remote_id="video_1", started_at=NOON, place="minio.lan"))
    assert await world.store.claim("worker", PLENTY, 10) == []
    await world.store.hurry("openai")
    assert (await claimed(world.store)).job == put_off
