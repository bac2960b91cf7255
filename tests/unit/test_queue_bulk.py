"""Many orders retried or deleted together: after a preview, each once, and completely despite interruptions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.guild import AccessPolicy
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import plain
from bot.domain.money.calendar import Calendar
from bot.domain.money.usd import Usd
from bot.domain.phases import Cause, Done, Failed, Phase
from bot.domain.queue.ages import moment_before
from bot.domain.queue.bulk import BulkKind, BulkPlan, BulkRun, Deletable, Leftover, Outcome
from bot.domain.queue.state import HoldKind, QueueHold
from bot.jobs.use_cases.manage import ManageVideos
from bot.jobs.use_cases.queue.bulk import BulkTask, BulkWork
from bot.jobs.use_cases.queue.delete import DeleteMany
from bot.jobs.use_cases.queue.retry import RetryFailed
from bot.ui.text.phrases import bulk as phrases
from bot.ui.text.render import render
from storage.guilds import GuildRows
from storage.queue.bulk import SqlBulkQueries
from tests.builders import ANN, GUILD, MAX, NOON, SAM, a_job, a_member, a_request, a_video
from tests.keys import ANNS
from tests.unit.test_failover import House, a_house

MANAGER, OTHER_MANAGER = a_member(id=MAX, manages=True), a_member(id=SAM, manages=True)
BEN = 104
CENTS_40 = Usd.of("0.40")


@dataclass
class Messages:
    """The BulkMessages, recorded."""

    cards: list[JobId] = field(default_factory=list)
    removed: list[JobId] = field(default_factory=list)

    async def show_card(self, job: Job) -> None:
        self.cards.append(job.id)

    async def remove_posts(self, job_id: JobId) -> bool:
        self.removed.append(job_id)
        return True


class People:
    """The GuildPeople: Sam has left, everyone else may make videos."""

    async def member(self, guild_id: int, user_id: int) -> Member:
        if user_id == SAM:
            raise NotAllowed(plain("Sam has left."))
        return a_member(id=user_id, guild_id=guild_id, manages=True)


@dataclass(kw_only=True)
class Managers:
    house: House
    messages: Messages = field(default_factory=Messages)

    def __post_init__(self) -> None:
        bench = self.house.bench
        store, context = bench.store, bench.context
        bulk = SqlBulkQueries(database=store.database)
        guilds = GuildRows(database=store.database, opening=AccessPolicy.GRANTED, budget=store.budget)
        manage = ManageVideos(
            queue=store, queries=store, files=context.files, providers=context.providers, events=context.events
        )
        self.retry_failed = RetryFailed(
            queries=store,
            bulk=bulk,
            holds=store,
            reports=store,
            create=self.house.create,
            people=People(),
            messages=self.messages,
            guilds=guilds,
            records=bench.records,
            clock=bench.clock,
        )
        self.delete_many = DeleteMany(
            queries=store,
            bulk=bulk,
            manage=manage,
            messages=self.messages,
            guilds=guilds,
            records=bench.records,
            clock=bench.clock,
        )
        self.work = self.a_process()

    def a_process(self, **tasks: BulkTask) -> BulkWork:
        usual: dict[BulkKind, BulkTask] = dict.fromkeys(BulkKind, self.delete_many)
        usual[BulkKind.RETRY] = self.retry_failed
        named = {BulkKind(name): task for name, task in tasks.items()}
        return BulkWork(records=self.house.bench.records, tasks=usual | named, clock=self.house.bench.clock)

    async def ended(self) -> BulkRun:
        """The run, once this process has finished its work on it."""
        await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "work on many"))
        run = await self.work.latest(GUILD)
        assert run is not None
        assert run.ended
        return run

    async def put(self, phase: Phase, **changes: Any) -> Job:
        """A job with this end."""
        cost = changes.pop("cost", CENTS_40 if isinstance(phase, Done) else None)
        store, job = self.house.bench.store, a_job(**changes)
        await store.add(job)
        (lease,) = await store.claim("worker", self.house.browse.limits, 10)
        return (await store.move(lease, replace(lease.job, phase=phase, cost=cost))).job

    async def failed(self, cause: Cause = Cause.PROVIDER, *, charged: bool = False, **changes: Any) -> Job:
        reason = plain("It broke.")
        return await self.put(Failed(cause=cause, reason=reason, charged=charged, finished_at=NOON), **changes)

    async def done(self, **changes: Any) -> Job:
        number = len(await self.house.bench.store.latest(GUILD, None, 1000))
        video = a_video(video=f"videos/x/{number}.mp4")
        await self.house.bench.context.files.put(b"film", video.video)
        return await self.put(Done(video=video, remote_id=f"video_{number}", finished_at=NOON), **changes)


@pytest.fixture
async def managers(tmp_path: Path) -> AsyncIterator[Managers]:
    async with a_house(tmp_path) as house:
        yield Managers(house=house)


async def test_failures_that_may_succeed_are_ordered_again_in_their_owners_names(managers: Managers) -> None:
    store = managers.house.bench.store
    anns = await managers.failed(request=a_request(prompt="a secret"), private=True)
    bens = await managers.failed(Cause.TIMEOUT, owner_id=BEN)
    sams = await managers.failed(owner_id=SAM)
    await managers.failed(Cause.MODERATION)
    await managers.failed(charged=True, cost=CENTS_40)
    preview = await managers.retry_failed.preview(MANAGER, "7d")
    assert set(preview.plan.items) == {anns.id, bens.id, sams.id}
    assert (preview.price, preview.left_out) == (CENTS_40 * 3, {Leftover.IMPOSSIBLE: 2})
    assert "**Retry 3 failed orders for $1.20?**" in render(phrases.retry_preview(preview))
    assert await store.under_way(GUILD) == []  # the preview orders nothing

    await managers.work.begin(MANAGER, preview.plan.id)
    run = await managers.ended()
    assert (run.done, run.amount, run.left) == (2, (CENTS_40 * 2).micros, {Leftover.REFUSED.value: 1})
    orders = await store.under_way(GUILD)
    assert {(job.owner_id, job.private, job.request.prompt) for job in orders} == {
        (ANN, True, "a secret"),
        (BEN, False, "a fox in the snow"),
    }
    assert sorted(managers.messages.cards) == sorted(job.id for job in orders)
    assert await store.check_books() == []
    assert (await managers.retry_failed.preview(MANAGER, "7d")).plan.items == (sams.id,)  # the others were retried once


async def test_a_retry_spends_nothing_of_its_owners_own_key(managers: Managers) -> None:
    await managers.failed()

    async def own_accounts(_guild_id: int, _member_id: int) -> Sequence[str]:
        return [ANNS]

    create, retry = managers.house.create, managers.retry_failed
    with_key = replace(create, authorization=replace(create.authorization, own_accounts=own_accounts))
    plan = (await retry.preview(MANAGER, "7d")).plan
    await replace(retry, create=with_key).one(plan, 0)
    assert [job.account for job in await managers.house.bench.store.under_way(GUILD)] == ["openai"]


async def test_one_item_done_twice_is_one_order(managers: Managers) -> None:
    await managers.failed()
    plan = (await managers.retry_failed.preview(MANAGER, "7d")).plan
    for _ in range(2):
        assert await managers.retry_failed.one(plan, 0) == Outcome(amount=CENTS_40.micros)
    assert len(await managers.house.bench.store.under_way(GUILD)) == 1


async def test_retries_end_where_the_budget_does_and_say_so(managers: Managers) -> None:
    dear = a_request(seconds=12)
    for _ in range(3):
        await managers.failed(request=dear)
    managers.house.bench.store.__dict__["budget"] = Usd.of("2.50")
    preview = await managers.retry_failed.preview(MANAGER, "7d")
    assert preview.price > preview.budget_left
    await managers.work.begin(MANAGER, preview.plan.id)
    run = await managers.ended()
    assert (run.done, run.left) == (2, {Leftover.BUDGET.value: 1})
    assert "1 didn't fit the budget." in render(phrases.run(run, interrupted=False))


async def test_videos_are_deleted_with_files_and_posts_after_a_preview(managers: Managers) -> None:
    first, second = await managers.done(), await managers.done(owner_id=SAM)
    await managers.failed()
    young = await managers.done(created_at=NOON + timedelta(seconds=2))
    managers.house.bench.clock.forward(3601)
    preview = await managers.delete_many.preview(MANAGER, Deletable.FINISHED, None, "1h")
    assert preview.plan.items == tuple(sorted((first.id, second.id)))
    assert (preview.bytes, preview.spent) == (2000, CENTS_40 * 2)
    hour = int((managers.house.bench.clock.now() - timedelta(hours=1)).timestamp())
    assert f"ordered before <t:{hour}:D>, <t:{hour}:t>" in render(phrases.delete_preview(preview))
    assert (await managers.delete_many.preview(MANAGER, Deletable.ALL, ANN, "")).plan.items[-1] == young.id

    await managers.work.begin(MANAGER, preview.plan.id)
    run = await managers.ended()
    assert (run.done, run.amount, run.total) == (2, 2000, 2)
    assert sorted(managers.messages.removed) == sorted((first.id, second.id))
    for job, is_deleted in ((first, True), (second, True), (young, False)):
        assert (await managers.house.bench.job(job.id)).deleted is is_deleted
    with pytest.raises(BadRequest, match=r"No video here fits that\. Nothing was deleted\."):
        await managers.delete_many.preview(MANAGER, Deletable.FINISHED, SAM, "")


async def test_many_are_taken_down_with_the_reason_that_their_makers_read(managers: Managers) -> None:
    video = await managers.done()
    preview = await managers.delete_many.preview(MANAGER, Deletable.FINISHED, None, "", take_down=" real \n people ")
    assert render(phrases.delete_preview(preview)).startswith("**Take down 1 video?** Finished")
    await managers.work.begin(MANAGER, preview.plan.id)
    assert (await managers.ended()).done == 1
    private_videos = managers.house.create.private_videos
    with pytest.raises(NotAllowed, match=r"was taken down by managers .* Reason: real people"):
        await private_videos.check(a_member(), await managers.house.bench.job(video.id))


async def test_what_is_only_deleted_is_not_said_to_be_taken_down(managers: Managers) -> None:
    video = await managers.done()
    preview = await managers.delete_many.preview(MANAGER, Deletable.FINISHED, None, "")
    await managers.work.begin(MANAGER, preview.plan.id)
    await managers.ended()
    deleted = await managers.house.bench.job(video.id)
    assert not await managers.house.create.private_videos.taken_down([deleted])


@dataclass
class StandsStill:
    """A task that does its first item and hangs after the second."""

    task: BulkTask
    reached: asyncio.Future[Any] = field(default_factory=asyncio.Future)

    async def one(self, plan: BulkPlan, item: int) -> Outcome:
        outcome = await self.task.one(plan, item)
        if item:
            self.reached.set_result(asyncio.current_task())
            await asyncio.Event().wait()
        return outcome


async def test_what_was_interrupted_is_taken_up_where_it_was_by_another_process(managers: Managers) -> None:
    jobs = [await managers.done() for _ in range(3)]
    plan = (await managers.delete_many.preview(MANAGER, Deletable.FINISHED, None, "")).plan
    stuck = StandsStill(managers.delete_many)
    dying = managers.a_process(delete=stuck)
    await dying.begin(MANAGER, plan.id)
    working = await stuck.reached
    run = await managers.work.latest(GUILD)
    assert run is not None
    assert (run.next, managers.work.is_interrupted(run)) == (1, False)
    for press in (managers.work.begin, managers.work.go_on):
        with pytest.raises(BadRequest, match="already been started"):
            await press(OTHER_MANAGER, plan.id)
    working.cancel()  # dies after the item, before that is recorded
    managers.house.bench.clock.forward(180)
    assert managers.work.is_interrupted(run)
    await managers.work.go_on(OTHER_MANAGER, plan.id)
    run = await managers.ended()
    assert (run.done, run.next, run.by) == (3, 3, SAM)
    assert {(await managers.house.bench.job(job.id)).deleted for job in jobs} == {True}


async def test_a_process_that_is_asked_to_stop_finishes_the_item_and_leaves_the_rest(managers: Managers) -> None:
    for _ in range(3):
        await managers.done()
    plan = (await managers.delete_many.preview(MANAGER, Deletable.FINISHED, None, "")).plan
    closing = managers.a_process()
    await closing.begin(MANAGER, plan.id)
    await closing.close()
    run = await managers.work.latest(GUILD)
    assert run is not None
    assert (run.done, run.next) == (run.next, len(managers.messages.removed))
    assert run.next < run.total
    assert managers.work.is_interrupted(run)  # at once, without a delay
    assert "**Interrupted at" in render(phrases.run(run, interrupted=True))
    await managers.work.go_on(MANAGER, plan.id)
    assert (await managers.ended()).done == 3


async def test_it_is_stopped_between_two_items_and_can_be_continued(managers: Managers) -> None:
    for _ in range(3):
        await managers.done()
    plan = (await managers.delete_many.preview(MANAGER, Deletable.FINISHED, None, "")).plan
    await managers.work.begin(MANAGER, plan.id)
    await managers.work.stop(OTHER_MANAGER, plan.id)
    run = await managers.ended()
    left = run.total - run.next
    assert left
    assert f"Stopped by <@{SAM}>: {left} left as" in render(phrases.run(run, interrupted=False))
    await managers.work.go_on(MANAGER, plan.id)
    assert (await managers.ended()).done == 3
    with pytest.raises(BadRequest, match="Nothing is running"):
        await managers.work.stop(MANAGER, plan.id)


async def test_only_managers_and_only_what_makes_sense(managers: Managers) -> None:
    job, ann = await managers.failed(), a_member()
    plan = (await managers.retry_failed.preview(MANAGER, "7d")).plan
    for refused in (
        managers.retry_failed.preview(ann, "7d"),
        managers.delete_many.preview(ann, Deletable.ALL, None, ""),
        managers.work.begin(ann, plan.id),
        managers.work.go_on(ann, plan.id),
        managers.work.stop(ann, plan.id),
    ):
        with pytest.raises(NotAllowed):
            await refused
    elsewhere = a_member(id=MAX, manages=True, guild_id=GUILD + 1)
    with pytest.raises(BadRequest, match="too old"):
        await managers.work.begin(elsewhere, plan.id)
    await managers.house.bench.store.hold(GUILD, QueueHold(kind=HoldKind.DRAIN, reason="moving", by=MAX, since=NOON))
    with pytest.raises(BadRequest, match="New orders are stopped here"):
        await managers.retry_failed.preview(MANAGER, "7d")
    managers.house.bench.clock.forward(3600)
    with pytest.raises(BadRequest, match="too old"):
        await managers.work.begin(MANAGER, plan.id)
    assert isinstance((await managers.house.bench.job(job.id)).phase, Failed)


@pytest.mark.parametrize(
    ("typed", "ago"),
    [
        ("24h", timedelta(days=1)),
        ("7 days ago", timedelta(days=7)),
        (" 2W ", timedelta(days=14)),
        *(
            (typed, timedelta(days=7))
            for typed in ("7j", "1 sem", "168 hrs", "168 Std", "a week", "vor einer Woche", "一週間前")
        ),
        ("30 min", timedelta(minutes=30)),
        *((typed, timedelta(hours=5)) for typed in ("vor 5 Stunden", "il y a 5 heures", "5 horas", "5時間前")),
    ],
)
def test_moments_are_read_as_people_write_them(typed: str, ago: timedelta) -> None:
    assert moment_before(typed, NOON, Calendar()) == NOON - ago


def test_a_day_begins_at_midnight_and_other_words_are_refused() -> None:
    assert moment_before("2026-11-20", NOON, Calendar()) == NOON.replace(day=20, hour=0)
    berlin = Calendar.of("Europe/Berlin")
    assert moment_before("2026-11-20", NOON, berlin) == NOON.replace(day=19, hour=23)
    for spelt in ("20 Nov", "20.11.2026", "Nov 20, 2026"):
        assert moment_before(spelt, NOON, Calendar()) == NOON.replace(day=20, hour=0)
    assert moment_before("1 month", NOON, Calendar()) == NOON.replace(month=10)
    assert moment_before("vor 1 Monat", NOON, berlin) == NOON.replace(month=10, hour=11)  # clocks went back since
    assert moment_before("yesterday", NOON, Calendar()) == NOON.replace(hour=0) - timedelta(days=1)
    with pytest.raises(BadRequest, match=r"could be .* Nothing was changed\."):
        moment_before("3/11", NOON, Calendar())
    with pytest.raises(BadRequest, match="in the future"):
        moment_before("2026-12-20", NOON, Calendar())
    for odd in ("sometime", "", "24", "2026-13-40", "9999999d"):
        with pytest.raises(BadRequest, match="isn't a time that can be read"):
            moment_before(odd, NOON, Calendar())


def test_the_first_day_of_all_is_refused_where_it_began_before_any_day_in_utc() -> None:
    for typed in ("0001-01-01", "9999 years ago"):
        with pytest.raises(BadRequest, match=r"too long ago\. Pick a day from 2015 on\. Nothing was changed\."):
            moment_before(typed, NOON, Calendar.of("Asia/Tokyo"))
