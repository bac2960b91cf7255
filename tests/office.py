"""A server with a channel for its managers, with reports and takedowns."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.domain.errors import KinoraError
from bot.domain.guild import AccessPolicy, GuildOptions
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.moderation.cases import OPEN_CASES, ModerationCase
from bot.domain.moderation.channel import CaseNews, CaseOutcome
from bot.domain.phases import Done
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.guild import OPTIONS, GuildPreferences
from bot.jobs.use_cases.manage import ManageVideos
from bot.jobs.use_cases.moderation.blocks import MemberBlocks
from bot.jobs.use_cases.moderation.case_step import CaseParts
from bot.jobs.use_cases.moderation.cases import ModerationCases
from bot.jobs.use_cases.moderation.reports import ReportVideos
from bot.jobs.use_cases.moderation.take_downs import TakeDowns, TakeDownSteps
from bot.jobs.use_cases.moderation.venues import VenueRules
from bot.jobs.use_cases.moderation.work import ModerationWork
from bot.jobs.use_cases.tiers import GuildTiers
from bot.ui.cards.case_card import CaseCard
from bot.ui.interactions.buttons import JobButton
from bot.ui.text.phrases.moderation import reports as phrases
from bot.ui.text.render import render
from storage.guilds import GuildRows
from tests.builders import GUILD, MAX, NOON, SAM, a_job, a_member, a_video
from tests.changes import MemoryChanges, some_changes
from tests.workbench import Bench

STAFF = 77
MANAGER, OTHER_MANAGER = a_member(id=SAM, manages=True), a_member(id=104, manages=True)
MEMBER, ANOTHER = a_member(id=MAX), a_member(id=105)


@dataclass
class Staff:
    """The CaseChannel: follows its script first, and records what was posted, edited and sent."""

    troubles: list[KinoraError] = field(default_factory=list)
    posted: dict[str, CaseNews] = field(default_factory=dict)  # by nonce
    edited: list[CaseNews] = field(default_factory=list)
    told: list[CaseOutcome] = field(default_factory=list)
    covered: list[tuple[JobId, bool]] = field(default_factory=list)
    gone: bool = False
    found: PostedMessage | None = None  # the result of a search
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

    async def cover(self, job: Job, *, covered: bool) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        self.covered.append((job.id, covered))

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
            guilds=guilds,
            tiers=GuildTiers(records=bench.records, changes=audit),
            catalogue=bench.context.catalogue,
            blocks=MemberBlocks(records=bench.records, clock=bench.clock),
            venues=VenueRules(preferences=preferences),
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
        parts = CaseParts(cases=cases, steps=steps, queries=store, preferences=preferences, channel=self.staff)
        self.work = ModerationWork(parts=parts)
        bench.context.events.listen(self.work.heard)

    async def choose(self, channel: int | None) -> None:
        await self.bench.records.write(OPTIONS, str(GUILD), GuildOptions(notices_channel=channel))

    async def look(self, *, forward: float = 0.0) -> None:
        self.bench.clock.forward(forward)
        await self.work.look([GUILD])

    async def a_video(self, **changes: Any) -> Job:
        """A finished one of Ann's, without its files."""
        job_id = await self.bench.order(a_job(**changes))
        lease = await self.bench.lease()
        done = Done(video=a_video(), remote_id=f"of {job_id}", finished_at=NOON)
        return (await self.bench.store.move(lease, replace(lease.job, phase=done, cost=lease.job.quote))).job

    async def case(self, job: Job) -> ModerationCase:
        found = await self.cases.of(job.id)
        assert found is not None
        return found

    @property
    def cards(self) -> list[CaseNews]:
        return [*self.staff.posted.values()]

    async def is_all_done(self) -> bool:
        return await self.bench.records.read(OPEN_CASES, str(GUILD)) is None


def words_of(news: CaseNews) -> str:
    return render(phrases.heading(news)) + "\n" + render(phrases.body(news, "Sora 2", "https://discord.test/1"))


def buttons_of(news: CaseNews) -> list[str]:
    return [str(part.item.label) for part in CaseCard(news, "Sora 2").walk_children() if isinstance(part, JobButton)]
