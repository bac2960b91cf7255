"""Reads from Discord's HTTP API. It only sends GET requests, so it cannot change anything."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any, Self

import aiohttp
import discord

from bot.data_classes import value_object
from bot.domain.errors import Unavailable
from bot.network.proxy import ProxyConnector

# Discord rejects clients that do not name themselves in this form.
AGENT = f"DiscordBot (https://github.com/Rapptz/discord.py, {discord.__version__})"
TRIES = 3
LONGEST_PAUSE = 5.0  # longest rate limit, in seconds, that is waited for


@value_object
class Said:
    """An answer. `body` is None if it is not JSON; `ahead` is how many seconds our clock is ahead of theirs."""

    status: int
    body: Any
    ahead: float | None

    @property
    def fields(self) -> Mapping[str, Any]:
        """The body as an object. Raises Unavailable if the request failed or the answer is something else."""
        if self.status == 200 and isinstance(self.body, dict):
            return self.body
        raise self.trouble()

    @property
    def entries(self) -> list[Mapping[str, Any]]:
        """Likewise as a list of objects."""
        if self.status == 200 and isinstance(self.body, list):
            return [entry for entry in self.body if isinstance(entry, dict)]
        raise self.trouble()

    def trouble(self) -> Unavailable:
        if self.status == 429:
            return Unavailable("Discord asked Kinora to slow down (429). Try again in a minute.")
        return Unavailable(f"Discord's answer was not what was expected ({self.status}).")


class DiscordRest:
    """Asks as the bot itself, with at most `seconds` per request. Open and close it with `async with`."""

    def __init__(self, base: str, token: str, *, seconds: float) -> None:
        self.base = base
        self._timeout = aiohttp.ClientTimeout(total=seconds)
        self._headers = {"Authorization": f"Bot {token}", "User-Agent": AGENT}
        self._session: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(headers=self._headers, timeout=self._timeout, connector=ProxyConnector())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def get(self, path: str) -> Said:
        """Send a request, and repeat it after a short rate limit. Raises Unavailable if there is no answer."""
        for _ in range(TRIES - 1):
            said, pause = await self._ask(path)
            if said.status != 429 or pause > LONGEST_PAUSE:
                return said
            await asyncio.sleep(pause)
        return (await self._ask(path))[0]

    async def _ask(self, path: str) -> tuple[Said, float]:
        """The answer, and how long Discord asks us to wait."""
        began = time.time()
        try:
            async with self._session.get(self.base + path) as response:
                middle = (began + time.time()) / 2
                body = await _json(response)
                said = Said(status=response.status, body=body, ahead=_ahead(middle, response.headers.get("Date")))
                return said, _seconds(response.headers.get("Retry-After"))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            reason = str(error) or "no answer in time"
            raise Unavailable(f"Discord cannot be reached at {self.base}: {reason}.") from error


async def _json(response: aiohttp.ClientResponse) -> Any:
    try:
        return await response.json(content_type=None)
    except ValueError:
        return None


def _ahead(here: float, there: str | None) -> float | None:
    try:
        # The header has whole seconds, so it is half a second old on average.
        return None if there is None else here - parsedate_to_datetime(there).timestamp() - 0.5
    except (ValueError, OverflowError):
        return None


def _seconds(text: str | None) -> float:
    try:
        return float(text or 1.0)
    except ValueError:
        return 1.0
