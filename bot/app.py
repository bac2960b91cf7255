"""A built Kinora at work: checked, connected, and stopped gracefully."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot.client import VideoBot
from bot.domain.errors import CannotStart
from bot.domain.texts.redaction import redacted
from bot.login import logged_in
from bot.logs import set_up_logs
from bot.settings import Settings, with_slips
from bot.wiring.accounts import secrets_of, setting_warnings
from bot.wiring.application import Application, build

log = logging.getLogger(__name__)

TOKEN_REFUSED = 4004  # the gateway's code, also for a token that is reset while we are connected
ENDED = "Discord ended the connection for good"
RESET = (
    "Discord no longer accepts DISCORD_TOKEN (4004); it was probably reset. Copy the new one from the developer portal "
    "and start again. Videos under way are kept."
)


async def run(settings: Settings) -> None:
    """Run the bot until it is asked to stop. Raises CannotStart with a sentence when it cannot."""
    set_up_logs(settings.log_level, _secrets(settings), settings.log_format)
    for sentence in setting_warnings(settings):
        log.warning("%s", sentence)
    _point_at_discord(settings)
    try:
        async with build(settings) as application, _beating(application):
            await _connect(application, settings)
    except CannotStart as error:  # it may quote a database or a service
        raise CannotStart(redacted(error.sentence, secrets_of(settings))) from None


@asynccontextmanager
async def _beating(application: Application) -> AsyncIterator[None]:
    beating = asyncio.create_task(application.heartbeat.run(), name="heartbeat")
    try:
        yield
    finally:
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)


def _secrets(settings: Settings) -> Sequence[str]:
    """Raises CannotStart, also with what may be meant by a name that is no setting: no log can tell it yet."""
    try:
        return secrets_of(settings)
    except CannotStart as error:
        raise CannotStart(with_slips(error.sentence)) from None


def _point_at_discord(settings: Settings) -> None:
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody is going to speak
    Route.BASE = settings.discord_api_base
    DiscordWebSocket.DEFAULT_GATEWAY = URL(settings.discord_gateway_url)


async def _connect(application: Application, settings: Settings) -> None:
    client, stop = application.client, asyncio.Event()
    _stop_on_signals(stop)
    async with client:
        if not await logged_in(application, settings, stop):
            return
        await application.answering_turn.begin(client.application_id or 0)
        try:
            async with asyncio.TaskGroup() as tasks:
                connecting = tasks.create_task(stay_connected(client), name="gateway")
                working = tasks.create_task(_work(application), name="worker")
                keeping = tasks.create_task(application.answering_turn.keep(), name="answering turn")
                await stop.wait()
                log.info("stopping: steps under way are finished, the rest is handed back")
                await _stop_work(application, working)
                keeping.cancel()
                await client.close()
                connecting.cancel()  # it may be in the middle of a long pause between two tries
        except ExceptionGroup as group:
            raise _first(group) from None
        finally:
            await application.answering_turn.end()


async def stay_connected(client: VideoBot) -> None:
    """Until the client is closed. Raises CannotStart when Discord ends the connection for good."""
    while True:
        try:
            await client.connect()
        except discord.ConnectionClosed as error:
            raise CannotStart(RESET if error.code == TOKEN_REFUSED else f"{ENDED}: {error}") from None
        except discord.PrivilegedIntentsRequired as error:
            raise CannotStart(f"{ENDED}: {error}") from None
        except AssertionError:
            # aiohttp asserts that its session is open when it was closed while a connection was being made.
            if not client.is_closed():
                raise
            return
        except AttributeError:
            # discord.py 2.7.1 looks for the state of the last connection when the very first one fails.
            if client.ws is not None:
                raise
            log.warning("Discord's gateway is not there yet; that is tried again")
        else:
            return


async def _stop_work(application: Application, working: asyncio.Task[None]) -> None:
    """Steps under way still need Discord, so they end before the connection does."""
    application.worker.stop()
    if not application.client.is_ready():
        working.cancel()  # nothing was begun yet
    await asyncio.wait({working})


def _first(group: ExceptionGroup[Exception]) -> Exception:
    """A sentence for the host where there is one; otherwise the whole story."""
    sentences = group.subgroup(CannotStart)
    return sentences.exceptions[0] if sentences else group


async def _work(application: Application) -> None:
    await application.client.wait_until_ready()
    await application.cards.catch_up()
    await application.reconciler.hold()
    beside = [
        asyncio.create_task(application.reconciler.run(), name="reconcile"),
        asyncio.create_task(application.file_sweep.run(), name="sweep files"),
        asyncio.create_task(application.notices.run(), name="notices"),
        asyncio.create_task(application.key_upkeep.run(), name="own keys"),
        asyncio.create_task(application.erasing.run(), name="erase"),
        asyncio.create_task(application.moderation.run(), name="reports and take-downs"),
        asyncio.create_task(application.webhook_deliveries.run(), name="webhooks"),
        asyncio.create_task(application.search_upkeep.run(), name="words of older videos"),
    ]
    try:
        await application.worker.run()
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
