"""The composition root: builds everything once, bottom to top, and closes it in reverse. Only `app` imports it."""

from __future__ import annotations

import errno
import logging
import random
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.client import VideoBot
from bot.clock import SystemClock
from bot.domain.errors import CannotStart
from bot.domain.links import HookLinks, PlayerLinks
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.usd import Usd
from bot.domain.pictures import Darkroom
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.domain.ports.provider import Provider
from bot.jobs.context import StepContext, no_callback
from bot.jobs.delivery.previews import Previews
from bot.jobs.delivery.upload_limits import UploadLimits
from bot.jobs.events import JobEvents
from bot.jobs.ordering.quoting import Orders
from bot.jobs.ordering.remix import RemixPlanner
from bot.jobs.providers.circuit_breaker import Circuit
from bot.jobs.reconcile.sweep import Reconciler
from bot.jobs.reconcile.webhooks import WebhookIntake
from bot.jobs.runner import Runner
from bot.jobs.timing.poll_schedule import PollSchedule
from bot.jobs.timing.suspend import SuspendDetector
from bot.jobs.use_cases.service import JobService
from bot.jobs.worker import Worker
from bot.media.darkroom import ProcessDarkroom
from bot.providers.catalogue.load import CatalogueFile, load_catalogue
from bot.providers.catalogue.refresh import CatalogueRefresh
from bot.settings import Settings
from bot.ui.interactions.error_handler import ReportingTree
from bot.ui.interactions.members import DiscordAccessCheck
from bot.ui.publish.announcer import Announcer
from bot.ui.publish.result_poster import ResultPoster
from bot.web.loop_lag import LoopLag
from bot.web.metrics import Metrics
from bot.web.player import PlayerPages
from bot.web.server import serve
from bot.web.webhooks import Webhooks
from bot.wiring.accounts import (
    accounts_of,
    concurrency_limits,
    model_list,
    model_lists,
    providers_of,
    webhook_reader,
)
from storage.db.database import Database
from storage.files.local import LocalFiles
from storage.files.signing_key import lasting_key
from storage.guilds import GuildRows
from storage.jobs.store import JobRows
from storage.messages import MessageRows
from storage.records import SqlRecords

log = logging.getLogger(__name__)

COGS = (
    "cogs.create",
    "cogs.animate",
    "cogs.status",
    "cogs.history",
    "cogs.models",
    "cogs.costs",
    "cogs.settings",
    "cogs.review",
    "cogs.answers",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A running Kinora, ready to be connected."""

    client: VideoBot
    announcer: Announcer
    worker: Worker
    sweep: Reconciler
    providers: Mapping[str, Provider]


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Application]:
    """Everything, wired. What was opened is closed in reverse, whatever happens."""
    async with AsyncExitStack() as opened:
        clock, events, darkroom = SystemClock(), JobEvents(), ProcessDarkroom()
        stores = await _stores(settings, clock, opened)
        providers = _closed_in_the_end(providers_of(settings), opened)
        catalogue, places = await _catalogue(settings, providers, clock, opened), concurrency_limits(settings)
        remix_planner = RemixPlanner.of(providers, stores.records, clock)
        for account in accounts_of(settings):
            await remix_planner.endpoint_history.settle(account.name, account.base_url)
        circuit = Circuit(records=stores.records, clock=clock)
        jobs = JobService(
            store=stores.jobs,
            guilds=stores.guilds,
            files=stores.files,
            orders=Orders(catalogue, darkroom, stores.files, remix_planner),
            providers=providers,
            events=events,
            clock=clock,
            places=places,
            confirm_above=Usd.of(settings.confirm_above_usd),
            circuit=circuit,
        )
        client = VideoBot(
            jobs=jobs,
            messages=stores.messages,
            files=stores.files,
            records=stores.records,
            cogs=COGS,
            tree_cls=ReportingTree,
            media_hosts=frozenset(settings.discord_media_hosts),
        )
        links, hook_links = _links(settings), _hook_links(settings)
        announcer = _announcer(client, stores, darkroom, clock, links if settings.public_url else None)
        opened.push_async_callback(announcer.close)
        context = StepContext(
            store=stores.jobs,
            files=stores.files,
            darkroom=darkroom,
            providers=providers,
            catalogue=catalogue,
            events=events,
            publisher=announcer,
            access_check=DiscordAccessCheck(client),
            clock=clock,
            poll_schedule=PollSchedule(least=settings.poll_min_seconds, most=settings.poll_max_seconds),
            chance=random.Random(),  # noqa: S311 (spreads looks, guards nothing)
            remix_planner=remix_planner,
            circuit=circuit,
            suspend_detector=SuspendDetector(time.monotonic),
            callback=hook_links.to if hook_links else no_callback,
        )
        worker = _worker(settings, context, places)
        if links is not None:
            await _serve_pages(settings, stores, context, links, opened, hook_links=hook_links)
        events.listen(announcer.heard)
        events.listen(worker.wake)
        sweep = Reconciler(context, stores.records)
        yield Application(client=client, announcer=announcer, worker=worker, sweep=sweep, providers=providers)


def _worker(settings: Settings, context: StepContext, places: ConcurrencyLimits) -> Worker:
    name = f"worker-{secrets.token_hex(6)}"
    return Worker(
        context.store,
        Runner(context),
        places,
        name=name,
        lease_seconds=settings.lease_seconds,
        counters=context.counters,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Where things are kept."""

    jobs: JobRows
    guilds: GuildRows
    messages: MessageRows
    records: SqlRecords
    files: LocalFiles


async def _stores(settings: Settings, clock: SystemClock, opened: AsyncExitStack) -> Stores:
    _make_data_dir(settings)
    database = await Database.open(database_url(settings))
    opened.push_async_callback(database.close)
    budget = Usd.of(settings.guild_monthly_budget_usd)
    stores = Stores(
        jobs=JobRows(database=database, clock=clock, budget=budget, lease_seconds=settings.lease_seconds),
        guilds=GuildRows(database=database, opening=settings.access_default, budget=budget),
        messages=MessageRows(database=database),
        records=SqlRecords(database=database),
        files=LocalFiles(settings.data_dir / "files"),
    )
    for complaint in await stores.jobs.check_books():
        log.error("the books do not add up: %s", complaint)
    await _check_files(stores.files, settings)
    await stores.files.sweep()
    return stores


async def _check_files(files: LocalFiles, settings: Settings) -> None:
    try:
        await files.check()
    except OSError as error:
        # A full disk empties again, and nothing is ordered until then; anything else needs a person.
        if error.errno != errno.ENOSPC:
            raise CannotStart(f"Nothing can be written to DATA_DIR {settings.data_dir}: {error.strerror}.") from None
        log.warning("the disk of DATA_DIR is full; nothing is ordered until there is room")


def _announcer(
    client: VideoBot, stores: Stores, darkroom: Darkroom, clock: SystemClock, public: PlayerLinks | None
) -> Announcer:
    """Who posts; the client hands it to the cogs."""
    previews = Previews(files=stores.files, darkroom=darkroom)
    limits = UploadLimits(records=stores.records, clock=clock)
    poster = ResultPoster(client=client, previews=previews, limits=limits, links=public, clock=clock)
    announcer = Announcer(client, poster)
    client.publisher = announcer
    return announcer


def _links(settings: Settings) -> PlayerLinks | None:
    """What signs player links and checks them; None when there are neither links nor pages."""
    if settings.public_url is None and settings.http_port is None:
        return None
    if settings.public_url and settings.http_port is None:
        log.warning("PUBLIC_URL is set and HTTP_PORT is not: player links work only if another process serves them")
    try:
        key = lasting_key(player_key(settings))
    except (OSError, ValueError) as error:
        raise CannotStart(f"The key of player links in DATA_DIR {settings.data_dir} cannot be used: {error}.") from None
    return PlayerLinks(base=(settings.public_url or "").rstrip("/"), key=key)


async def _serve_pages(
    settings: Settings,
    stores: Stores,
    context: StepContext,
    links: PlayerLinks,
    opened: AsyncExitStack,
    *,
    hook_links: HookLinks | None,
) -> None:
    """The web server, where a port is set for it."""
    if settings.http_port is None:
        return
    token = settings.metrics_token
    metrics = Metrics(
        installation_stats=stores.jobs.installation_stats,
        circuit_open=context.circuit.is_open,
        providers=sorted(context.providers),
        counters=context.counters,
        lag=LoopLag(),
        token=token.get_secret_value() if token else None,
        is_public=settings.public_url is not None,
    )
    pages = PlayerPages(find=stores.jobs.get, files=stores.files, links=links, clock=context.clock)
    hooks = None
    if hook_links is not None:
        hooks = Webhooks(
            links=hook_links, reader=webhook_reader(hook_links), intake=WebhookIntake(context), clock=context.clock
        )
    opened.push_async_callback(await serve(pages, settings.http_host, settings.http_port, metrics, hooks))


def _hook_links(settings: Settings) -> HookLinks | None:
    """What signs the addresses that OpenRouter calls; None when it is not to call. All processes share the secret."""
    secret, public = settings.openrouter_webhook_secret, settings.public_url or ""
    if secret is None or settings.openrouter_api_key is None:
        return None
    if settings.http_port is None or not public.startswith("https://"):
        log.warning("OPENROUTER_WEBHOOK_SECRET needs HTTP_PORT and an https PUBLIC_URL; no webhooks are asked for")
        return None
    key = secret.get_secret_value().strip().encode()
    return HookLinks(account="openrouter", base=public.rstrip("/"), key=key)


def _make_data_dir(settings: Settings) -> None:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"DATA_DIR {settings.data_dir} cannot be made: {error.strerror}.") from None


def database_url(settings: Settings) -> str:
    return settings.database_url or f"sqlite+aiosqlite:///{settings.data_dir.resolve() / 'kinora.db'}"


def player_key(settings: Settings) -> Path:
    """The file of the key that signs player links."""
    return settings.data_dir / "player-links.key"


def _closed_in_the_end(providers: Mapping[str, Provider], opened: AsyncExitStack) -> Mapping[str, Provider]:
    for provider in providers.values():
        opened.push_async_callback(provider.close)
    return providers


async def _catalogue(
    settings: Settings, providers: Mapping[str, Provider], clock: SystemClock, opened: AsyncExitStack
) -> Catalogue:
    hosts = {name: provider.host for name, provider in providers.items()}

    def load(beneath: CatalogueFile | None = None) -> Catalogue:
        return load_catalogue(settings.models_file, hosts, clock.now().date(), beneath)

    catalogue = None
    for name, reader in model_lists(settings).items():
        kept = model_list(settings)
        live = CatalogueRefresh(service=providers[name], reader=reader, load=load, cache=kept, clock=clock)
        catalogue = await live.open()
        opened.push_async_callback(live.start())
    catalogue = catalogue or load()
    if not catalogue.cards:
        log.warning("no model in the catalogue can be ordered at %s", ", ".join(sorted(hosts.values())))
    return catalogue
