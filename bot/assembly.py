"""The composition root: builds everything once, bottom to top, and closes it in reverse. Only `app` imports it."""

from __future__ import annotations

import errno
import logging
import random
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from bot.client import VideoBot
from bot.clock import SystemClock
from bot.domain.errors import CannotStart
from bot.domain.links import PlayerLinks
from bot.domain.models import Catalogue
from bot.domain.money import Usd
from bot.domain.ports import Places
from bot.domain.provider import Provider
from bot.jobs.circuit import Circuit
from bot.jobs.copies import Copies
from bot.jobs.desk import Desk
from bot.jobs.events import JobEvents
from bot.jobs.limits import UploadLimits
from bot.jobs.orders import Orders
from bot.jobs.polling import Rhythm
from bot.jobs.runner import Runner
from bot.jobs.service import JobService
from bot.jobs.sweep import Sweep
from bot.jobs.worker import Worker
from bot.media.darkroom import ProcessDarkroom
from bot.providers import FACTORIES, Host
from bot.providers.catalogue import load_catalogue
from bot.settings import Settings
from bot.ui.announcer import Announcer
from bot.ui.failures import ReportingTree
from bot.ui.people import Doors
from bot.ui.posting import ResultPoster
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
        clock, events, darkroom = SystemClock(), JobEvents(), ProcessDarkroom()
        shelves = await _shelves(settings, clock, opened)
        providers = _closed_in_the_end(_providers(settings), opened)
        catalogue, places = _catalogue(settings, providers, clock), _places(settings)
        circuit = Circuit(notebook=shelves.notebook, clock=clock)
        jobs = JobService(
            store=shelves.jobs,
            studios=shelves.studios,
            files=shelves.files,
            orders=Orders(catalogue, darkroom, shelves.files),
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
        links, copies = _links(settings), Copies(files=shelves.files, darkroom=darkroom)
        limits = UploadLimits(notebook=shelves.notebook, clock=clock)
        public = links if settings.public_url else None
        poster = ResultPoster(client=client, copies=copies, limits=limits, links=public, clock=clock)
        announcer = Announcer(client, poster)
        client.courier = announcer
        opened.push_async_callback(announcer.close)
        desk = Desk(
            store=shelves.jobs,
            files=shelves.files,
            darkroom=darkroom,
            providers=providers,
            catalogue=catalogue,
            events=events,
            courier=announcer,
            doorkeeper=Doors(client),
            clock=clock,
            rhythm=Rhythm(least=settings.poll_min_seconds, most=settings.poll_max_seconds),
            chance=random.Random(),  # noqa: S311 (spreads looks, guards nothing)
            circuit=circuit,
        )
        name = f"worker-{secrets.token_hex(6)}"
        worker = Worker(
            shelves.jobs, Runner(desk), places, name=name, lease_seconds=settings.lease_seconds, tally=desk.tally
        )
        if links is not None:
            await _serve_pages(settings, shelves, desk, links, opened)
        events.listen(announcer.heard)
        events.listen(worker.wake)
        sweep = Sweep(desk, shelves.notebook)
        yield Studio(client=client, announcer=announcer, worker=worker, sweep=sweep, providers=providers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves:
    """Where things are kept."""

    jobs: JobRows
    studios: StudioRows
    messages: MessageRows
    notebook: NoteRows
    files: LocalFiles


async def _shelves(settings: Settings, clock: SystemClock, opened: AsyncExitStack) -> Shelves:
    database = await Database.open(_database_url(settings))
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


def _links(settings: Settings) -> PlayerLinks | None:
    """What signs player links and checks them; None when there are neither links nor pages."""
    if settings.public_url is None and settings.http_port is None:
        return None
    if settings.public_url and settings.http_port is None:
        log.warning("PUBLIC_URL is set and HTTP_PORT is not: player links work only if another process serves them")
    try:
        key = lasting_key(settings.data_dir / "player-links.key")
    except (OSError, ValueError) as error:
        raise CannotStart(f"The key of player links in DATA_DIR {settings.data_dir} cannot be used: {error}.") from None
    return PlayerLinks(base=(settings.public_url or "").rstrip("/"), key=key)


async def _serve_pages(
    settings: Settings, shelves: Shelves, desk: Desk, links: PlayerLinks, opened: AsyncExitStack
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
    opened.push_async_callback(await serve(pages, settings.http_host, settings.http_port, metrics))


def _places(settings: Settings) -> Places:
    return Places(
        total=settings.max_concurrent_jobs,
        per_guild=settings.guild_concurrent_jobs,
        per_member=settings.member_concurrent_jobs,
    )


def _database_url(settings: Settings) -> str:
    if settings.database_url:
        return settings.database_url
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"DATA_DIR {settings.data_dir} cannot be made: {error.strerror}.") from None
    return f"sqlite+aiosqlite:///{settings.data_dir.resolve() / 'kinora.db'}"


def _providers(settings: Settings) -> dict[str, Provider]:
    """A provider is on when its key is set."""
    hosts = {"openai": (settings.openai_api_key, settings.openai_base_url)}
    providers = {
        name: FACTORIES[name](Host(key=key.get_secret_value(), base_url=base_url))
        for name, (key, base_url) in hosts.items()
        if key is not None
    }
    if not providers:
        raise CannotStart(
            "No video service is set up. Set OPENAI_API_KEY, and OPENAI_BASE_URL for a gateway or a server of your own."
        )
    return providers


def _closed_in_the_end(providers: Mapping[str, Provider], opened: AsyncExitStack) -> Mapping[str, Provider]:
    for provider in providers.values():
        opened.push_async_callback(provider.close)
    return providers


def _catalogue(settings: Settings, providers: Mapping[str, Provider], clock: SystemClock) -> Catalogue:
    hosts = {name: provider.host for name, provider in providers.items()}
    catalogue = load_catalogue(settings.models_file, hosts, clock.now().date())
    if not catalogue.cards:
        log.warning("no model in the catalogue can be ordered at %s", ", ".join(sorted(hosts.values())))
    return catalogue
