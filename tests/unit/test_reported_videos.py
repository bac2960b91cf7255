"""Members report videos, and managers decide: once, over restarts, and everybody who is concerned is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, KinoraError, NotAllowed, Unavailable, Undeliverable
from bot.domain.guild import AccessPolicy, GuildOptions
from bot.domain.ids import JobId, shown
from bot.domain.job import Job, PostedMessage
from bot.domain.moderation.cases import CASE, OPEN_CASES, REPORTS_A_DAY, TAKEN_DOWN, ModerationCase
from bot.domain.moderation.channel import CaseNews, CaseOutcome
from bot.domain.money.usd import Usd
from bot.domain.phases import Done, Queued
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.guild import OPTIONS, GuildPreferences
from bot.jobs.use_cases.manage import ManageVideos
from bot.jobs.use_cases.moderation.cases import ModerationCases
from bot.jobs.use_cases.moderation.reports import ReportVideos
from bot.jobs.use_cases.moderation.take_downs import TakeDowns, TakeDownSteps
from bot.jobs.use_cases.moderation.work import HELD, ModerationWork
from bot.jobs.use_cases.tiers import GuildTiers
from bot.ui.cards.case_card import CaseCard
from bot.ui.interactions.buttons import JobButton
from bot.ui.text.phrases.moderation import reports as phrases
from bot.ui.text.render import render
from storage.guilds import GuildRows
from tests.builders import ANN, GUILD, MAX, NOON, SAM, a_job, a_member, a_request, a_video
from tests.changes import MemoryChanges, some_changes
from tests.workbench import Bench, a_bench

STAFF = 77
MANAGER, OTHER_MANAGER = a_member(id=SAM, manages=True), a_member(id=104, manages=True)
MEMBER, ANOTHER = a_member(id=MAX), a_member(id=105)


@dataclass
class Staff:
    """The CaseChannel: what was posted, edited and told, after what its script says first."""

    troubles: list[KinoraError] = field(default_factory=list)
    posted: dict[str, CaseNews] = field(default_factory=dict)  # by nonce
    edited: list[CaseNews] = field(default_factory=list)
    told: list[CaseOutcome] = field(default_factory=list)
    gone: bool = False
    found: PostedMessage | None = None  # what a search gives
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def guilds(self) -> Collection[int]:
        return [GUILD]

    async def post(self, channel_id: int, news: CaseNews, *, nonce: str) -> PostedMessage:
        assert channel_id == STAFF
        assert len(nonce) <= 25
        if self.troubles:
            raise self.troubles.pop(0)
        self.posted.setdefault(nonce, news)
        return PostedMessage(channel_id=STAFF, message_id=1000 + list(self.posted).index(nonce))

    async def edit(self, card: PostedMessage, news: CaseNews) -> bool:
        assert card.channel_id == STAFF
        self.edited.append(news)
        self.changed.set()
        return not self.gone

    async def find_posted(self, channel_id: int, job_id: JobId, since: datetime) -> PostedMessage | None:
        assert (channel_id, bool(job_id)) == (STAFF, True)
        assert since >= NOON
        return self.found

    async def tell(self, outcome: CaseOutcome, *, nonce: str) -> None:
        assert len(nonce) <= 25
        if self.troubles:
            raise self.troubles.pop(0)
        self.told.append(outcome)


@dataclass
class Posts:
    """The BulkMessages; some messages cannot be removed yet."""

    stuck: int = 0
    removed: list[JobId] = field(default_factory=list)

    async def show_card(self, job: Job) -> None:
        raise AssertionError(job)

    async def remove_posts(self, job_id: JobId) -> bool:
        if self.stuck:
            self.stuck -= 1
            return False
        self.removed.append(job_id)
        return True


@dataclass(kw_only=True)
class Office:
    """A server with a channel for its managers, as one process of Kinora sees it."""

    bench: Bench
    staff: Staff = field(default_factory=Staff)
    posts: Posts = field(default_factory=Posts)
    audited: MemoryChanges = field(default_factory=MemoryChanges)

    def __post_init__(self) -> None:
        bench, store = self.bench, self.bench.store
        audit = some_changes(self.audited)
        preferences = GuildPreferences(records=bench.records, changes=audit)
        guilds = GuildRows(database=store.database, opening=AccessPolicy.EVERYONE, budget=store.budget)
        authorization = Authorization(
            guilds=guilds, tiers=GuildTiers(records=bench.records, changes=audit), catalogue=bench.context.catalogue
        )
        self.cases = cases = ModerationCases(records=bench.records, clock=bench.clock)
        manage = ManageVideos(
            queue=store,
            queries=store,
            files=bench.context.files,
            providers=bench.context.providers,
            events=bench.context.events,
        )
        self.manage = manage
        self.videos = ReportVideos(cases=cases, preferences=preferences, authorization=authorization, changes=audit)
        self.take_downs = TakeDowns(cases=cases, queries=store, authorization=authorization, changes=audit)
        steps = TakeDownSteps(cases=cases, queries=store, queue=store, manage=manage, messages=self.posts)
        self.work = ModerationWork(cases=cases, steps=steps, queries=store, preferences=preferences, channel=self.staff)
        bench.context.events.listen(self.work.heard)

    async def choose(self, channel: int | None) -> None:
        await self.bench.records.write(OPTIONS, str(GUILD), GuildOptions(notices_channel=channel))

    async def look(self, *, forward: float = 0.0) -> None:
        self.bench.clock.forward(forward)
        await self.work.look([GUILD])

    async def a_video(self, **changes: Any) -> Job:
        """A finished one of Ann's, whose files are there."""
        bench, number = self.bench, len(self.bench.provider.orders) + 1
        bench.provider.submits = [f"video_{number}"]
        job_id = await bench.order(a_job(**changes))
        return await bench.run(job_id)

    async def case(self, job: Job) -> ModerationCase:
        found = await self.cases.of(job.id)
        assert found is not None
        return found

    @property
    def cards(self) -> list[CaseNews]:
        return [*self.staff.posted.values()]

    async def is_all_done(self) -> bool:
        return await self.bench.records.read(OPEN_CASES, str(GUILD)) is None


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with a_bench(tmp_path) as bench:
        office = Office(bench=bench)
        await office.choose(STAFF)
        yield office


def words_of(news: CaseNews) -> str:
    return render(phrases.heading(news)) + "\n" + render(phrases.body(news, "Sora 2", "https://discord.test/1"))


def buttons_of(news: CaseNews) -> list[str]:
    return [str(part.item.label) for part in CaseCard(news, "Sora 2").walk_children() if isinstance(part, JobButton)]


async def test_a_report_comes_before_managers_without_the_prompt(office: Office) -> None:
    video = await office.a_video()
    await office.videos.report(MEMBER, video, "  shows   a real person\n")
    await office.look()
    (card,) = office.cards
    assert "K" not in card.job.request.prompt
    assert words_of(card).splitlines()[0].startswith("🚩 **")
    assert f"> <@{MAX}>: shows a real person" in words_of(card)
    assert "fox" not in words_of(card)
    assert buttons_of(card) == ["Take down…", "Dismiss"]
    assert await office.is_all_done()


async def test_reports_of_one_video_gather_on_one_card(office: Office) -> None:
    video = await office.a_video()
    await office.videos.report(MEMBER, video, "")
    await office.look()
    await office.videos.report(ANOTHER, video, "this too")
    await office.look()
    assert len(office.cards) == 1
    assert "reported by 2 members" in words_of(office.staff.edited[-1])


async def test_a_member_reports_a_video_once(office: Office) -> None:
    video = await office.a_video()
    tries = [office.videos.report(MEMBER, video, "") for _ in range(3)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(each) for each in outcomes].count(BadRequest) == 2
    assert len((await office.case(video)).reports) == 1


async def test_a_member_reports_only_so_many_videos_a_day(office: Office) -> None:
    for _ in range(REPORTS_A_DAY):
        await office.videos.report(MEMBER, await office.a_video(), "")
    one_more = await office.a_video()
    with pytest.raises(BadRequest, match=rf"{REPORTS_A_DAY} videos a day. Nothing was sent"):
        await office.videos.report(MEMBER, one_more, "")
    await office.videos.report(ANOTHER, one_more, "")
    office.bench.clock.forward(timedelta(days=1).total_seconds())
    await office.videos.report(MEMBER, one_more, "")


@pytest.mark.parametrize(
    ("who", "changes", "words"),
    [
        (a_member(id=ANN), {}, "your own video"),
        (MANAGER, {"private": True}, "isn't posted"),
        (MEMBER, {"phase": Queued()}, "isn't posted"),
        (MEMBER, {"deleted": True}, "isn't posted"),
    ],
)
async def test_what_cannot_be_reported(office: Office, who: Member, changes: dict[str, Any], words: str) -> None:
    done = Done(video=a_video(), remote_id="video_1", finished_at=NOON)
    with pytest.raises(BadRequest, match=words):
        await office.videos.check_may_report(who, a_job(**{"phase": done, **changes}))


async def test_where_managers_have_no_channel_a_report_is_refused_with_what_to_do(office: Office) -> None:
    await office.choose(None)
    with pytest.raises(BadRequest, match=r"`/settings notices`\. Nothing was sent"):
        await office.videos.report(MEMBER, await office.a_video(), "")
    await office.bench.records.write(OPTIONS, str(GUILD), GuildOptions(log_channel=STAFF))
    await office.videos.report(MEMBER, await office.a_video(), "")
    await office.look()
    assert len(office.cards) == 1


async def test_a_card_that_discord_does_not_take_now_is_posted_later(office: Office) -> None:
    office.staff.troubles = [Unavailable("down"), Undeliverable("no right")]
    await office.videos.report(MEMBER, await office.a_video(), "")
    await office.look()
    assert not office.cards
    await office.look(forward=60)
    assert not office.cards
    await office.look(forward=60)
    assert not office.cards
    await office.look(forward=3600)
    assert len(office.cards) == 1


async def test_two_managers_at_once_are_one_decision(office: Office) -> None:
    video = await office.a_video()
    await office.videos.report(MEMBER, video, "")
    await office.look()
    decisions = [
        office.videos.dismiss(MANAGER, video),
        office.take_downs.begin(OTHER_MANAGER, video, reason="", with_remixes=False, was_reported=True),
    ]
    outcomes = await asyncio.gather(*decisions, return_exceptions=True)
    (refused,) = [each for each in outcomes if isinstance(each, BaseException)]
    assert isinstance(refused, BadRequest)
    assert "has already" in refused.sentence


async def test_a_dismissal_is_told_quietly_and_the_card_says_who(office: Office) -> None:
    video = await office.a_video()
    await office.videos.report(MEMBER, video, "")
    await office.look()
    await office.videos.dismiss(MANAGER, video)
    await office.look()
    (told,) = office.staff.told
    assert told.user_id == MAX
    assert "decided that it can stay" in render(phrases.outcome(told, "Studio"))
    assert f"can stay,** says <@{SAM}>" in words_of(office.staff.edited[-1])
    assert not buttons_of(office.staff.edited[-1])
    with pytest.raises(BadRequest, match="decided that it can stay"):
        await office.videos.report(MEMBER, video, "")
    assert await office.is_all_done()


async def test_a_dismissed_video_that_somebody_else_reports_is_a_new_card(office: Office) -> None:
    video = await office.a_video()
    await office.videos.report(MEMBER, video, "")
    await office.look()
    await office.videos.dismiss(MANAGER, video)
    await office.look(forward=1)
    await office.videos.report(ANOTHER, video, "")
    await office.look()
    assert len(office.cards) == 2
    assert (await office.case(video)).is_open


async def test_a_reported_video_that_its_maker_deletes_needs_no_decision(office: Office) -> None:
    video = await office.a_video()
    await office.videos.report(MEMBER, video, "")
    await office.look()
    await office.manage.delete(a_member(id=ANN), video.id)
    running = asyncio.create_task(office.work.run())
    async with asyncio.timeout(5):
        await office.staff.changed.wait()
    running.cancel()
    assert "was deleted** before anybody decided" in words_of(office.staff.edited[-1])


# Take-downs


async def test_a_taken_down_video_is_gone_everywhere_and_stays_in_the_books(office: Office) -> None:
    video = await office.a_video()
    await office.videos.report(MEMBER, video, "")
    await office.take_downs.begin(MANAGER, video, reason="a real person", with_remixes=False, was_reported=True)
    await office.look()
    after = await office.bench.job(video.id)
    assert after.deleted
    assert after.video is None
    assert after.cost == Usd.of("0.40")
    assert office.posts.removed == [video.id]
    assert office.bench.provider.forgotten == ["video_1"]
    with pytest.raises(FileNotFoundError):
        async with office.bench.context.files.local("" if video.video is None else video.video.video):
            pass
    assert "was taken down" in words_of((office.staff.edited or office.cards)[-1])
    told = {outcome.user_id: render(phrases.outcome(outcome, "Studio")) for outcome in office.staff.told}
    assert set(told) == {ANN, MAX}
    assert "Managers of Studio took down your video" in told[ANN]
    assert "**Reason:** a real person" in told[ANN]
    assert "A manager took it down" in told[MAX]
    assert await office.bench.store.check_books() == []
    assert office.audited.sentences == [f"the video {shown(video.id)}: shown → taken down"]
    assert await office.is_all_done()


async def a_remix(office: Office, source: Job, owner: int = MAX) -> Job:
    return await office.a_video(owner_id=owner, request=a_request(source=source.id))


async def test_a_take_down_counts_the_remixes_and_takes_them_along_if_asked(office: Office) -> None:
    video = await office.a_video()
    remix = await a_remix(office, video)
    of_remix = await a_remix(office, remix, owner=ANN)
    preview = await office.take_downs.preview(MANAGER, video)
    assert [job.id for job in preview.remixes] == [remix.id, of_remix.id]
    assert preview.cost == Usd.of("0.80")
    assert render(phrases.remixes_of(preview)) == "2 videos · by 2 members · cost $0.80"
    await office.take_downs.begin(MANAGER, video, reason="", with_remixes=True, was_reported=False)
    await office.look()
    assert office.posts.removed == [video.id, remix.id, of_remix.id]
    assert {outcome.user_id: len(outcome.videos) for outcome in office.staff.told} == {ANN: 2, MAX: 1}


async def test_remixes_stay_unless_asked(office: Office) -> None:
    video = await office.a_video()
    remix = await a_remix(office, video)
    await office.take_downs.begin(MANAGER, video, reason="", with_remixes=False, was_reported=False)
    await office.look()
    assert (await office.bench.job(remix.id)).video is not None


async def test_a_remix_that_is_still_made_is_called_off_and_removed_when_it_ends(office: Office) -> None:
    video = await office.a_video()
    waiting = await office.bench.job(await office.bench.order(a_job(request=a_request(source=video.id))))
    await office.take_downs.begin(MANAGER, video, reason="", with_remixes=True, was_reported=False)
    await office.look()
    assert (await office.case(video)).take_down is not None
    await office.look(forward=60)
    after = await office.bench.job(waiting.id)
    assert after.cancel_asked_by == SAM or after.is_at_rest
    assert after.deleted
    assert await office.is_all_done()


async def test_what_is_left_is_tried_again_and_given_up_after_a_day(office: Office) -> None:
    office.posts.stuck = 10**6
    video = await office.a_video()
    await office.take_downs.begin(MANAGER, video, reason="", with_remixes=False, was_reported=False)
    await office.look()
    down = (await office.case(video)).take_down
    assert down is not None
    assert "a message may still show it. I keep trying." in render(phrases.result(down))
    for _ in range(100):
        await office.look(forward=1800)
    down = (await office.case(video)).take_down
    assert down is not None
    assert down.ended
    assert "I've stopped trying." in render(phrases.result(down))
    assert await office.is_all_done()


async def test_a_service_that_is_down_is_asked_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[bool | KinoraError] = [Unavailable("down"), True]

    async def forget(_: str) -> bool:
        said = answers.pop(0)
        if isinstance(said, KinoraError):
            raise said
        return said

    video = await office.a_video()
    monkeypatch.setattr(office.bench.provider, "forget", forget)
    await office.take_downs.begin(MANAGER, video, reason="", with_remixes=False, was_reported=False)
    await office.look()
    assert not await office.is_all_done()
    await office.look(forward=60)
    assert not answers
    assert await office.is_all_done()


async def test_a_take_down_that_died_in_the_middle_goes_on(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    video = await office.a_video()
    remix = await a_remix(office, video)
    await office.take_downs.begin(MANAGER, video, reason="", with_remixes=True, was_reported=False)
    remove, deaths = office.posts.remove_posts, [0]

    async def dies(job_id: JobId) -> bool:
        deaths[0] += 1
        if deaths[0] == 2:
            raise asyncio.CancelledError
        return await remove(job_id)

    monkeypatch.setattr(office.posts, "remove_posts", dies)
    with pytest.raises(asyncio.CancelledError):
        await office.look()
    await office.look()
    assert office.posts.removed == [video.id]
    await office.look(forward=HELD.total_seconds() + 1)
    assert office.posts.removed == [video.id, remix.id]
    assert len(office.staff.told) == 2


async def test_one_process_works_on_a_case_at_a_time(office: Office) -> None:
    video = await office.a_video()
    await office.videos.report(MEMBER, video, "")
    await asyncio.gather(office.look(), office.look())
    assert len(office.cards) == 1


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (replace(MEMBER, roles=frozenset()), False),
        (MEMBER, False),
        (MANAGER, True),
        (replace(MANAGER, manages=False), False),
    ],
    ids=["stranger", "member", "manager", "manager whose role was taken"],
)
async def test_only_managers_take_down_and_dismiss(office: Office, who: Member, may: bool) -> None:
    video = await office.a_video()
    await office.videos.report(ANOTHER, video, "")
    if may:
        await office.take_downs.preview(who, video)
        await office.videos.dismiss(who, video)
        return
    for refused in (
        office.videos.dismiss(who, video),
        office.take_downs.preview(who, video),
        office.take_downs.begin(who, video, reason="", with_remixes=False, was_reported=False),
    ):
        with pytest.raises(NotAllowed):
            await refused
    assert (await office.case(video)).is_open


async def test_a_record_from_before_a_field_was_added_is_read(office: Office) -> None:
    video = await office.a_video()
    await office.bench.records.write(CASE, video.id, ModerationCase(guild_id=GUILD, owner_id=ANN, opened_at=NOON))
    assert (await office.case(video)).is_open
    assert await office.bench.records.read(TAKEN_DOWN, video.id) is None
