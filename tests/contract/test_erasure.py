"""Erasing everything stored about a member: the person disappears, the books stay, whatever happens in between."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.access.own_data import ERASED_MEMBER, Erased, OwnRecords, Remaining, Stored
from bot.domain.errors import BadRequest, OverBudget, Unavailable
from bot.domain.ids import JobId
from bot.domain.job import Approval, Job, PostedMessage
from bot.domain.messages import plain
from bot.domain.moderation.cases import (
    CASE,
    REPORTS_MADE,
    TAKEN_DOWN,
    CaseDecision,
    DecisionKind,
    ModerationCase,
    ReportsMade,
    TakenDown,
    VideoReport,
)
from bot.domain.moderation.refusals import REFUSALS
from bot.domain.money.allowances import Allowances
from bot.domain.money.costs import Period
from bot.domain.money.usd import Usd
from bot.domain.phases import AwaitingApproval, Cancelled, Done, NeedsReview, Undelivered
from bot.domain.video import NO_OPTIONS, Picture, VideoOptions
from bot.jobs.delivery.cards import CardRemoval
from bot.jobs.events import JobEvents
from bot.jobs.use_cases.manage import ManageVideos
from bot.jobs.use_cases.me.erase import AT_ONCE, EraseMembers
from bot.jobs.use_cases.me.preferences import PREFERENCES, OwnPreferences
from bot.ui.dialogs.drafts import DRAFTS, Draft
from bot.ui.text.phrases.access.own_data import before, stored
from bot.ui.text.render import render
from storage.files.local import LocalFiles
from storage.keys.table import own_keys
from storage.member_tables import carried_use, erasures
from storage.messages import MessageRows
from storage.own_data.erasure import SqlErasures
from storage.own_data.stored import SqlOwnData
from storage.records import SqlRecords
from storage.studio.favourites import SqlFavourites
from storage.tables import metadata
from tests.contract.databases import (
    ANN,
    BEN,
    GUILD,
    NOON,
    PLENTY,
    World,
    a_job,
    a_video,
    claimed,
    done,
    failed,
    rendering,
)
from tests.moderation import a_refused_order

CENTS = Usd.of("0.40")
ABOUT = OwnRecords(
    by_member=[PREFERENCES],
    drafts=DRAFTS,
    refusals=[REFUSALS],
    cases=[CASE, TAKEN_DOWN],
)
PICTURE = Picture(key="pictures/a.png", preview="pictures/a.jpg", sha256="ab" * 32, note="")
RESULT = PostedMessage(channel_id=7, message_id=70)


_numbers = itertools.count(1)


def an_order() -> Job:
    """Of this second, each later than the previous one."""
    return a_job(created_at=NOON + timedelta(microseconds=next(_numbers)))


class Death(BaseException):
    """The process is dead."""


@dataclass
class Fate:
    """Dies at the n-th action outside; never if 0."""

    after: int = 0
    passed: int = 0

    def passes(self) -> None:
        self.passed += 1
        if self.passed == self.after:
            raise Death


@dataclass
class Discord:
    """Where messages are removed. `troubles` are raised first, one for each video."""

    troubles: list[BaseException] = field(default_factory=list)
    keeps: set[JobId] = field(default_factory=set)
    removed: list[JobId] = field(default_factory=list)
    cards: list[PostedMessage] = field(default_factory=list)
    fate: Fate = field(default_factory=Fate)

    async def remove_posts(self, job_id: JobId) -> bool:
        self.fate.passes()
        if self.troubles:
            raise self.troubles.pop(0)
        self.removed.append(job_id)
        return job_id not in self.keeps

    async def remove(self, card: PostedMessage) -> None:
        self.fate.passes()
        self.cards.append(card)

    async def find_card(self, job: Job) -> PostedMessage | None:
        raise AssertionError(job.id)


class MortalFiles(LocalFiles):
    def __init__(self, folder: Path, fate: Fate) -> None:
        super().__init__(folder)
        self._fate = fate

    async def remove(self, keys: Iterable[str]) -> None:
        self._fate.passes()
        await super().remove(keys)
        self._fate.passes()


@wired
class MortalErasures(SqlErasures):
    fate: Fate

    async def erase(self, job: Job, worker: str, removed: Erased) -> Erased:
        self.fate.passes()
        done = await super().erase(job, worker, removed)
        self.fate.passes()
        return done


@dataclass(kw_only=True)
class Scene:
    world: World
    folder: Path
    discord: Discord = field(default_factory=Discord)

    @property
    def erasing(self) -> EraseMembers:
        """As in a separate process."""
        store, database, clock = self.world.store, self.world.database, self.world.clock
        messages = MessageRows(database=database)
        fate = self.discord.fate
        files = MortalFiles(self.folder, fate)
        manage = ManageVideos(queue=store, queries=store, files=files, providers={}, events=JobEvents())
        return EraseMembers(
            erasures=MortalErasures(database=database, clock=clock, about=ABOUT, fate=fate),
            own_data=SqlOwnData(database=database, clock=clock, about=ABOUT),
            manage=manage,
            messages=messages,
            cards=CardRemoval(messages=messages, preferences=self, channel=self.discord),
            posts=self.discord,
            events=JobEvents(),
            clock=clock,
        )

    async def keep_card_of(self, job: Job) -> bool:
        raise AssertionError(job.id)

    @property
    def records(self) -> SqlRecords:
        return SqlRecords(database=self.world.database, clock=self.world.clock)

    async def finished(self, phase: Any = None, cost: Usd | None = CENTS, **changes: Any) -> Job:
        """An order that has ended."""
        request = replace(a_job().request, prompt=changes.pop("prompt", "a cat"))
        if changes.pop("with_picture", False):
            request = replace(request, picture=PICTURE)
        request = replace(request, options=changes.pop("options", NO_OPTIONS))
        job = replace(an_order(), request=request, **changes)
        await self.world.store.add(job)
        lease = await claimed(self.world.store)
        phase = phase or done(f"remote of {job.id}")
        return (await self.world.store.move(lease, replace(lease.job, phase=phase, cost=cost))).job

    async def erase(self, member_id: int = ANN) -> None:
        erasing = self.erasing
        await self.world.clock.sleep(1)
        await erasing.begin(member_id, "ERASE")
        await erasing.work()

    async def job(self, job: Job) -> Job:
        found = await self.world.store.get(job.id)
        assert found is not None
        return found

    async def rows_with(self, number: int) -> Sequence[str]:
        """The tables that contain this number anywhere, except where it is recorded as erased."""
        found = list[str]()
        for table in metadata.sorted_tables:
            if table not in (erasures, carried_use, own_keys):
                rows = await self.world.database.read(partial(_all, table=table))
                found += [table.name for row in rows if str(number) in repr(tuple(row))]
        return found


async def _all(connection: AsyncConnection, table: Table) -> Sequence[Any]:
    return (await connection.execute(select(table))).all()


@pytest.fixture
def scene(world: World, tmp_path: Path) -> Scene:
    return Scene(world=world, folder=tmp_path / "files")


async def test_what_cannot_go_yet_holds_up_no_other_order(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    jobs = [await scene.finished() for _ in range(AT_ONCE + 1)]
    scene.discord.troubles = [OSError("away") for _ in range(AT_ONCE)]
    await scene.erase()
    assert (await scene.job(jobs[-1])).owner_id == ERASED_MEMBER
    assert (await scene.job(jobs[0])).owner_id == ANN
    assert "OSError: away" in caplog.text


async def test_the_person_goes_and_every_sum_stays(scene: Scene) -> None:
    mine = await scene.finished(with_picture=True)
    await scene.finished(failed("r1"), Usd.of("0.10"))
    theirs = await scene.finished(owner_id=BEN)
    await scene.finished(guild_id=GUILD + 1000, cost=Usd.of(2))
    await MessageRows(database=scene.world.database).remember_result(mine.id, RESULT)
    await OwnPreferences(records=scene.records).change(ANN, lambda known: replace(known, confirm_above=CENTS))
    await scene.records.write(DRAFTS, "mark", Draft(member_id=ANN, verb="edit", about="x", fields={"prompt": "hush"}))
    await scene.records.write(DRAFTS, "other", Draft(member_id=BEN, verb="edit", about="x"))
    await scene.records.write(REFUSALS, "refused", a_refused_order(member_id=ANN))
    before = await scene.world.store.costs(GUILD, None, Period.MONTH)

    assert await scene.erasing.stored(ANN) == Stored(
        orders=3, videos=2, pictures=1, bytes=2 * a_video().bytes, messages=1, cost_rows=6, drafts=2, facts=1, servers=2
    )
    await scene.erase()

    assert await scene.world.store.check_books() == []
    after = await scene.world.store.costs(GUILD, None, Period.MONTH)
    assert (after.spent, after.videos, after.wasted) == (before.spent, before.videos, before.wasted)
    assert (await scene.world.store.costs(GUILD, ANN, Period.MONTH)).spent == Usd(0)
    assert (await scene.world.store.costs(GUILD, BEN, Period.MONTH)).spent == CENTS
    assert await scene.rows_with(ANN) == []
    assert await scene.erasing.stored(ANN) == Stored()
    erased = await scene.job(mine)
    assert (erased.owner_id, erased.request.prompt, erased.deleted, erased.cost) == (ERASED_MEMBER, "", True, CENTS)
    assert await scene.job(theirs) == theirs
    assert await scene.records.read(DRAFTS, "other") is not None
    status = await scene.erasing.status(ANN)
    assert status is not None
    assert status.erasure.ended_at is not None
    assert status.erasure.done == Erased(
        orders=3,
        videos=2,
        pictures=1,
        bytes=2 * a_video().bytes,
        messages=1,
        cost_rows=6,
        drafts=2,
        facts=1,
        records_gone=True,
    )


async def test_what_a_member_marked_goes_and_so_do_the_marks_on_their_videos(scene: Scene) -> None:
    marks = SqlFavourites(database=scene.world.database)
    mine, theirs = await scene.finished(), await scene.finished(owner_id=BEN)
    for member, job in (ANN, theirs), (BEN, mine), (BEN, theirs):
        await marks.add(member, job.id, NOON)
    assert (await scene.erasing.stored(ANN)).facts == 1
    await scene.erase()
    both = [mine.id, theirs.id]
    assert await marks.among(ANN, both) == frozenset()
    assert await marks.among(BEN, both) == {theirs.id}
    assert await scene.rows_with(ANN) == []
    status = await scene.erasing.status(ANN)
    assert status is not None
    assert status.erasure.done.facts == 1


async def test_nothing_that_a_service_or_a_member_wrote_stays(scene: Scene) -> None:
    words = plain("It refused 'my secret garden'.")
    moderated = replace(failed("r1"), reason=words)
    kept = Undelivered(video=a_video(), remote_id="r2", reason=words)
    cancelled = Cancelled(by=ANN, finished_at=NOON)
    asked = {
        "prompt": "my secret garden",
        "options": VideoOptions(negative_prompt="no secret", references=(PICTURE,) * 2),
    }
    jobs = [await scene.finished(phase, None, **asked) for phase in (moderated, kept, cancelled)]
    assert (await scene.erasing.stored(ANN)).pictures == 6
    await scene.finished(approval=Approval(by=ANN, at=NOON))
    private = await scene.finished(private=True, channel_id=777_000_777)
    await MessageRows(database=scene.world.database).remember_card(private.id, replace(RESULT, channel_id=777_000_777))
    await scene.erase()
    for job in jobs:
        assert "secret" not in repr(await scene.job(job))
    assert await scene.rows_with(777_000_777) == []
    assert await scene.rows_with(ANN) == []
    assert scene.discord.cards == [replace(RESULT, channel_id=777_000_777)]


async def test_what_was_reported_and_decided_stays_without_who_did(scene: Scene) -> None:
    mine, theirs = VideoReport(by=ANN, at=NOON, reason="my words"), VideoReport(by=BEN, at=NOON, reason="other words")
    decided = CaseDecision(kind=DecisionKind.DISMISSED, by=ANN, at=NOON, reason="my words")
    case = ModerationCase(
        guild_id=GUILD, owner_id=ANN, opened_at=NOON, reports=(mine, theirs), decision=decided, told=(f"maker:{ANN}",)
    )
    await scene.records.write(CASE, "K7Q4FD", case)
    await scene.records.write(TAKEN_DOWN, "K7Q4FD", TakenDown(by=BEN, at=NOON, reason="their words"))
    await scene.erase()
    assert await scene.rows_with(ANN) == []
    left = await scene.records.read(CASE, "K7Q4FD")
    assert left is not None
    assert [(report.by, report.reason) for report in left.reports] == [(ERASED_MEMBER, ""), (BEN, "other words")]
    assert left.decision == replace(decided, by=ERASED_MEMBER, reason="")
    down = await scene.records.read(TAKEN_DOWN, "K7Q4FD")
    assert down is not None
    assert down.reason == "their words"


async def test_erasing_gives_nobody_their_reports_of_the_day_anew(scene: Scene) -> None:
    await scene.records.write(REPORTS_MADE, f"{GUILD}:{ANN}", ReportsMade(at=(NOON,)))
    await scene.erase()
    assert await scene.records.read(REPORTS_MADE, f"{GUILD}:{ANN}") is not None


async def test_what_waits_is_cancelled_free_and_what_is_paid_or_undecided_comes_to_its_end_first(scene: Scene) -> None:
    store = scene.world.store
    working = an_order()
    await store.add(working)
    lease = await claimed(store)
    lease = await store.move(lease, replace(lease.job, phase=rendering("r1")), 0, keep=True)
    undecided = await scene.finished(NeedsReview(was="unknown", reason=plain("Lost.")), None)
    waiting = an_order()
    await store.add(waiting)
    asking = an_order().moved_to(AwaitingApproval(since=NOON, until=NOON + timedelta(days=1)))
    await store.add(asking)
    await scene.erase()
    for free in (await scene.job(waiting), await scene.job(asking)):
        assert (free.owner_id, type(free.phase), free.cost) == (ERASED_MEMBER, Cancelled, None)
    status = await scene.erasing.status(ANN)
    assert status is not None
    assert (status.remaining, status.erasure.ended_at) == (Remaining(under_way=1, undecided=1), None)
    assert (await scene.job(undecided)).request.prompt == "a cat"

    await store.move(lease, replace(lease.job, phase=done("r1"), cost=CENTS))
    await scene.erasing.work()
    seen = await scene.job(undecided)
    await store.decide(seen, seen.moved_to(failed("r9")))
    await scene.erasing.work()
    assert [(await scene.job(job)).owner_id for job in (working, undecided)] == [ERASED_MEMBER] * 2
    status = await scene.erasing.status(ANN)
    assert status is not None
    assert status.erasure.ended_at is not None
    assert await store.check_books() == []


@pytest.mark.parametrize("limited", [Allowances(month=Usd.of(1)), Allowances(day=Usd.of(1))], ids=["month", "day"])
async def test_who_orders_again_begins_anew_and_has_no_limit_twice(scene: Scene, limited: Allowances) -> None:
    await scene.finished(cost=Usd.of("0.80"))
    await scene.erase()
    with pytest.raises(OverBudget, match=r"\$0\.20 of your \$1\.00"):
        await scene.world.store.add(a_job(), limited)
    await scene.world.store.add(a_job(quote=Usd.of(1), guild_id=GUILD + 9), limited)  # on another server
    fresh = await scene.world.store.add(a_job(quote=Usd.of("0.20")), limited)
    await scene.erasing.work()
    assert (await scene.job(fresh)).owner_id == ANN
    await scene.world.clock.sleep(40 * 86_400)
    await scene.world.store.add(a_job(quote=Usd.of(1)), limited)  # in another month
    await scene.erasing.erasures.clean()
    assert await scene.world.database.read(partial(_all, table=carried_use)) == []
    assert await scene.erasing.status(ANN) is None


async def test_an_erasure_that_was_cut_off_is_finished_by_another_process(scene: Scene) -> None:
    jobs = [await scene.finished() for _ in range(2)]
    for job in jobs:
        await MessageRows(database=scene.world.database).remember_card(job.id, RESULT)
    deaths = 0
    scene.discord.fate.after = 1
    with pytest.raises(Death):
        await scene.erase()
    await scene.erasing.work()
    assert (await scene.job(jobs[0])).owner_id == ANN  # the dead process may still be working
    while True:  # each life gets one action further than the previous one
        deaths += 1
        scene.discord.fate = Fate(after=deaths + 1)
        await scene.world.clock.sleep(301)
        try:
            await scene.erasing.work()
        except Death:
            assert await scene.world.store.check_books() == []
        else:
            break
    assert deaths >= 6
    assert [(await scene.job(job)).owner_id for job in jobs] == [ERASED_MEMBER] * 2
    assert await scene.world.store.check_books() == []
    status = await scene.erasing.status(ANN)
    assert status is not None
    assert (status.erasure.done.orders, status.erasure.ended_at is None) == (2, False)


async def test_trouble_with_one_video_holds_up_no_other(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    first, second = await scene.finished(), await scene.finished()
    scene.discord.troubles = [Unavailable("Discord is having trouble.")]
    await scene.erase()
    assert [(await scene.job(job)).owner_id for job in (first, second)] == [ANN, ERASED_MEMBER]
    assert f"{first.id} could not be erased yet: Discord is having trouble." in caplog.text
    assert "Traceback" not in caplog.text
    await scene.erasing.work()
    assert (await scene.job(first)).owner_id == ERASED_MEMBER


async def test_two_processes_at_once_erase_each_order_once(scene: Scene) -> None:
    for _ in range(8):
        await scene.finished()
    erasing = scene.erasing
    await scene.world.clock.sleep(1)
    await erasing.begin(ANN, "erase")
    await asyncio.gather(erasing.work(), scene.erasing.work())
    status = await scene.erasing.status(ANN)
    assert status is not None
    assert (status.erasure.done.orders, len(scene.discord.removed)) == (8, 8)
    assert await scene.world.store.check_books() == []


async def test_it_is_begun_by_its_word_alone_and_once(scene: Scene) -> None:
    await scene.finished()
    erasing = scene.erasing
    for typed in ("", "yes", "ERASE me"):
        with pytest.raises(BadRequest, match=r"^That wasn't ERASE\. Nothing was erased\.$"):
            await erasing.begin(ANN, typed)
    assert await erasing.status(ANN) is None
    await erasing.begin(ANN, " Erase ")
    with pytest.raises(BadRequest, match="being erased already"):
        await erasing.begin(ANN, "ERASE")
    await erasing.work()
    await erasing.begin(ANN, "ERASE")


async def test_a_message_that_cannot_be_removed_is_said(scene: Scene) -> None:
    job = await scene.finished()
    messages = MessageRows(database=scene.world.database)
    await messages.remember_result(job.id, RESULT)
    scene.discord.keeps = {job.id}
    await scene.erase()
    status = await scene.erasing.status(ANN)
    assert status is not None
    assert (status.erasure.done.messages, status.erasure.done.left_in_discord) == (0, 1)
    assert (await messages.shown(job.id)).result == RESULT


async def test_a_remix_by_somebody_else_keeps_what_it_is(scene: Scene) -> None:
    source = await scene.finished()
    remix = replace(an_order(), owner_id=BEN, request=replace(a_job().request, source=source.id))
    await scene.world.store.add(remix)
    lease = await claimed(scene.world.store)
    await scene.world.store.move(lease, replace(lease.job, phase=done("r2"), cost=CENTS))
    await scene.erase()
    found = await scene.job(remix)
    assert (found.owner_id, found.request.source, found.deleted) == (BEN, source.id, False)
    assert isinstance(found.phase, Done)


async def test_an_erased_video_is_nobodys_and_is_not_taken_up_again(scene: Scene) -> None:
    job = await scene.finished()
    await scene.erase()
    found = await scene.job(job)
    assert (found.owner_id, type(found.phase), found.deleted) == (ERASED_MEMBER, Done, True)
    assert await scene.world.store.claim("worker", PLENTY, 10) == []


async def test_own_keys_are_counted_by_their_ends(scene: Scene) -> None:
    row = {"account": "openai~1", "guild_id": GUILD, "member_id": ANN, "sealed": "x", "ending": "abcd"}
    rest = {"month_limit": None, "added_by": ANN, "added_at": NOON, "leaving": False}
    await scene.world.database.write(lambda connection: connection.execute(insert(own_keys).values({**row, **rest})))
    found = await scene.erasing.stored(ANN)
    assert found == Stored(keys=("abcd",))
    assert "Your own keys: …abcd" in render(stored(found))
    assert "1 key of your own" in render(before(found))
