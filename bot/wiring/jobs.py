"""The jobs: their dependencies, the use cases that people start, and the worker that advances them."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial

from bot.clock import SystemClock
from bot.data_classes import wired
from bot.domain.links import AllHookLinks
from bot.domain.models.catalogue import Catalogue
from bot.domain.moderation.model import ModerationModel
from bot.domain.notices.channel import NoticeChannel
from bot.domain.ports.access_check import AccessCheck
from bot.domain.ports.clock import Clock
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.domain.ports.provider import Provider
from bot.domain.ports.publishing import ResultPublisher
from bot.jobs.context import StepContext
from bot.jobs.counters import Counters
from bot.jobs.delivery.withheld import WithheldDoubles
from bot.jobs.events import JobEvents
from bot.jobs.notices.finding import TroubleFinder
from bot.jobs.notices.log_posting import LogPoster
from bot.jobs.notices.own_keys import DirectMessages, KeyUpkeep
from bot.jobs.notices.telling import ManagerNotices, is_told
from bot.jobs.ordering.remix import RemixPlanner
from bot.jobs.providers.accounts import AccountWatch
from bot.jobs.providers.circuit_breaker import Circuit
from bot.jobs.providers.drains import Drains
from bot.jobs.providers.open_keys import OpenKeys
from bot.jobs.retention.quota import MeasuredQuota
from bot.jobs.retention.sweep import RetentionSweep
from bot.jobs.runner import Runner
from bot.jobs.timing.forecasts import RenderForecasts
from bot.jobs.timing.outlooks import RenderOutlooks
from bot.jobs.timing.poll_schedule import PollSchedule
from bot.jobs.timing.suspend import SuspendDetector
from bot.jobs.use_cases.allowances import MemberAllowances
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.webhooks.delivering import WebhookDeliveries
from bot.jobs.worker import Worker
from bot.media.processor import SubprocessMediaProcessor
from bot.settings import Settings
from bot.wiring.accounts import accounts_of
from bot.wiring.keys.opening import open_keys
from bot.wiring.providers import PricedHelper, open_catalogue, open_helper, open_moderation, open_providers
from bot.wiring.stores import Stores, open_stores
from bot.wiring.webhooks.outgoing import open_webhooks
from storage.db.database import Database
from storage.queue.accounts import SqlAccountQueues
from storage.records import SqlRecords


@wired
class JobParts:
    """What both the use cases and the worker use. A process has one."""

    clock: Clock
    events: JobEvents
    media: SubprocessMediaProcessor
    stores: Stores
    providers: Mapping[str, Provider]
    catalogue: Catalogue
    limits: ConcurrencyLimits
    remix_planner: RemixPlanner
    circuit: Circuit
    accounts: AccountWatch
    own_keys: OpenKeys
    approval_time: timedelta  # how long an order waits for approval
    counters: Counters
    guild_log: LogPoster
    webhook_deliveries: WebhookDeliveries
    moderation_model: ModerationModel | None
    quota: MeasuredQuota
    helper: PricedHelper | None
    outlooks: RenderOutlooks


async def open_parts(settings: Settings, opened: AsyncExitStack) -> JobParts:
    """Raises CannotStart."""
    clock = SystemClock()
    stores = await open_stores(settings, clock, opened, waits=True)
    ours = open_providers(settings, opened)
    own_keys, providers = await open_keys(settings, stores.keys, ours, opened)
    catalogue = await open_catalogue(settings, providers, clock, opened)
    remix_planner = RemixPlanner.of(providers, stores.records, clock)
    for account in accounts_of(settings):
        await remix_planner.endpoint_history.settle(account.name, account.base_url)
    counters, guild_log = Counters(), LogPoster()
    accounts = account_watch(settings, stores.queries.database, clock)
    return JobParts(
        clock=clock,
        events=JobEvents(),
        media=SubprocessMediaProcessor(),
        stores=stores,
        providers=providers,
        catalogue=catalogue,
        limits=concurrency_limits(settings),
        remix_planner=remix_planner,
        circuit=accounts.circuit,
        accounts=accounts,
        own_keys=own_keys,
        approval_time=timedelta(hours=settings.approval_hours),
        counters=counters,
        guild_log=guild_log,
        webhook_deliveries=await open_webhooks(
            settings, stores, opened, guild_log=guild_log, clock=clock, outcomes=counters.webhook_tries
        ),
        moderation_model=open_moderation(settings, opened),
        quota=MeasuredQuota(stores.kept_videos, settings.files_quota),
        helper=open_helper(settings, opened),
        outlooks=RenderOutlooks(
            catalogue=catalogue, forecasts=RenderForecasts(history=stores.render_history, clock=clock)
        ),
    )


def account_watch(settings: Settings, database: Database, clock: Clock) -> AccountWatch:
    """The state of the accounts, from the database."""
    records = SqlRecords(database=database, clock=clock)
    return AccountWatch(
        circuit=Circuit(records=records, clock=clock),
        drains=Drains(records=records, clock=clock),
        queues=SqlAccountQueues(database=database, clock=clock),
        places=concurrency_limits(settings).per_account,
    )


def concurrency_limits(settings: Settings) -> ConcurrencyLimits:
    limits = {account.name: account.max_renders for account in accounts_of(settings)}
    return ConcurrencyLimits(
        total=settings.max_concurrent_jobs,
        per_guild=settings.guild_concurrent_jobs,
        per_member=settings.member_concurrent_jobs,
        per_account={name: most for name, most in limits.items() if most is not None},
    )


def step_context(
    settings: Settings,
    parts: JobParts,
    *,
    publisher: ResultPublisher,
    access_check: AccessCheck,
    hook_links: AllHookLinks,
) -> StepContext:
    return StepContext(
        queue=parts.stores.queue,
        queries=parts.stores.queries,
        forecasts=parts.outlooks.forecasts,
        turns=parts.outlooks.turns,
        provider_orders=parts.stores.provider_orders,
        files=parts.stores.files,
        media=parts.media,
        providers=parts.providers,
        catalogue=parts.catalogue,
        events=parts.events,
        publisher=publisher,
        withheld=WithheldDoubles(queries=parts.stores.queries, records=parts.stores.records),
        access_check=access_check,
        clock=parts.clock,
        poll_schedule=_poll_schedule(settings),
        rng=random.Random(),  # noqa: S311 (spreads looks, guards nothing)
        remix_planner=parts.remix_planner,
        circuit=parts.circuit,
        drains=parts.accounts.drains,
        throttle=parts.accounts.throttle,
        counters=parts.counters,
        suspend_detector=SuspendDetector(time.monotonic),
        callback=hook_links.to,
        approval_time=parts.approval_time,
        quota=parts.quota,
        shares_database=settings.database_url is not None,
    )


def manager_notices(
    parts: JobParts, preferences: GuildPreferences, allowances: MemberAllowances, channel: NoticeChannel
) -> ManagerNotices:
    stores = parts.stores
    finder = TroubleFinder(
        queries=stores.queries,
        costs=stores.costs,
        allowances=allowances,
        circuit=parts.circuit,
        services={name: provider.label for name, provider in parts.providers.items()},
        catalogue=parts.catalogue,
        files=stores.files,
        quota=parts.quota,
        records=stores.records,
        clock=parts.clock,
    )
    return ManagerNotices(
        finder=finder, preferences=preferences, channel=channel, records=stores.records, clock=parts.clock
    )


def retention_sweep(parts: JobParts, preferences: GuildPreferences) -> RetentionSweep:
    return RetentionSweep(
        videos=parts.stores.kept_videos,
        preferences=preferences,
        files=parts.stores.files,
        guild_log=parts.guild_log,
        is_noticed=partial(is_told, parts.stores.records),
        clock=parts.clock,
    )


def key_upkeep(parts: JobParts, direct_messages: DirectMessages) -> KeyUpkeep:
    return KeyUpkeep(
        keys=parts.stores.keys,
        circuit=parts.circuit,
        providers=parts.providers,
        direct_messages=direct_messages,
        records=parts.stores.records,
        clock=parts.clock,
    )


def _poll_schedule(settings: Settings) -> PollSchedule:
    longest = settings.poll_max_seconds
    return PollSchedule(least=min(settings.poll_min_seconds, longest), most=longest)


def worker_of(settings: Settings, context: StepContext, limits: ConcurrencyLimits) -> Worker:
    return Worker(
        context.queue,
        Runner(context),
        limits,
        name=f"worker-{secrets.token_hex(6)}",
        lease_seconds=settings.lease_seconds,
        counters=context.counters,
        handed_back=context.handed_back,
        slow_accounts=lambda: {name for name, provider in context.providers.items() if provider.may_block},
    )
