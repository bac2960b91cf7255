"""The stores: opened and checked."""

from __future__ import annotations

import asyncio
import errno
import logging
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass

from bot.data_classes import wired
from bot.domain.errors import CannotStart, DatabaseAway, StoreAway, StoreRefuses
from bot.domain.money.usd import Usd
from bot.domain.ports.clock import Clock
from bot.settings import Settings
from bot.wiring.files import KeptFiles, open_files
from bot.wiring.paths import database_url, make_data_dir
from storage.db.database import Database
from storage.guilds import GuildRows
from storage.jobs.file_references import SqlFileReferences
from storage.jobs.provider_orders import SqlProviderOrders
from storage.jobs.queries import SqlJobQueries
from storage.jobs.queue import SqlJobQueue
from storage.jobs.render_history import SqlRenderHistory
from storage.jobs.stats import SqlInstallationStats
from storage.keys.store import SqlKeyStore
from storage.messages import MessageRows
from storage.money.audit import audit_mended
from storage.money.costs import SqlCostReports
from storage.money.helper_calls import SqlHelperCalls
from storage.money.scope_reports import SqlScopeReports
from storage.queue.bulk import SqlBulkQueries
from storage.queue.holds import SqlQueueHolds
from storage.records import SqlRecords
from storage.reports.rebuild import mend
from storage.reports.statistics import SqlStatReports
from storage.retention.kept_videos import SqlKeptVideos
from storage.setting_changes import SqlSettingChanges
from storage.studio.collections import SqlCollections
from storage.studio.contests.store import SqlContests
from storage.studio.contests.work import SqlContestWork
from storage.studio.favourites import SqlFavourites
from storage.studio.library import SqlVideoLibrary
from storage.studio.presets import SqlPresets
from storage.studio.ratings.store import SqlRatings
from storage.studio.ratings.sums import mend as mend_ratings
from storage.studio.search.walk import SqlSearchWalk
from storage.studio.showcase.store import SqlShowcase
from storage.studio.votes import SqlVotes
from storage.webhooks.store import SqlWebhooks

log = logging.getLogger(__name__)

LOOK_AGAIN = 2.0  # seconds between two attempts to reach the database
NAME_PATIENCE = 60.0  # seconds for which an unknown host may be a stopped container rather than a typing error


@wired
class Stores:
    """Where things are kept."""

    queue: SqlJobQueue
    queries: SqlJobQueries
    render_history: SqlRenderHistory
    provider_orders: SqlProviderOrders
    costs: SqlCostReports
    scopes: SqlScopeReports
    stats: SqlInstallationStats
    video_stats: SqlStatReports
    guilds: GuildRows
    messages: MessageRows
    records: SqlRecords
    files: KeptFiles
    file_references: SqlFileReferences
    holds: SqlQueueHolds
    bulk: SqlBulkQueries
    keys: SqlKeyStore
    setting_changes: SqlSettingChanges
    votes: SqlVotes
    favourites: SqlFavourites
    collections: SqlCollections
    contests: SqlContests
    contest_work: SqlContestWork
    ratings: SqlRatings
    showcase: SqlShowcase
    presets: SqlPresets
    library: SqlVideoLibrary
    helper_calls: SqlHelperCalls
    search_index: SqlSearchWalk
    kept_videos: SqlKeptVideos
    webhooks: SqlWebhooks


async def open_stores(settings: Settings, clock: Clock, opened: AsyncExitStack, *, waits: bool = False) -> Stores:
    """Raises CannotStart if the database or the data folder can't be used.

    `waits`: for a database that is merely down; it also does without a file store that is down, as nothing is ordered
    then.
    """
    make_data_dir(settings)
    url = database_url(settings)
    database = await (_once_it_is_there(url) if waits else Database.open(url))
    opened.push_async_callback(database.close)
    stores = _stores_on(database, settings, clock)
    await _check_files(stores.files, settings, waits=waits)
    await stores.files.sweep()
    await stores.records.clean()
    return stores


async def check_sums(database: Database) -> None:
    """Checks that the books and the ratings add up. It reads all of them, so it runs in the background."""
    await check_books(database)
    await add_up_ratings(database)


async def check_books(database: Database) -> None:
    """Correct the stored totals, then log what does not add up."""
    try:
        if mended := await mend(database):
            log.info("the sums of /costs were made anew from the videos; servers: %d", len(mended))
        complaints = await audit_mended(database, mended)
    except Exception:
        # What cannot be checked must never keep the bot from starting.
        log.exception("whether the ledger adds up could not be found out")
        return
    for complaint in complaints:
        log.error("the ledger does not add up: %s", complaint)


async def add_up_ratings(database: Database) -> None:
    """Rebuild wrong totals."""
    try:
        rated = await mend_ratings(database)
    except Exception:
        # What cannot be checked must never keep the bot from starting.
        log.exception("whether the sums of ratings are right could not be found out")
        return
    if rated:
        log.info("the ratings of %d videos were added up", rated)


@dataclass(slots=True)
class NamePatience:
    """How long the host's name has been unknown: a container that is being recreated has none for a moment, either."""

    since: float | None = None

    def is_over(self, away: DatabaseAway, now: float) -> bool:
        """Whether that has been too long, after one more attempt."""
        self.since = (now if self.since is None else self.since) if away.unknown_host else None
        return self.since is not None and now - self.since > NAME_PATIENCE


async def _once_it_is_there(url: str) -> Database:
    """Like `Database.open`. A process that ended instead would only be restarted."""
    began, said, patience = time.monotonic(), False, NamePatience()
    while True:
        try:
            database = await Database.open(url)
        except DatabaseAway as away:
            if patience.is_over(away, time.monotonic()):
                raise
            if not said:
                log.warning("%s Kinora waits for it; nothing is lost meanwhile.", away.sentence)
            said = True
            await asyncio.sleep(LOOK_AGAIN)
        else:
            if said:
                log.info("the database is there after %.0f s", time.monotonic() - began)
            return database


def _stores_on(database: Database, settings: Settings, clock: Clock) -> Stores:
    budget = Usd.of(settings.guild_monthly_budget_usd)
    return Stores(
        queue=SqlJobQueue(
            database=database,
            clock=clock,
            budget=budget,
            lease_seconds=settings.lease_seconds,
            member_waiting=settings.member_waiting_jobs,
        ),
        queries=SqlJobQueries(database=database, clock=clock),
        render_history=SqlRenderHistory(database=database),
        provider_orders=SqlProviderOrders(database=database),
        costs=SqlCostReports(database=database, clock=clock, budget=budget),
        scopes=SqlScopeReports(database=database, clock=clock, budget=budget),
        stats=SqlInstallationStats(database=database, clock=clock),
        video_stats=SqlStatReports(database=database),
        guilds=GuildRows(database=database, opening=settings.access_default, budget=budget),
        messages=MessageRows(database=database),
        records=SqlRecords(database=database, clock=clock),
        files=open_files(settings),
        file_references=SqlFileReferences(database=database),
        holds=SqlQueueHolds(database=database),
        bulk=SqlBulkQueries(database=database),
        keys=SqlKeyStore(database=database, clock=clock),
        setting_changes=SqlSettingChanges(database=database),
        votes=SqlVotes(database=database),
        favourites=SqlFavourites(database=database),
        collections=SqlCollections(database=database),
        contests=SqlContests(database=database),
        contest_work=SqlContestWork(database=database),
        ratings=SqlRatings(database=database),
        showcase=SqlShowcase(database=database),
        presets=SqlPresets(database=database),
        library=SqlVideoLibrary(database=database),
        helper_calls=SqlHelperCalls(database=database, clock=clock, budget=budget),
        search_index=SqlSearchWalk(database=database, clock=clock),
        kept_videos=SqlKeptVideos(database=database),
        webhooks=SqlWebhooks(database=database, clock=clock),
    )


async def _check_files(files: KeptFiles, settings: Settings, *, waits: bool) -> None:
    try:
        await files.check()
    except StoreAway as away:
        if isinstance(away, StoreRefuses) or not waits:
            raise CannotStart(away.message) from None
        log.warning("%s Nothing is ordered until it does; FILES_URL says where it is.", away.sentence)
    except OSError as error:
        # A full disk will be freed at some point, and nothing is ordered until then; any other problem needs a person.
        if error.errno != errno.ENOSPC:
            raise CannotStart(f"Nothing can be written to DATA_DIR {settings.data_dir}: {error.strerror}.") from None
        log.warning("the disk of DATA_DIR is full; nothing is ordered until there is room")
