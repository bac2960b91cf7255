"""Requests to a host of the OpenAI dialect: through the SDK for orders and their videos, plain for everything else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from bot.providers.common.endpoint import Endpoint
from bot.providers.common.file_kinds import Kind
from bot.providers.common.http import HttpTransport
from bot.providers.common.response import Response
from bot.providers.common.timeouts import Timeouts

MODULE, NAME = "bot.providers.openai.sdk", "SdkTransport"
AS_JSON = {"Accept": "application/json"}  # gateways have web pages at the same addresses

SdkCall = Callable[[Any], Awaitable[Any]]  # given the SDK's client, makes one request and returns its raw response


class _Sdk(Protocol):
    async def ask(self, call: SdkCall, seconds: float) -> Response: ...

    async def close(self) -> None: ...


class Transport:
    """A client for one host. It never repeats a request, like `SdkTransport`.

    The SDK is loaded with the first order: it takes half a second and 17 MB. Requests before any order, for the models
    and videos that exist, do not need it.
    """

    def __init__(self, endpoint: Endpoint, timeouts: Timeouts) -> None:
        self._endpoint, self._timeouts = endpoint, timeouts
        self._plain = HttpTransport(endpoint, timeouts)
        self._loading = asyncio.Lock()
        self._sdk: _Sdk | None = None

    async def get(self, url: str, seconds: float) -> Response:
        """What this host answers at one of its addresses. Raises NotSentError or LostError."""
        return await self._plain.ask("GET", url, seconds, headers=AS_JSON)

    async def ask(self, call: SdkCall, seconds: float) -> Response:
        """Like `SdkTransport.ask`."""
        return await (await self._loaded()).ask(call, seconds)

    async def download(self, url: str, target: Path, is_wanted: Kind) -> Response | None:
        """Like `Downloads.save`."""
        return await self._plain.download(url, target, is_wanted)

    async def close(self) -> None:
        if self._sdk is not None:
            await self._sdk.close()
        await self._plain.close()

    async def _loaded(self) -> _Sdk:
        async with self._loading:
            if self._sdk is None:
                self._sdk = await asyncio.to_thread(self._load)
            return self._sdk

    def _load(self) -> _Sdk:
        sdk: _Sdk = getattr(import_module(MODULE), NAME)(self._endpoint, self._timeouts)
        return sdk
