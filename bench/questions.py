"""Queries that people make on the largest server, each made like the bot does, through its store."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bench.million import LARGEST, MEMBERS, NOW, POOL, STEP, id_of
from bot.domain.accounts import KeyOwner
from bot.domain.audit.changes import SettingChange
from bot.domain.guild import AccessPolicy
from bot.domain.history import Cursor, Direction, HistoryFilter
from bot.domain.ids import JobId
from bot.domain.keys.own_key import OwnKey
from bot.domain.messages import msg
from bot.domain.moderation.blocks import Block, GuildBlocks
from bot.domain.money.allowances import Allowances, Grant, Pool
from bot.domain.money.costs import CostQuestion, DateRange, Grouping, Period
from bot.domain.money.usd import Usd
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.domain.ports.render_history import RenderKind
from bot.domain.queue.bulk import Wanted
from bot.domain.studio.library import Reader, VideoFilter, VideoOrder
from bot.domain.video import Size
from bot.jobs.use_cases.moderation.blocks import BLOCKS
from bot.wiring.cogs.me import ABOUT_MEMBERS
from storage.db.database import Database
from storage.guilds import GuildRows
from storage.jobs.queries import SqlJobQueries
from storage.jobs.queue import SqlJobQueue
from storage.jobs.render_history import SqlRenderHistory
from storage.keys.store import SqlKeyStore
from storage.messages import MessageRows
from storage.money.costs import SqlCostReports
from storage.money.scope_reports import SqlScopeReports
from storage.own_data.stored import SqlOwnData
from storage.queue.bulk import SqlBulkQueries
from storage.queue.holds import SqlQueueHolds
from storage.records import SqlRecords
from storage.reports.statistics import SqlStatReports
from storage.setting_changes import SqlSettingChanges
from storage.studio.library import SqlVideoLibrary
from storage.studio.ratings.sums import mend

Ask = Callable[[], Awaitable[object]]

TODAY = NOW.date()
MONTH, EVER = Period.MONTH.days(TODAY), Period.ALL.days(TODAY)
LONG = DateRange(date(2025, 1, 20), date(2026, 11, 11))
ONE = LARGEST * STEP + 7  # a member
SOME = frozenset(LARGEST * STEP + number for number in range(0, 100, 2))  # those who have a role
BUDGET = Usd.of(25)
PLACES = ConcurrencyLimits(total=3)
SIZE = Size(1280, 720)
BEST = VideoFilter(order=VideoOrder.BEST)


@dataclass(frozen=True, slots=True)
class AtNoon:
    """The clock of a bot that is asked right after the newest order."""

    def now(self) -> datetime:
        return NOW

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def baseline(database: Database) -> Ask:
    """The query that the others are compared with: a job by its id."""
    queries = SqlJobQueries(database=database, clock=AtNoon())
    return lambda: queries.get(JobId(id_of(100)))


def questions(database: Database) -> Mapping[str, Ask]:
    return {
        **_costs(database),
        **_stats(database),
        **_queue(database),
        **_history(database),
        **_limits(database),
        **_settings(database),
        **_own_data(database),
    }


def _costs(database: Database) -> Mapping[str, Ask]:
    costs = SqlCostReports(database=database, clock=AtNoon(), budget=BUDGET)

    def spending(days: DateRange, by: Grouping, owners: frozenset[int] | None = None) -> Ask:
        question = CostQuestion(guild_id=LARGEST, owners=owners, days=days, by=by)
        return lambda: costs.report(question)

    everybodys = CostQuestion(guild_id=LARGEST, owners=None, days=EVER)
    return {
        "/costs server, today, by model": spending(Period.TODAY.days(TODAY), Grouping.MODEL),
        "/costs server, month, by day": spending(MONTH, Grouping.DAY),
        "/costs server, month, by member": spending(MONTH, Grouping.MEMBER),
        "/costs server, ever, by model": spending(EVER, Grouping.MODEL),
        "/costs server, ever, by member": spending(EVER, Grouping.MEMBER),
        "/costs server, ever, by day": spending(EVER, Grouping.DAY),
        "/costs server, 22 months, by mode": spending(LONG, Grouping.MODE),
        "/costs server, 22 months, by member": spending(LONG, Grouping.MEMBER),
        "/costs role of 50, month, by model": spending(MONTH, Grouping.MODEL, SOME),
        "/costs role of 50, ever, by member": spending(EVER, Grouping.MEMBER, SOME),
        "/costs role of 50, 22 months, day": spending(LONG, Grouping.DAY, SOME),
        "/costs mine, month, by model": spending(MONTH, Grouping.MODEL, frozenset({ONE})),
        "/costs mine, ever, by day": spending(EVER, Grouping.DAY, frozenset({ONE})),
        "/costs who spent most, ever": lambda: costs.spenders(everybodys, 300),
        "/costs CSV, 500 lines": lambda: costs.charges(everybodys, None, 500),
        "/costs the month's budget": lambda: costs.month(LARGEST),
    }


def _stats(database: Database) -> Mapping[str, Ask]:
    stats = SqlStatReports(database=database)
    return {
        "/stats 30 days": lambda: stats.stats(LARGEST, Period.DAYS_30.days(TODAY)),
        "/stats ever": lambda: stats.stats(LARGEST, EVER),
    }


def _queue(database: Database) -> Mapping[str, Ask]:
    queries, holds = SqlJobQueries(database=database, clock=AtNoon()), SqlQueueHolds(database=database)
    bulk, renders = SqlBulkQueries(database=database), SqlRenderHistory(database=database)
    kinds = [RenderKind(account="openai", model=model, seconds=8, size=SIZE) for model in ("sora-2", "veo-3.1")]
    long_ago = NOW - timedelta(days=600)
    return {
        "/status, under way": lambda: queries.under_way(LARGEST, most=60),
        "/status, places in line": lambda: queries.lines(LARGEST, PLACES),
        "/status, usual times": lambda: renders.render_times(kinds, LARGEST),
        "/status, for a manager": lambda: queries.in_review(LARGEST),
        "/status, for an approver": lambda: queries.awaiting_approval(LARGEST),
        "/status, my latest": lambda: queries.latest(LARGEST, ONE, 10),
        "/queue, its title": lambda: queries.queue_totals(LARGEST),
        "/queue, a page": lambda: queries.under_way(LARGEST, 0, 6),
        "/queue, whether it is paused": lambda: holds.queue_hold(LARGEST),
        "/queue, 100 that failed": lambda: bulk.failed(LARGEST, long_ago, None, 100),
        "/queue, 500 to delete": lambda: bulk.deletable(LARGEST, Wanted(), 500),
        "/queue, 500 of a member to delete": lambda: bulk.deletable(LARGEST, Wanted(owner_id=ONE), 500),
    }


def _history(database: Database) -> Mapping[str, Ask]:
    queries, messages = SqlJobQueries(database=database, clock=AtNoon()), MessageRows(database=database)
    library, reader = SqlVideoLibrary(database=database), Reader(member_id=ONE)

    def page(wanted: VideoFilter, cursor: Cursor | None = None) -> Ask:
        return lambda: library.page(LARGEST, wanted, reader, cursor, 5)

    middle = Cursor(direction=Direction.OLDER, at=JobId(id_of(500000)))
    narrowed = [state for state in HistoryFilter if state is not HistoryFilter.ALL]
    return {
        "/history mine": page(VideoFilter(owner_id=ONE)),
        **{f"/history mine, {state}": page(VideoFilter(owner_id=ONE, state=state)) for state in narrowed},
        "/history mine, of one model": page(VideoFilter(owner_id=ONE, model="sora-2")),
        "/history mine, of no such model": page(VideoFilter(owner_id=ONE, model="none")),
        "/history mine, a page of a year ago": page(VideoFilter(owner_id=ONE), middle),
        "/history server": page(VideoFilter()),
        "/history server, the best rated": page(BEST),
        "/history server, the best rated of one model": page(replace(BEST, model="sora-2")),
        "/history server, the best rated of no such model": page(replace(BEST, model="none")),
        "/history server, the best rated of a year ago": page(replace(BEST, before=NOW - timedelta(days=365))),
        "/history server, the best rated, where disliked ones begin": page(BEST, middle),
        "/history mine, the best rated": page(replace(BEST, owner_id=ONE)),
        "/history mine, well rated": page(VideoFilter(owner_id=ONE, well_rated=True)),
        **{f"/history server, {state}": page(VideoFilter(state=state)) for state in narrowed},
        "/history server, of one model": page(VideoFilter(model="sora-2")),
        "/history, whether it was posted": lambda: messages.shown(JobId(id_of(500000))),
        "/remix, suggestions, nothing found": lambda: queries.finished(LARGEST, ONE, "no such words", 25),
        "/remix, suggestions, found": lambda: queries.finished(LARGEST, ONE, "fox", 25),
        "/remix, what was made of a video": lambda: queries.remixes([JobId(id_of(500000))]),
    }


def _limits(database: Database) -> Mapping[str, Ask]:
    scopes = SqlScopeReports(database=database, clock=AtNoon(), budget=BUDGET)
    keys = SqlKeyStore(database=database, clock=AtNoon())
    queue = SqlJobQueue(database=database, clock=AtNoon(), budget=Usd.of(10**6), member_waiting=10**6)
    pool = Pool(role_id=POOL, monthly=Usd.of(10**6))
    grants = tuple(_grant(f"g{owner}", owner) for owner in (ONE, *sorted(SOME)))
    theirs = Allowances(month=Usd.of(10**6), day=Usd.of(10**6), pools=(pool,), grants=grants[:1])
    account = KeyOwner(guild_id=LARGEST, member_id=ONE).account("openai")
    return {
        "order, its limits": lambda: scopes.used(LARGEST, ONE, theirs),
        "order, whether there is room": lambda: queue.check_room(LARGEST, ONE, Usd(1), theirs),
        "order, what it draws on": lambda: scopes.drawn(JobId(id_of(500000))),
        "/settings budgets, pools": lambda: scopes.pool_months(LARGEST, [pool]),
        "/settings budgets, 51 grants": lambda: scopes.used(LARGEST, ONE, Allowances(grants=grants)),
        "/keys, a key's month": lambda: scopes.of_own_key(account),
        "/keys, of a member": lambda: keys.usable(LARGEST, ONE),
    }


def _grant(name: str, owner: int) -> Grant:
    return Grant(id=name, member_id=owner, amount=Usd.of(10**6), until=NOW + timedelta(days=1))


def _settings(database: Database) -> Mapping[str, Ask]:
    records, changes = SqlRecords(database=database, clock=AtNoon()), SqlSettingChanges(database=database)
    guilds = GuildRows(database=database, opening=AccessPolicy.GRANTED, budget=BUDGET)
    return {
        "/settings, the rules": lambda: guilds.guild_settings(LARGEST),
        "/settings history": lambda: changes.page(LARGEST, 8),
        "/settings moderation, who is blocked": lambda: records.read(BLOCKS, str(LARGEST)),
    }


def _own_data(database: Database) -> Mapping[str, Ask]:
    mine = SqlOwnData(database=database, clock=AtNoon(), about=ABOUT_MEMBERS)
    return {
        "/me, what is stored": lambda: mine.stored(ONE),
        "/me, small facts": lambda: mine.facts(ONE),
        "/me, 500 orders": lambda: mine.jobs(ONE, None, 500),
    }


# Written by the stores


async def add_the_rest(database: Database) -> None:
    """Keys, blocks and setting changes of the largest server, and the totals of all ratings."""
    await mend(database)
    keys, records = SqlKeyStore(database=database, clock=AtNoon()), SqlRecords(database=database, clock=AtNoon())
    for member_id in (None, *range(LARGEST * STEP, LARGEST * STEP + MEMBERS)):
        key = OwnKey(
            account=KeyOwner(guild_id=LARGEST, member_id=member_id).account("openai"),
            ending="-key",
            month_limit=Usd.of(10**6),
            added_by=ONE,
            added_at=NOW,
        )
        await keys.put(key, "sealed", may_replace=True)
    blocks = [Block(member_id=LARGEST * STEP + number, by=ONE, since=NOW, reason="") for number in range(200)]
    await records.write(BLOCKS, str(LARGEST), GuildBlocks(blocks=tuple(blocks)))
    change = SettingChange(guild_id=LARGEST, by=ONE, what=msg("the time zone"), before=None, after=msg("UTC"))
    await SqlSettingChanges(database=database).add([change] * 5_000, NOW)
