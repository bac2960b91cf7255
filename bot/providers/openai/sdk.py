"""The `openai` SDK as it is used here: one request at a time, never repeated."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import httpx2  # the SDK's own transport: its errors tell whether a request was sent at all
from openai import APIConnectionError, APIStatusError, AsyncOpenAI

from bot.network.certificates import trusted
from bot.providers.common.endpoint import Endpoint
from bot.providers.common.response import LostError, NotSentError, Response, read_body, response_of
from bot.providers.common.timeouts import Timeouts
from bot.providers.openai.transport import SdkCall

for chatty in ("openai", "httpx2", "httpcore2"):
    logging.getLogger(chatty).setLevel(logging.WARNING)  # they log every request, prompts and pictures included

# No address, no connection, no encryption, no free connection, no way through the proxy, or nothing that could be sent:
# no request has left this machine.
NOT_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,  # an invalid header, refused on this side
    httpx2.InvalidURL,
    UnicodeError,
)


AS_SENT = frozenset({"content-encoding", "content-length", "transfer-encoding"})  # not true of a decompressed body


class BoundedClient(httpx2.AsyncClient):
    """Reads answers itself, up to a limit: the SDK would read them whole, however large they are decompressed."""

    def __init__(self, most_answer: int, **options: Any) -> None:
        super().__init__(**options)
        self._most_answer = most_answer

    async def send(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        response = await super().send(request, **(options | {"stream": True}))
        try:
            content = await read_body(response.aiter_bytes(), self._most_answer)
        finally:
            await response.aclose()
        headers = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in AS_SENT]
        return httpx2.Response(
            response.status_code, headers=headers, content=content, request=request, extensions=response.extensions
        )


class SdkTransport:
    """A client for one host. It never repeats a request: a paid one must not be, and polls happen again anyway."""

    def __init__(self, endpoint: Endpoint, timeouts: Timeouts) -> None:
        # Each request has its own limit for the whole answer; this one only must not be shorter.
        timeout = httpx2.Timeout(max(timeouts.submit, timeouts.render), connect=timeouts.connect)
        # The host may close a kept connection just as a paid request is sent on it, and then nobody knows whether it
        # arrived; so every request has its own connection. Redirects could carry the key elsewhere.
        limits = httpx2.Limits(max_keepalive_connections=0)
        self._client = AsyncOpenAI(
            api_key=endpoint.account.key,
            base_url=endpoint.base_url,
            max_retries=0,
            timeout=timeout,
            http_client=BoundedClient(
                timeouts.most_answer, verify=trusted(), limits=limits, timeout=timeout, follow_redirects=False
            ),
        )
        self._secrets = endpoint.secrets

    async def ask(self, call: SdkCall, seconds: float) -> Response:
        """Carry out one SDK call within the given number of seconds. Raises NotSentError or LostError."""
        try:
            async with asyncio.timeout(seconds):
                raw = await call(self._client)
        except APIStatusError as error:
            return await response_of(error.status_code, error.response.headers, error.response.content, *self._secrets)
        except APIConnectionError as error:
            cause = error.__cause__
            if isinstance(cause, LostError):
                raise cause from error
            raise (NotSentError if isinstance(cause, NOT_SENT) else LostError)(type(cause or error).__name__) from error
        except TimeoutError as error:
            raise LostError(f"no answer within {seconds:g} s") from error
        return await response_of(raw.status_code, raw.headers, raw.content, *self._secrets)

    async def close(self) -> None:
        await self._client.close()
