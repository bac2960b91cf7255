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
from bot.domain.media import MediaProcessor
from bot.domain.models import Catalogue
from bot.domain.money import Usd
from bot.domain.ports import Places
from bot.domain.provider import Provider
from bot.jobs.circuit import Circuit
from bot.jobs.copies import Copies
from bot.jobs.desk import Desk, no_callback
from bot.jobs.events import JobEvents
from bot.jobs.hooks import Switchboard
from bot.jobs.ladder import Ladder
from bot.jobs.limits import UploadLimits
from bot.jobs.orders import Orders
from bot.jobs.polling import Rhythm
from bot.jobs.runner import Runner
from bot.jobs.service import JobService
from bot.jobs.sweep import Sweep
from bot.jobs.wakefulness import Wakefulness
from bot.jobs.worker import Worker
from bot.media.processor import SubprocessMediaProcessor
from bot.providers import FACTORIES, Host
from bot.providers.catalogue import CatalogueFile, load_catalogue
from bot.providers.live import LiveCatalogue
from bot.providers.openrouter import OpenRouterVideos
from bot.providers.openrouter_models import rows_of
from bot.settings import Settings
from bot.ui.announcer import Announcer
from bot.ui.failures import ReportingTree
from bot.ui.people import Doors
from bot.ui.posting import ResultPoster
from bot.web.hooks import OpenRouterHooks
from bot.web.lag import LoopLag
from bot.web.metrics import Metrics
from bot.web.player import PlayerPages
from bot.web.serving import serve
from storage.database import Database
from storage.files import LocalFiles
from storage.jobs import JobRows
from storage.keys import lasting_key
from storage.messages import MessageRows
from storage.notes import NoteRows
from storage.studios import StudioRows

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
class Studio:
    """A running Kinora, ready to be connected."""

    client: VideoBot
    announcer: Announcer
    worker: Worker
    sweep: Sweep
    providers: Mapping[str, Provider]


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Studio]:
    """Everything, wired. What was opened is closed in reverse, whatever happens."""
    async with AsyncExitStack() as opened:
        clock, events, media = SystemClock(), JobEvents(), SubprocessMediaProcessor()
        shelves = await _shelves(settings, clock, opened)
        providers = _closed_in_the_end(providers_of(settings), opened)
        catalogue, places = await _catalogue(settings, providers, clock, opened), _places(settings)
        ladder = Ladder.of(providers, shelves.notebook, clock)
        for name, host in _hosts(settings).items():
            await ladder.addresses.settle(name, host.base_url)
        circuit = Circuit(notebook=shelves.notebook, clock=clock)
        jobs = JobService(
            store=shelves.jobs,
            studios=shelves.studios,
            files=shelves.files,
            orders=Orders(catalogue, media, shelves.files, ladder),
            providers=providers,
            events=events,
            clock=clock,
            places=places,
            confirm_above=Usd.of(settings.confirm_above_usd),
            circuit=circuit,
        )
        client = VideoBot(
            jobs=jobs,
            messages=shelves.messages,
            files=shelves.files,
            notebook=shelves.notebook,
            cogs=COGS,
            tree_cls=ReportingTree,
            media_hosts=frozenset(settings.discord_media_hosts),
        )
        links, hook_links = _links(settings), _hook_links(settings)
        announcer = _announcer(client, shelves, media, clock, links if settings.public_url else None)
        opened.push_async_callback(announcer.close)
        desk = Desk(
            store=shelves.jobs,
            files=shelves.files,
            media=media,
            providers=providers,
            catalogue=catalogue,
            events=events,
            courier=announcer,
            doorkeeper=Doors(client),
            clock=clock,
            rhythm=Rhythm(least=settings.poll_min_seconds, most=settings.poll_max_seconds),
            chance=random.Random(),  # noqa: S311 (spreads looks, guards nothing)
            ladder=ladder,
            circuit=circuit,
            wakefulness=Wakefulness(time.monotonic),
            callback=hook_links.to if hook_links else no_callback,
        )
        worker = _worker(settings, desk, places)
        if links is not None:
            await _serve_pages(settings, shelves, desk, links, opened, hook_links=hook_links)
        events.listen(announcer.heard)
        events.listen(worker.wake)
        sweep = Sweep(desk, shelves.notebook)
        yield Studio(client=client, announcer=announcer, worker=worker, sweep=sweep, providers=providers)


def _worker(settings: Settings, desk: Desk, places: Places) -> Worker:
    name = f"worker-{secrets.token_hex(6)}"
    return Worker(desk.store, Runner(desk), places, name=name, lease_seconds=settings.lease_seconds, tally=desk.tally)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves:
    """Where things are kept."""

    jobs: JobRows
    studios: StudioRows
    messages: MessageRows
    notebook: NoteRows
    files: LocalFiles


async def _shelves(settings: Settings, clock: SystemClock, opened: AsyncExitStack) -> Shelves:
    _make_data_dir(settings)
    database = await Database.open(database_url(settings))
    opened.push_async_callback(database.close)
    budget = Usd.of(settings.guild_monthly_budget_usd)
    shelves = Shelves(
        jobs=JobRows(database=database, clock=clock, budget=budget, lease_seconds=settings.lease_seconds),
        studios=StudioRows(database=database, opening=settings.access_default, budget=budget),
        messages=MessageRows(database=database),
        notebook=NoteRows(database=database),
        files=LocalFiles(settings.data_dir / "files"),
    )
    for complaint in await shelves.jobs.check_books():
        log.error("the books do not add up: %s", complaint)
    await _check_files(shelves.files, settings)
    await shelves.files.sweep()
    return shelves


async def _check_files(files: LocalFiles, settings: Settings) -> None:
    try:
        await files.check()
    except OSError as error:
        # A full disk empties again, and nothing is ordered until then; anything else needs a person.
        if error.errno != errno.ENOSPC:
            raise CannotStart(f"Nothing can be written to DATA_DIR {settings.data_dir}: {error.strerror}.") from None
        log.warning("the disk of DATA_DIR is full; nothing is ordered until there is room")


def _announcer(
    client: VideoBot, shelves: Shelves, media: MediaProcessor, clock: SystemClock, public: PlayerLinks | None
) -> Announcer:
    """Who posts; the client hands it to the cogs."""
    copies = Copies(files=shelves.files, media=media)
    limits = UploadLimits(notebook=shelves.notebook, clock=clock)
    poster = ResultPoster(client=client, copies=copies, limits=limits, links=public, clock=clock)
    announcer = Announcer(client, poster)
    client.courier = announcer
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
    shelves: Shelves,
    desk: Desk,
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
        figures=shelves.jobs.figures,
        circuit_open=desk.circuit.is_open,
        providers=sorted(desk.providers),
        tally=desk.tally,
        lag=LoopLag(),
        token=token.get_secret_value() if token else None,
        is_public=settings.public_url is not None,
    )
    pages = PlayerPages(find=shelves.jobs.get, files=shelves.files, links=links, clock=desk.clock)
    hooks = None
    if hook_links is not None:
        board = Switchboard(desk)
        hooks = OpenRouterHooks(links=hook_links, secret=hook_links.key, switchboard=board, clock=desk.clock)
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
    return HookLinks(provider="openrouter", base=public.rstrip("/"), key=key)


def _places(settings: Settings) -> Places:
    return Places(
        total=settings.max_concurrent_jobs,
        per_guild=settings.guild_concurrent_jobs,
        per_member=settings.member_concurrent_jobs,
    )


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


def _hosts(settings: Settings) -> dict[str, Host]:
    """By name of the provider, which is on when its key is set."""
    accounts = {
        "openai": (settings.openai_api_key, settings.openai_base_url),
        "gemini": (settings.gemini_api_key, settings.gemini_base_url),
        "openrouter": (settings.openrouter_api_key, settings.openrouter_base_url),
    }
    return {
        name: Host(key=key.get_secret_value(), base_url=base_url, server=settings.openai_server)
        for name, (key, base_url) in accounts.items()
        if key is not None
    }


def providers_of(settings: Settings) -> dict[str, Provider]:
    providers = {name: FACTORIES[name](host) for name, host in _hosts(settings).items()}
    if not providers:
        raise CannotStart(
            "No video service is set up. Set OPENAI_API_KEY, and OPENAI_BASE_URL for a gateway or a server of your "
            "own; or GEMINI_API_KEY, or OPENROUTER_API_KEY."
        )
    return providers


def _closed_in_the_end(providers: Mapping[str, Provider], opened: AsyncExitStack) -> Mapping[str, Provider]:
    for provider in providers.values():
        opened.push_async_callback(provider.close)
    return providers


def model_list(settings: Settings) -> Path:
    """Where OpenRouter's list of models is kept."""
    return settings.data_dir / "openrouter-models.json"


async def _catalogue(
    settings: Settings, providers: Mapping[str, Provider], clock: SystemClock, opened: AsyncExitStack
) -> Catalogue:
    hosts = {name: provider.host for name, provider in providers.items()}

    def load(beneath: CatalogueFile | None = None) -> Catalogue:
        return load_catalogue(settings.models_file, hosts, clock.now().date(), beneath)

    service = providers.get("openrouter")
    if isinstance(service, OpenRouterVideos):
        kept = model_list(settings)
        live = LiveCatalogue(service=service, reader=rows_of, load=load, cache=kept, clock=clock)
        catalogue = await live.open()
        opened.push_async_callback(live.start())
    else:
        catalogue = load()
    if not catalogue.cards:
        log.warning("no model in the catalogue can be ordered at %s", ", ".join(sorted(hosts.values())))
    return catalogue
