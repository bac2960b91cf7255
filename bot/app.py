"""The composition root: builds everything once, bottom to top, runs it, and closes it in reverse. Nobody imports it."""

from __future__ import annotations

import asyncio
import errno
import logging
import random
import secrets
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp
import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot.client import VideoBot
from bot.clock import SystemClock
from bot.domain.errors import AccountTrouble, CannotStart, Unavailable
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
from bot.logs import set_up_logs
from bot.media.darkroom import ProcessDarkroom
from bot.providers import FACTORIES, Host
from bot.providers.catalogue import load_catalogue
from bot.settings import Settings
from bot.ui.announcer import Announcer
from bot.ui.failures import ReportingTree
from bot.ui.people import Doors
from bot.ui.posting import ResultPoster
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


async def run(settings: Settings) -> None:
    """Run the bot until it is asked to stop. Raises CannotStart with a sentence when it cannot."""
    set_up_logs(settings.log_level, settings.secrets)
    _point_at_discord(settings)
    async with build(settings) as studio:
        await _connect(studio, settings)


def _point_at_discord(settings: Settings) -> None:
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody is going to speak
    Route.BASE = settings.discord_api_base
    DiscordWebSocket.DEFAULT_GATEWAY = URL(settings.discord_gateway_url)


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Studio]:
    """Everything, wired. What was opened is closed in reverse, whatever happens."""
    async with AsyncExitStack() as opened:
        clock, events, darkroom = SystemClock(), JobEvents(), ProcessDarkroom()
        shelves = await _shelves(settings, clock, opened)
        providers = _providers(settings)
        for provider in providers.values():
            opened.push_async_callback(provider.close)
        catalogue, places = _catalogue(settings, providers, clock), _places(settings)
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
        links = _links(settings)
        poster = ResultPoster(
            client=client,
            copies=Copies(files=shelves.files, darkroom=darkroom),
            limits=UploadLimits(notebook=shelves.notebook, clock=clock),
            links=links if settings.public_url else None,
            clock=clock,
        )
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
            circuit=Circuit(notebook=shelves.notebook, clock=clock),
        )
        name = f"worker-{secrets.token_hex(6)}"
        worker = Worker(shelves.jobs, Runner(desk), places, name=name, lease_seconds=settings.lease_seconds)
        if links is not None and settings.http_port is not None:
            pages = PlayerPages(find=jobs.find, files=shelves.files, links=links, clock=clock)
            opened.push_async_callback(await serve(pages, settings.http_host, settings.http_port))
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


def _catalogue(settings: Settings, providers: Mapping[str, Provider], clock: SystemClock) -> Catalogue:
    hosts = {name: provider.host for name, provider in providers.items()}
    catalogue = load_catalogue(settings.models_file, hosts, clock.now().date())
    if not catalogue.cards:
        log.warning("no model in the catalogue can be ordered at %s", ", ".join(sorted(hosts.values())))
    return catalogue


async def _connect(studio: Studio, settings: Settings) -> None:
    client, stop = studio.client, asyncio.Event()
    _stop_on_signals(stop)
    async with client:
        await _log_in(studio, settings)
        try:
            async with asyncio.TaskGroup() as tasks:
                connecting = tasks.create_task(_stay_connected(client), name="gateway")
                working = tasks.create_task(_work(studio), name="worker")
                await stop.wait()
                log.info("stopping: steps under way are finished, the rest is handed back")
                await _stop_work(studio, working)
                await client.close()
                connecting.cancel()  # it may be in the middle of a long pause between two tries
        except ExceptionGroup as group:
            raise _first(group) from None


async def _stay_connected(client: VideoBot) -> None:
    """Raises CannotStart when Discord ends the connection for good."""
    while True:
        try:
            await client.connect()
        except (discord.ConnectionClosed, discord.PrivilegedIntentsRequired) as error:
            raise CannotStart(f"Discord ended the connection for good: {error}") from None
        except AttributeError:
            # discord.py 2.7.1 looks for the state of the last connection when the very first one fails.
            if client.ws is not None:
                raise
            log.warning("Discord's gateway is not there yet; that is tried again")
        else:
            return


async def _stop_work(studio: Studio, working: asyncio.Task[None]) -> None:
    """Steps under way still need Discord, so they end before the connection does."""
    studio.worker.stop()
    if not studio.client.is_ready():
        working.cancel()  # nothing was begun yet
    await asyncio.wait({working})


def _first(group: ExceptionGroup[Exception]) -> Exception:
    """A sentence for the host where there is one; otherwise the whole story."""
    sentences = group.subgroup(CannotStart)
    return sentences.exceptions[0] if sentences else group


async def _log_in(studio: Studio, settings: Settings) -> None:
    """Check the token and the providers' keys, side by side."""
    checks = [_check(provider) for provider in studio.providers.values()]
    try:
        await asyncio.gather(studio.client.login(settings.discord_token.get_secret_value()), *checks)
    except discord.LoginFailure:
        raise CannotStart(
            "Discord refuses DISCORD_TOKEN. Copy the bot's token anew from the developer portal (Bot, Reset Token)."
        ) from None
    except (TypeError, KeyError):
        if studio.client.user is not None:
            raise
        raise CannotStart(f"{settings.discord_api_base} does not answer like Discord.") from None
    except (aiohttp.ClientError, OSError) as error:
        raise CannotStart(f"Discord cannot be reached at {settings.discord_api_base}: {error}.") from None
    except discord.HTTPException as error:
        raise CannotStart(f"{settings.discord_api_base} does not answer like Discord: {error.status}.") from None


async def _check(provider: Provider) -> None:
    try:
        await provider.check()
    except AccountTrouble as trouble:
        raise CannotStart(trouble.sentence) from None
    except Unavailable as trouble:
        # A machine that is off now may be on tomorrow; jobs wait for it.
        log.warning("%s is not there now, jobs will wait: %s", provider.host, trouble.sentence)


async def _work(studio: Studio) -> None:
    await studio.client.wait_until_ready()
    await studio.announcer.catch_up()
    studio.sweep.hold()
    sweeping = asyncio.create_task(studio.sweep.run(), name="sweep")
    try:
        await studio.worker.run()
    finally:
        sweeping.cancel()
        await asyncio.gather(sweeping, return_exceptions=True)


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
