"""A contest with everything around it except Discord: its messages are recorded as what they would show."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from bot.domain.access.members import Member
from bot.domain.access.tiers import Tiers
from bot.domain.audit.log_channel import LogCard
from bot.domain.errors import KinoraError
from bot.domain.guild import GuildOptions
from bot.domain.job import Job
from bot.domain.moderation.blocks import Block, GuildBlocks
from bot.domain.moderation.venues import Venue
from bot.domain.phases import Done
from bot.domain.ports.studio.contests import ContestCard, ContestResult
from bot.domain.studio.contests.contest import Contest
from bot.jobs.use_cases.guild import OPTIONS
from bot.jobs.use_cases.moderation.blocks import BLOCKS
from bot.jobs.use_cases.studio.contests.enter import EnterContests
from bot.jobs.use_cases.studio.contests.known import KnownContests
from bot.jobs.use_cases.studio.contests.run import ContestPlan, RunContests
from bot.jobs.use_cases.studio.contests.step import ContestSteps
from bot.jobs.use_cases.studio.contests.vote import VoteInContests
from bot.jobs.use_cases.studio.contests.work import ContestWorker
from bot.jobs.use_cases.tiers import TIERS
from storage.jobs.mapping import row_of
from storage.studio.contests.store import SqlContests
from storage.studio.contests.work import SqlContestWork
from storage.tables import jobs
from tests.builders import KnownChannels, a_member
from tests.changes import some_changes
from tests.contract.databases import ANN, BEN, GUILD, NOON, World, a_job, a_video
from tests.scripted import MemoryRecords
from tests.tiers import ScriptedGuilds, a_tier, an_authorization

LOUNGE = 20
SAM = 2**60 + 9
SEES = KnownChannels(seen=frozenset({LOUNGE}))
MANAGER = a_member(id=7, guild_id=GUILD, manages=True)
ANN_HERE, BEN_HERE, SAM_HERE = (a_member(id=each, guild_id=GUILD, channels=SEES) for each in (ANN, BEN, SAM))
STRANGER = a_member(id=8, guild_id=GUILD, roles=frozenset(), channels=KnownChannels(seen=frozenset()))
TIER_MEMBER = a_member(id=9, guild_id=GUILD, roles=frozenset({70}), channels=SEES)
BLOCKED = a_member(id=10, guild_id=GUILD, channels=SEES)
THE_STORES_OWN = {"period": "2026-11", "lease_epoch": 0, "crashes": 0}  # columns
_numbers = itertools.count(1)


@dataclass
class ShownContests:
    """The ContestChannel, and the log channel. The next posts and edits raise the entries of `refuses`."""

    cards: list[ContestCard] = field(default_factory=list)
    results: list[ContestResult] = field(default_factory=list)
    redrawn: list[ContestResult] = field(default_factory=list)
    nonces: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    refuses: KinoraError | None = None
    found: int | None = None
    is_gone: bool = False

    def _may_refuse(self) -> None:
        if self.refuses is not None:
            raise self.refuses

    async def post_card(self, card: ContestCard, *, nonce: str) -> int:
        self._may_refuse()
        self.cards.append(card)
        self.nonces.append(nonce)
        return len(self.cards)

    async def edit_card(self, card: ContestCard) -> bool:
        self._may_refuse()
        self.cards.append(card)
        return not self.is_gone

    async def post_result(self, result: ContestResult, *, nonce: str) -> int:
        self._may_refuse()
        self.results.append(result)
        self.nonces.append(nonce)
        return 100 + len(self.results)

    async def edit_result(self, result: ContestResult) -> bool:
        self._may_refuse()
        self.redrawn.append(result)
        return True

    async def find_card(self, contest: Contest) -> int | None:
        assert contest.card_id is None
        return self.found

    async def find_result(self, contest: Contest) -> int | None:
        assert contest.result_id is None
        return self.found

    def post(self, guild_id: int, card: LogCard) -> None:
        assert guild_id == GUILD
        self.told.append(str(card.body))


@dataclass
class OpenVenues:
    """The ChannelVenues of a server without age restriction."""

    async def of(self, guild_id: int, channel_id: int) -> Venue:
        assert (guild_id, channel_id) == (GUILD, LOUNGE)
        return Venue.OPEN


@dataclass(kw_only=True)
class ContestStage:
    world: World
    shown: ShownContests
    records: MemoryRecords
    known: KnownContests
    run: RunContests
    enter: EnterContests
    votes: VoteInContests
    worker: ContestWorker

    async def start(self, **plan: Any) -> Contest:
        usual = {"channel_id": LOUNGE, "theme": "Winter", "deadline": "3 days"}
        return await self.run.start(MANAGER, ContestPlan(**{**usual, **plan}))

    async def a_film(self, owner: Member = ANN_HERE, **changes: Any) -> Job:
        """A finished video of theirs, made a moment after now."""
        at = self.world.clock.now() + timedelta(milliseconds=next(_numbers))
        number = next(_numbers)
        done = Done(video=a_video(), remote_id=f"remote no. {number}", finished_at=at)
        job = a_job(**{"owner_id": owner.id, "created_at": at, "phase": done, **changes})
        row = insert(jobs).values({**row_of(job), **THE_STORES_OWN})
        await self.world.database.write(lambda connection: connection.execute(row))
        return job

    async def entered(self, contest: Contest, owner: Member = ANN_HERE, **changes: Any) -> Job:
        film = await self.a_film(owner, **changes)
        await self.enter.enter(owner, contest.id, film.id, OpenVenues())
        return film

    async def after(self, **passed: float) -> None:
        """Let time pass, and do what is due."""
        self.world.clock.moment += timedelta(**passed)
        await self.worker.look()

    async def deleted(self, job: Job) -> None:
        await self.world.scribble(job, deleted=True)
        self.worker.heard(replace(job, deleted=True))

    def another_process(self) -> ContestWorker:
        return ContestWorker(steps=self.worker.steps)

    async def now(self, contest: Contest) -> Contest:
        found = await self.known.store.get(contest.id)
        assert found is not None
        return found


async def a_contest_stage(world: World, options: GuildOptions | None = None) -> ContestStage:
    records, shown = MemoryRecords(), ShownContests()
    blocked = Block(member_id=BLOCKED.id, by=MANAGER.id, since=NOON, reason="")
    await records.write(BLOCKS, str(GUILD), GuildBlocks(blocks=(blocked,)))
    await records.write(TIERS, str(GUILD), Tiers(order=(a_tier("Staff", 70, sees_history=True),)))
    if options is not None:
        await records.write(OPTIONS, str(GUILD), options)
    authorization = await an_authorization(records=records)
    known = KnownContests(store=SqlContests(database=world.database), clock=world.clock)
    steps = ContestSteps(known=known, store=SqlContestWork(database=world.database), channel=shown, log=shown)
    guilds: Any = ScriptedGuilds()
    return ContestStage(
        world=world,
        shown=shown,
        records=records,
        known=known,
        run=RunContests(known=known, steps=steps, authorization=authorization, guilds=guilds, changes=some_changes()),
        enter=EnterContests(known=known, queries=world.store, library=world.store, authorization=authorization),
        votes=VoteInContests(known=known, authorization=authorization),
        worker=ContestWorker(steps=steps),
    )
