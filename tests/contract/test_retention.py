"""Expired videos are removed: after a warning, each once, and never one that somebody wants to keep."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from bot.data_classes import wired
from bot.domain.errors import StoreAway
from bot.domain.guild import GuildOptions
from bot.domain.job import Job
from bot.domain.messages import plain
from bot.domain.moderation.cases import CASE, CaseDecision, DecisionKind, ModerationCase, VideoReport
from bot.domain.money.usd import Usd
from bot.domain.notices.storage import RemovalDue
from bot.domain.phases import Done, Posting, Undelivered
from bot.domain.retention.rounds import ROUNDS, KeptSum, RemovalRound, Retention
from bot.domain.studio.contests.contest import Contest, ContestId, ContestRules, ContestState, ContestTimes
from bot.jobs.notices.telling import TOLD, Told, ToldManagers, is_told
from bot.jobs.retention.sweep import BATCH, LEASE, RetentionSweep, SweepLease
from bot.jobs.use_cases.guild import OPTIONS, GuildPreferences
from bot.ui.text.render import render
from storage.files.local import LocalFiles
from storage.jobs.file_references import SqlFileReferences
from storage.jobs.mapping import job_of
from storage.records import SqlRecords
from storage.retention.kept_videos import SqlKeptVideos
from storage.studio.collections_table import collected_videos
from storage.studio.contests.mapping import row_of
from storage.studio.contests.tables import contests, entries
from storage.studio.favourites import SqlFavourites
from storage.tables import jobs, records
from tests.changes import MemoryLog, some_changes
from tests.contract.databases import (
    ANN,
    BEN,
    GUILD,
    NOON,
    PLENTY,
    StoppedClock,
    World,
    a_job,
    a_video,
    counted_statements,
    started,
)
from tests.extent import only_in_full

LOG, SIZE = 77, a_video().bytes
OLD = NOON - timedelta(days=100)
NINETY = Retention(days=90)


class CarelessFiles(LocalFiles):
    """A store that fails in the middle of a round."""

    is_away = False
    meanwhile: Callable[[], Awaitable[None]] | None = None  # called while files are removed

    async def remove(self, keys: Any) -> None:
        if self.meanwhile is not None:
            await self.meanwhile()
        if self.is_away:
            raise StoreAway(plain("The file store doesn't answer."))
        await super().remove(keys)


@dataclass
class Storeroom:
    """A server that keeps its videos for 90 days."""

    world: World
    files: CarelessFiles
    log: MemoryLog = field(default_factory=MemoryLog)

    @property
    def videos(self) -> SqlKeptVideos:
        return SqlKeptVideos(database=self.world.database)

    @property
    def records(self) -> SqlRecords:
        return SqlRecords(database=self.world.database, clock=self.world.clock)

    def sweep(self) -> RetentionSweep:
        """For one process."""
        return RetentionSweep(
            videos=self.videos,
            preferences=GuildPreferences(records=self.records, changes=some_changes()),
            files=self.files,
            guild_log=self.log,
            is_noticed=partial(is_told, self.records),
            clock=self.world.clock,
        )

    async def choose(self, **options: Any) -> None:
        await self.records.write(OPTIONS, str(GUILD), replace(GuildOptions(keep_days=90, log_channel=LOG), **options))

    async def a_video(self, ordered_at: datetime = OLD, **changes: Any) -> Job:
        job = await started(self.world.store, a_job(created_at=ordered_at, **changes))
        video = replace(a_video(), video=f"videos/{job.id}/1.mp4", poster=f"videos/{job.id}/1.webp")
        await self.files.put(b"film", video.video)
        await self.files.put(b"poster", video.poster)
        done = Done(video=video, remote_id=f"remote of {job.id}", finished_at=ordered_at)
        return await self.world.store.decide(job, replace(job.moved_to(done), cost=job.quote))

    async def kept(self) -> set[str]:
        return {key.split("/")[1] for key in await self.files.keys()}

    async def after_the_warning(self, *sweeps: RetentionSweep) -> None:
        """Warn, wait a week, and run the processes."""
        await self.sweep().sweep()
        await self.world.clock.sleep(timedelta(days=7).total_seconds())
        await asyncio.gather(*(each.sweep() for each in sweeps or [self.sweep()]))

    @property
    def said(self) -> list[str]:
        return [render(card.title or card.body) for card in self.log.cards]


def running_contest() -> Contest:
    return Contest(
        id=ContestId("0123456789abcdef"),
        guild_id=GUILD,
        channel_id=5,
        theme="Foxes",
        rules=ContestRules(newer_only=False),
        times=ContestTimes(enter_until=NOON + timedelta(days=10), vote_until=NOON + timedelta(days=20)),
        started_at=NOON,
        state=ContestState.OPEN,
    )


@pytest.fixture
async def storeroom(world: World, tmp_path: Path) -> Storeroom:
    room = Storeroom(world, CarelessFiles(tmp_path / "files"))
    await room.choose()
    return room


async def test_managers_are_warned_a_week_before_and_told_once_it_is_done(storeroom: Storeroom) -> None:
    old = await storeroom.a_video()
    young = await storeroom.a_video(NOON - timedelta(days=80))
    await storeroom.sweep().sweep()
    await storeroom.sweep().sweep()
    assert storeroom.said == ["🗄️ **1 video will be removed on <t:1796040000:D>.**"]
    assert await storeroom.kept() == {old.id, young.id}
    await storeroom.world.clock.sleep(timedelta(days=6).total_seconds())
    await storeroom.sweep().sweep()
    assert await storeroom.kept() == {old.id, young.id}
    await storeroom.world.clock.sleep(timedelta(days=1).total_seconds())
    await storeroom.sweep().sweep()
    assert await storeroom.kept() == {young.id}
    assert storeroom.said[1:] == ["🗄️ **1 video was removed**, as its time was over. 1.2 MB are free again."]


async def test_what_was_removed_keeps_its_history_and_its_cost(storeroom: Storeroom) -> None:
    old = await storeroom.a_video()
    await storeroom.after_the_warning()
    now = await storeroom.world.store.get(old.id)
    assert now is not None
    assert now == replace(old, expired_at=NOON + timedelta(days=7))
    assert (now.video, now.deleted, now.cost) == (None, False, old.quote)


async def test_what_is_marked_or_collected_stays_unless_the_server_wants_it_gone(storeroom: Storeroom) -> None:
    starred, collected, plain_one = [await storeroom.a_video() for _ in range(3)]
    await SqlFavourites(database=storeroom.world.database).add(BEN, starred.id, NOON)
    row = {"guild_id": GUILD, "member_id": ANN, "key": "foxes", "name": "Foxes", "job_id": collected.id, "at": NOON}
    await storeroom.world.database.write(lambda connection: connection.execute(collected_videos.insert().values(row)))
    await storeroom.after_the_warning()
    assert await storeroom.kept() == {starred.id, collected.id}
    await storeroom.choose(keep_marked=False)
    await storeroom.after_the_warning()
    assert await storeroom.kept() == set()
    assert plain_one.id not in await storeroom.kept()


async def test_what_was_never_posted_and_what_an_order_starts_from_stays(storeroom: Storeroom) -> None:
    source, job = await storeroom.a_video(), await storeroom.a_video()
    remix = a_job()
    await storeroom.world.store.add(replace(remix, request=replace(remix.request, source=source.id)))
    assert isinstance(job.phase, Done)
    unseen = Undelivered(video=job.phase.video, remote_id="lost", reason=plain("No channel."))
    await storeroom.world.store.decide(job, job.moved_to(unseen))
    await storeroom.after_the_warning()
    assert await storeroom.kept() == {source.id, job.id}


async def test_the_source_of_an_order_in_review_stays(storeroom: Storeroom) -> None:
    source = await storeroom.a_video()
    remix = a_job()
    await storeroom.world.store.add(replace(remix, request=replace(remix.request, source=source.id)))
    await storeroom.world.scribble(remix, state="needsreview")
    await storeroom.after_the_warning()
    assert await storeroom.kept() == {source.id}


@pytest.mark.parametrize(
    ("state", "due_at", "stays"),
    [
        (ContestState.OPEN, NOON, True),
        (ContestState.OVER, NOON, True),  # its result is still to be posted
        (ContestState.OVER, None, False),
        (ContestState.CANCELLED, None, False),
    ],
)
async def test_an_entry_stays_until_its_contest_is_over(
    storeroom: Storeroom, state: ContestState, due_at: datetime | None, *, stays: bool
) -> None:
    entry = await storeroom.a_video()
    contest = row_of(running_contest()) | {"state": state, "due_at": due_at}
    row = {"contest": contest["id"], "job_id": entry.id, "member_id": entry.owner_id, "at": NOON}
    await storeroom.world.database.write(lambda connection: connection.execute(contests.insert().values(contest)))
    await storeroom.world.database.write(lambda connection: connection.execute(entries.insert().values(row)))
    await storeroom.after_the_warning()
    assert await storeroom.kept() == ({entry.id} if stays else set())


async def test_a_reported_video_stays_until_managers_have_decided(storeroom: Storeroom) -> None:
    video = await storeroom.a_video()
    reason = 'He says "decision": {} is fine.'
    report = VideoReport(by=BEN, at=NOON, reason=reason)
    case = ModerationCase(guild_id=GUILD, owner_id=ANN, opened_at=NOON, reports=(report,))
    await storeroom.records.write(CASE, video.id, case)
    await storeroom.after_the_warning()
    assert await storeroom.kept() == {video.id}
    dismissed = CaseDecision(kind=DecisionKind.DISMISSED, by=ANN, at=NOON)
    await storeroom.records.write(CASE, video.id, replace(case, decision=dismissed))
    await storeroom.after_the_warning()
    assert await storeroom.kept() == set()


async def test_nothing_goes_where_nobody_can_be_warned(storeroom: Storeroom) -> None:
    old = await storeroom.a_video()
    await storeroom.choose(log_channel=None)
    await storeroom.after_the_warning()
    assert await storeroom.kept() == {old.id}
    assert await storeroom.records.read(ROUNDS, str(GUILD)) is None


async def test_nothing_goes_that_the_log_channel_could_not_tell_of(storeroom: Storeroom) -> None:
    old = await storeroom.a_video()
    storeroom.log.is_shut = True
    await storeroom.after_the_warning()
    assert await storeroom.kept() == {old.id}
    storeroom.log.is_shut = False
    await storeroom.sweep().sweep()
    assert len(storeroom.said) == 1  # and it has a week from now on
    await storeroom.world.clock.sleep(timedelta(days=6).total_seconds())
    await storeroom.sweep().sweep()
    assert await storeroom.kept() == {old.id}
    await storeroom.world.clock.sleep(timedelta(days=1).total_seconds())
    await storeroom.sweep().sweep()
    assert await storeroom.kept() == set()


@pytest.mark.parametrize(("message", "stays"), [(None, True), (4711, False)])
async def test_nothing_goes_that_the_notices_channel_could_not_tell_of(
    storeroom: Storeroom, message: int | None, *, stays: bool
) -> None:
    old = await storeroom.a_video()
    await storeroom.choose(notices_channel=78)
    await storeroom.sweep().sweep()
    planned = await storeroom.records.read(ROUNDS, str(GUILD))
    assert planned is not None
    due = RemovalDue(planned=planned)
    told = Told(episode=due.episode, begun=NOON, until=NOON, channel=78, message=message)
    await storeroom.records.write(TOLD, str(GUILD), ToldManagers(told={due.topic: told}))
    await storeroom.after_the_warning()
    assert await storeroom.kept() == ({old.id} if stays else set())


async def test_a_round_that_is_long_overdue_is_warned_of_anew(storeroom: Storeroom) -> None:
    """For example after a backup was restored: later choices and marks are lost."""
    old = await storeroom.a_video()
    await storeroom.sweep().sweep()
    await storeroom.world.clock.sleep(timedelta(days=9).total_seconds())
    await storeroom.sweep().sweep()
    assert await storeroom.kept() == {old.id}
    assert len(storeroom.said) == 2


async def test_what_became_due_after_the_warning_is_warned_of_first(storeroom: Storeroom) -> None:
    """For example imported old videos, or the entries of a contest that has ended."""
    old = await storeroom.a_video()
    await storeroom.sweep().sweep()
    await SqlFavourites(database=storeroom.world.database).add(BEN, old.id, NOON)  # so they are no more than announced
    imported = await storeroom.a_video()
    await storeroom.world.clock.sleep(timedelta(days=7).total_seconds())
    await storeroom.sweep().sweep()
    assert await storeroom.kept() == {old.id, imported.id}
    await storeroom.sweep().sweep()
    assert storeroom.said[1].startswith("🗄️ **1 video will be removed on ")
    await storeroom.world.clock.sleep(timedelta(days=7).total_seconds())
    await storeroom.sweep().sweep()
    assert await storeroom.kept() == {old.id}


async def test_those_that_were_warned_of_go_and_what_came_in_since_does_not(storeroom: Storeroom) -> None:
    await storeroom.a_video()
    await storeroom.sweep().sweep()
    imported = [await storeroom.a_video() for _ in range(2)]
    await storeroom.world.clock.sleep(timedelta(days=7).total_seconds())
    await storeroom.sweep().sweep()
    assert await storeroom.kept() == {each.id for each in imported}
    await storeroom.sweep().sweep()
    assert storeroom.said[2].startswith("🗄️ **2 videos will be removed on ")


async def test_a_round_of_a_clock_that_was_ahead_is_planned_anew(storeroom: Storeroom) -> None:
    await storeroom.a_video()
    ahead = RemovalRound.next(NINETY, NOON + timedelta(days=400))
    await storeroom.records.write(ROUNDS, str(GUILD), replace(ahead, told=True))
    await storeroom.sweep().sweep()
    planned = await storeroom.records.read(ROUNDS, str(GUILD))
    assert planned is not None
    assert planned.due_at == NOON + timedelta(days=7)


async def test_whoever_chooses_anew_is_warned_anew(storeroom: Storeroom) -> None:
    old = await storeroom.a_video()
    await storeroom.sweep().sweep()
    await storeroom.world.clock.sleep(timedelta(days=7).total_seconds())
    await storeroom.choose(keep_days=30)
    await storeroom.sweep().sweep()
    assert await storeroom.kept() == {old.id}
    assert len(storeroom.said) == 2
    await storeroom.choose(keep_days=None)
    await storeroom.after_the_warning()
    assert await storeroom.kept() == {old.id}


@only_in_full("needs more videos than one batch has")
async def test_who_changes_their_mind_during_a_round_keeps_the_rest(storeroom: Storeroom) -> None:
    for _ in range(BATCH + 1):
        await storeroom.a_video(quote=Usd.of("0.10"))
    storeroom.files.meanwhile = partial(storeroom.choose, keep_days=None)
    await storeroom.after_the_warning()
    assert len(await storeroom.kept()) == 1


async def test_a_lease_of_a_clock_that_was_ahead_holds_nobody_up(storeroom: Storeroom) -> None:
    await storeroom.a_video()
    await storeroom.records.write(LEASE, "", SweepLease(holder="another", until=NOON + timedelta(days=400)))
    await storeroom.sweep().sweep()
    assert len(storeroom.said) == 1


async def test_two_processes_do_it_once(storeroom: Storeroom) -> None:
    for _ in range(5):
        await storeroom.a_video()
    await storeroom.after_the_warning(storeroom.sweep(), storeroom.sweep())
    assert storeroom.said[1:] == ["🗄️ **5 videos were removed**, as their time was over. 5.9 MB are free again."]


@wired
class SlowVideos(SqlKeptVideos):
    """So many videos that recording them takes longer than a process may be silent. `beside`: another process."""

    clock: StoppedClock
    beside: RetentionSweep
    takes: list[float]  # minutes for each part

    async def join(self, guild_id: int, planned: RemovalRound, most: int) -> int:
        await self.clock.sleep(60 * self.takes.pop(0))
        await self.beside.sweep()
        joined = await super().join(guild_id, planned, most)
        return most if self.takes else joined


async def test_who_plans_for_long_is_not_taken_for_dead(storeroom: Storeroom) -> None:
    await storeroom.a_video()
    videos = SlowVideos(
        database=storeroom.world.database,
        clock=storeroom.world.clock,
        beside=storeroom.sweep(),
        takes=[4.0, 4.0, 4.0],
    )
    await replace(storeroom.sweep(), videos=videos).sweep()
    planned = await storeroom.records.read(ROUNDS, str(GUILD))
    assert planned is not None
    assert planned.warned_at == NOON
    assert (await storeroom.videos.expiring(GUILD, planned)).videos == 1


async def test_who_stood_still_takes_no_video_of_a_round_that_another_has_planned(storeroom: Storeroom) -> None:
    await storeroom.a_video()
    videos = SlowVideos(
        database=storeroom.world.database,
        clock=storeroom.world.clock,
        beside=storeroom.sweep(),
        takes=[6.0],
    )
    await replace(storeroom.sweep(), videos=videos).sweep()
    planned = await storeroom.records.read(ROUNDS, str(GUILD))
    assert planned is not None
    assert planned.warned_at == NOON + timedelta(minutes=6)
    assert (await storeroom.videos.expiring(GUILD, planned)).videos == 1


async def test_a_round_that_cannot_be_read_keeps_out_no_other(storeroom: Storeroom) -> None:
    await storeroom.a_video()
    strange = insert(records).values(namespace=ROUNDS.namespace, key=str(GUILD), value={"of": "another version"})
    await storeroom.world.database.write(lambda connection: connection.execute(strange))
    await storeroom.after_the_warning()
    assert await storeroom.kept() == set()


async def test_a_round_that_was_cut_off_goes_on(storeroom: Storeroom) -> None:
    for _ in range(3):
        await storeroom.a_video()
    await storeroom.sweep().sweep()
    await storeroom.world.clock.sleep(timedelta(days=7).total_seconds())
    due = await storeroom.records.read(ROUNDS, str(GUILD))
    assert due is not None
    (gone,) = await storeroom.videos.expire(GUILD, due, storeroom.world.clock.now(), 1)
    assert len(await storeroom.kept()) == 3  # the process died before it removed the file
    await storeroom.sweep().sweep()
    assert await storeroom.kept() == {gone.id}
    references = SqlFileReferences(database=storeroom.world.database)
    assert await references.deleted([gone.id]) == {gone.id}  # so the sweep of files finds it


async def test_a_store_that_is_away_does_not_stop_a_round(storeroom: Storeroom) -> None:
    old = await storeroom.a_video()
    storeroom.files.is_away = True
    await storeroom.after_the_warning()
    assert await storeroom.kept() == {old.id}
    assert await SqlFileReferences(database=storeroom.world.database).deleted([old.id]) == {old.id}


async def test_kept_videos_are_summed_until_they_are_deleted_or_removed(storeroom: Storeroom) -> None:
    first, second, third = [await storeroom.a_video(OLD + timedelta(hours=n)) for n in range(3)]
    await storeroom.a_video(guild_id=GUILD + 1)
    assert await storeroom.videos.of_guild(GUILD) == KeptSum(videos=3, bytes=3 * SIZE)
    assert await storeroom.videos.total() == KeptSum(videos=4, bytes=4 * SIZE)
    assert await storeroom.videos.guilds() == [GUILD, GUILD + 1]
    await storeroom.world.store.mark_deleted(first.id)
    planned = RemovalRound.next(NINETY, NOON)
    assert await storeroom.videos.expire(GUILD, planned, NOON, 1) == []
    assert [await storeroom.videos.join(GUILD, planned, 1) for _ in range(3)] == [1, 1, 0]
    assert await storeroom.videos.expire(GUILD, planned, NOON, 1) == [second]
    assert await storeroom.videos.of_guild(GUILD) == KeptSum(videos=1, bytes=SIZE)
    assert await storeroom.videos.expiring(GUILD, planned) == KeptSum(videos=1, bytes=SIZE)
    assert await storeroom.videos.expire(GUILD, planned, NOON, 10) == [third]


async def test_what_an_older_version_kept_is_measured(storeroom: Storeroom) -> None:
    job, torn = await storeroom.a_video(), await storeroom.a_video()
    await storeroom.world.scribble(job, file_bytes=None)
    await storeroom.world.scribble(torn, file_bytes=None, detail={"remote_id": "x"})
    assert await storeroom.videos.total() == KeptSum(videos=0, bytes=0)
    assert await storeroom.videos.measure(10) == 2
    assert await storeroom.videos.total() == KeptSum(videos=2, bytes=SIZE)
    with counted_statements() as said:
        assert await storeroom.videos.measure(10) == 0
    assert len(said) == 1  # no other write waits for that


async def test_a_step_under_way_does_not_bring_back_what_was_removed(storeroom: Storeroom) -> None:
    await storeroom.world.store.add(a_job())
    (lease,) = await storeroom.world.store.claim("worker", PLENTY, 1)
    await storeroom.world.scribble(lease.job, expired_at=NOON)
    posting = Posting(video=a_video(), remote_id="video_1")
    moved = await storeroom.world.store.move(lease, lease.job.moved_to(posting))
    assert (moved.job.expired_at, moved.job.video) == (NOON, None)
    row = (await storeroom.world.database.read(lambda c: c.execute(jobs.select()))).one()
    assert (job_of(row), row.file_bytes) == (moved.job, None)
