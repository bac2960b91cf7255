"""Requests to hosts with a plain JSON API: httpx for queries, orders and files."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

import httpx

from bot.data_classes import value_object
from bot.network.certificates import trusted
from bot.network.unpacking import PACKED, content_of
from bot.providers.common.download import Downloads
from bot.providers.common.endpoint import Endpoint
from bot.providers.common.file_kinds import Kind
from bot.providers.common.response import LostError, NotSentError, Response, read_body, response_of
from bot.providers.common.timeouts import Timeouts

# No address, no connection, no encryption, no free connection, no way through the proxy, or nothing that could be sent:
# no request has left this machine.
NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,  # an invalid header, refused on this side
    httpx.InvalidURL,
    UnicodeError,
)


@value_object
class FormFile:
    """A file in a form, in the field of that name, after the other fields."""

    form_field: str
    name: str
    content: bytes = field(repr=False)
    kind: str  # its media type
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def parts(self) -> Mapping[str, tuple[str, bytes, str]]:
        return {self.form_field: (self.name, self.content, self.kind)}


class HttpTransport:
    """A client for one host. It never repeats a request; each uses its own connection, as in `SdkTransport`."""

    def __init__(self, endpoint: Endpoint, timeouts: Timeouts) -> None:
        self._endpoint, self._timeouts = endpoint, timeouts
        self._base = endpoint.base_url
        self._client = httpx.AsyncClient(
            headers={**PACKED, **endpoint.credentials},
            verify=trusted(),
            timeout=httpx.Timeout(timeouts.submit, connect=timeouts.connect),
            limits=httpx.Limits(max_keepalive_connections=0),
            follow_redirects=False,
        )
        self._downloads = Downloads(endpoint, timeouts)

    async def ask(
        self,
        method: str,
        path: str,
        seconds: float,
        *,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        upload: FormFile | None = None,
    ) -> Response:
        """One request with `body` as JSON or a file, to `path` below the host's address or to a complete address there.

        It has to be answered within the given number of seconds. Raises NotSentError or LostError.
        """
        sent: dict[str, Any] = {"json": body} if upload is None else {"data": upload.others, "files": upload.parts}
        try:
            async with (
                asyncio.timeout(seconds),
                self._client.stream(method, self._url(path), headers=headers, **sent) as response,
            ):
                content = await read_body(content_of(response), self._timeouts.most_answer)
        except NOT_SENT as error:
            raise NotSentError(type(error).__name__) from error
        except httpx.HTTPError as error:
            raise LostError(type(error).__name__) from error
        except TimeoutError as error:
            raise LostError(f"no answer within {seconds:g} s") from error
        return await response_of(response.status_code, response.headers, content, *self._endpoint.secrets)

    def _url(self, path: str) -> str:
        return path if self._endpoint.is_own(path) else self._base + path

    async def download(self, url: str, target: Path, is_wanted: Kind) -> Response | None:
        """As `Downloads.save`."""
        return await self._downloads.save(url, target, is_wanted)

    async def close(self) -> None:
        await self._client.aclose()
        await self._downloads.close()
