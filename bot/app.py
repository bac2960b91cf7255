"""Runs a wired Kinora: checks it, connects it, and stops it gracefully."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot.answering_turn import AnsweringTurn
from bot.client import ShardedVideoBot, VideoBot
from bot.config.duties import EVERYTHING, Duties, check_duties
from bot.domain.errors import CannotStart
from bot.domain.texts.redaction import redacted
from bot.full_collections import collect_now_and_then
from bot.health.heartbeat import Heartbeat, own_heartbeat_file
from bot.login import logged_in
from bot.logs.lines import flush_logs, set_up_logs
from bot.logs.writer import error_output
from bot.settings import Settings, with_slips
from bot.stopping import asked_to_stop
from bot.wiring.accounts import secrets_of, setting_warnings
from bot.wiring.application import Application, build

log = logging.getLogger(__name__)

Task = Callable[[], Coroutine[Any, Any, None]]

TOKEN_REFUSED = 4004  # the gateway's code, also for a token that is reset while we are connected
ENDED = "Discord ended the connection for good"
RESET = (
    "Discord no longer accepts DISCORD_TOKEN (4004); it was probably reset. Copy the new one from the developer portal "
    "and start again. Videos under way are kept."
)


async def run(settings: Settings, duties: Duties = EVERYTHING) -> None:
    """Run the bot, or a part of it, until it is asked to stop. Raises CannotStart, with a sentence, if it cannot."""
    check_duties(duties, settings.database_url, settings.http_port)
    set_up_logs(settings.log_level, _secrets(settings), settings.log_format, error_output())
    try:
        await _run(settings, duties)
    finally:
        flush_logs()  # before anything else is written there


async def _run(settings: Settings, duties: Duties) -> None:
    for sentence in setting_warnings(settings):
        log.warning("%s", sentence)
    _point_at_discord(settings)
    try:
        async with _beating(settings, duties) as heartbeat, build(settings, duties) as application:
            heartbeat.readiness = application.readiness
            await _connect(application, settings, duties)
    except CannotStart as error:  # it may quote a database or a service
        raise CannotStart(redacted(error.sentence, secrets_of(settings))) from None


@asynccontextmanager
async def _beating(settings: Settings, duties: Duties) -> AsyncIterator[Heartbeat]:
    """From the start: a process that waits for its database is alive, and a health check should know that."""
    heartbeat = Heartbeat(path=own_heartbeat_file(settings.data_dir, duties.command))
    beating = asyncio.create_task(heartbeat.run(), name="heartbeat")
    try:
        yield heartbeat
    finally:
        beating.cancel()
        await asyncio.gather(beating, return_exceptions=True)


def _secrets(settings: Settings) -> Sequence[str]:
    """Raises CannotStart, with hints at misspelt settings, as these cannot be logged yet."""
    try:
        return secrets_of(settings)
    except CannotStart as error:
        raise CannotStart(with_slips(error.sentence)) from None


def _point_at_discord(settings: Settings) -> None:
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # the bot never uses voice
    Route.BASE = settings.discord_api_base
    DiscordWebSocket.DEFAULT_GATEWAY = URL(settings.discord_gateway_url)


async def _connect(application: Application, settings: Settings, duties: Duties) -> None:
    client, stop = application.client, asked_to_stop()
    client.keeps_commands = duties.answers
    async with client:
        if not await logged_in(application, settings, stop):
            return
        turn = application.answering_turn
        if duties.answers:
            await turn.begin(client.application_id or 0)
        try:
            async with asyncio.TaskGroup() as tasks:
                gateway = [answer_in_turn(client, turn), turn.keep()] if duties.answers else []
                connected = [tasks.create_task(each) for each in gateway]
                working = tasks.create_task(_work(application, duties), name="worker")
                await stop.wait()
                log.info("stopping: steps under way are finished, the rest is handed back")
                await _stop_work(application, working)
                await client.close()
                for each in connected:
                    each.cancel()  # it may be in a long pause between two attempts
        except ExceptionGroup as group:
            raise _first(group) from None
        finally:
            if duties.answers:
                await turn.end()


async def answer_in_turn(client: VideoBot, turn: AnsweringTurn) -> None:
    """Stay connected during our turns, until the client is closed. Raises the same as `stay_connected`."""
    while True:
        await turn.begins()
        await _first_of(stay_connected(client), turn.ends())
        if client.is_closed():
            return
        log.warning("it is not sure any more that no other Kinora answers people: disconnecting from the gateway")
        await client.leave_gateway()


async def _first_of(*waits: Coroutine[Any, Any, None]) -> None:
    """Wait for the first one, and cancel the others. Raises its error, if any."""
    tasks = [asyncio.create_task(each) for each in waits]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def stay_connected(client: VideoBot) -> None:
    """Runs until the client is closed. Raises CannotStart if Discord ends the connection for good."""
    while True:
        try:
            await client.connect()
        except discord.ConnectionClosed as error:
            raise CannotStart(RESET if error.code == TOKEN_REFUSED else f"{ENDED}: {error}") from None
        except discord.PrivilegedIntentsRequired as error:
            raise CannotStart(f"{ENDED}: {error}") from None
        except AssertionError:
            # aiohttp asserts that its session is open if it was closed while connecting.
            if not client.is_closed():
                raise
            return
        except AttributeError:
            # discord.py 2.7.1 accesses the last connection's state even if the very first one fails.
            if client.ws is not None or isinstance(client, ShardedVideoBot):
                raise
            log.warning("Discord's gateway is not there yet; that is tried again")
        else:
            return


async def _stop_work(application: Application, working: asyncio.Task[None]) -> None:
    """Steps under way still need Discord, so they finish before the connection is closed."""
    application.worker.stop()
    if not application.worker.is_running:
        working.cancel()  # nothing has begun yet
    await asyncio.wait({working})


def _first(group: ExceptionGroup[Exception]) -> Exception:
    """A sentence for the host if there is one, otherwise the whole group."""
    sentences = group.subgroup(CannotStart)
    return sentences.exceptions[0] if sentences else group


async def _work(application: Application, duties: Duties) -> None:
    """Runs until the worker is stopped, or until cancelled if this process does no work."""
    named: list[tuple[str, Task]] = [("collect garbage", collect_now_and_then)]
    if duties.answers:
        await _first_of(application.client.wait_until_ready(), application.answering_turn.ends())
        await application.cards.catch_up()
        named += _for_servers(application)
    if duties.works:
        log.info("this process works on jobs")
        await application.reconciler.hold()
        named += _for_jobs(application)
    beside = [asyncio.create_task(run(), name=name) for name, run in named]
    try:
        await (application.worker.run() if duties.works else asyncio.Event().wait())
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)


def _for_servers(application: Application) -> list[tuple[str, Task]]:
    """Tasks for the servers that the gateway sends to this process."""
    return [
        ("notices", application.notices.run),
        ("erase", application.erasing.run),
        ("reports and take-downs", application.moderation.run),
        ("showcase", application.showcase.run),
        ("retention", application.retention.run),
        ("contests", application.contests.run),
    ]


def _for_jobs(application: Application) -> list[tuple[str, Task]]:
    """Tasks for all jobs, whichever process takes their steps."""
    return [
        ("reconcile", application.reconciler.run),
        ("sweep files", application.file_sweep.run),
        ("share out accounts", application.account_sharing.run),
        ("own keys", application.key_upkeep.run),
        ("prompt helper", application.helper_upkeep.run),
        ("webhooks", application.webhook_deliveries.run),
        ("words of older videos", application.search_upkeep.run),
        ("sums", application.check_sums),
    ]
