"""Logs in to Discord and checks the services once: temporary errors are waited out, others become a sentence."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import aiohttp
import discord

from bot.client import VideoBot
from bot.clock import SystemClock
from bot.domain.errors import AccountTrouble, CannotStart, Unavailable
from bot.domain.ports.provider import Provider
from bot.network.proxy import ProxyConnector
from bot.settings import Settings
from bot.wiring.application import Application

log = logging.getLogger(__name__)

LONGEST_WAIT = 3600.0  # seconds; if Discord asks for more, it is asked again once an hour
BAN = 600.0  # seconds if Discord does not say how long: bans by its network take a multiple of this
OUTAGE = 60.0  # seconds between two attempts while Discord is down


async def logged_in(application: Application, settings: Settings, stop: asyncio.Event) -> bool:
    """Check the token and the services' keys at the same time. False if we were asked to stop meanwhile."""
    checks = [_check(provider) for provider in application.providers.values()]
    token = settings.discord_token.get_secret_value()
    try:
        is_in, *_ = await asyncio.gather(log_in(application.client, token, stop), *checks)
    except discord.LoginFailure:
        raise CannotStart(
            "Discord refuses DISCORD_TOKEN. Copy the bot's token again from the developer portal (Bot, Reset Token)."
        ) from None
    except (TypeError, KeyError):
        if application.client.user is not None:
            raise
        raise CannotStart(f"{settings.discord_api_base} does not answer like Discord.") from None
    except (aiohttp.ClientError, OSError) as error:
        raise CannotStart(f"Discord cannot be reached at {settings.discord_api_base}: {error}.") from None
    except discord.HTTPException as error:
        raise CannotStart(f"{settings.discord_api_base} does not answer like Discord: {error.status}.") from None
    return bool(is_in)


async def log_in(client: VideoBot, token: str, stop: asyncio.Event) -> bool:
    """Wait as long as Discord asks: a process that exits instead would be restarted, and have to wait even longer."""
    while True:
        client.http.connector = ProxyConnector(limit=0)  # no limit, as in discord.py: its rate limits apply
        try:
            await client.login(token)
        except (discord.RateLimited, discord.HTTPException) as error:
            asked = _wait_asked_for(error)
            if asked is None:
                raise
            await client.http.close()
        else:
            return True
        seconds = min(asked, LONGEST_WAIT)
        until = SystemClock().now() + timedelta(seconds=seconds)
        log.warning(
            "Discord asks this bot to wait (%.0f s). Trying again at %s; a restart would not make it shorter.",
            asked,
            f"{until:%Y-%m-%d %H:%M:%S} UTC",
        )
        if await _is_asked_to_stop(stop, seconds):
            return False


def _wait_asked_for(error: discord.RateLimited | discord.HTTPException) -> float | None:
    """Seconds; None if waiting does not help."""
    if isinstance(error, discord.RateLimited):
        return error.retry_after
    if error.status == 429:  # from the network in front of Discord
        said = error.response.headers.get("Retry-After", "")
        return float(said) if said.isdecimal() else BAN
    return OUTAGE if error.status >= 500 else None


async def _is_asked_to_stop(stop: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True


async def _check(provider: Provider) -> None:
    try:
        await provider.check()
    except AccountTrouble as trouble:
        raise CannotStart(trouble.sentence) from None
    except Unavailable as trouble:
        # A machine that is off now may be on tomorrow; jobs wait for it.
        log.warning("%s is not there now, jobs will wait: %s", provider.host, trouble.sentence)
