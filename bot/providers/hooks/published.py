"""Public keys that a service publishes as a JSON Web Key Set. One of them signed its webhooks.

They are fetched when a webhook arrives, cached for a day, and fetched again if none of them fits: services replace
their keys. Forged webhooks must not cause many requests, so that happens at most every five minutes.
"""

from __future__ import annotations

import asyncio
import base64
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bot.domain.ports.webhooks import UncheckedCallError
from bot.network.certificates import trusted
from bot.network.unpacking import PACKED, content_of
from bot.providers.common.response import LostError, read_body

KEPT = 24 * 3600.0  # seconds
PAUSE = 300.0  # seconds between two fetches while the cached keys fit nothing, or none were available
PATIENCE = 5.0  # seconds: the service that calls is waiting
LARGEST = 64 * 1024  # bytes of an answer
MOST_KEYS = 20
KEY_BYTES = 32
CURVE = "Ed25519"


@dataclass(slots=True, kw_only=True)
class PublishedKeys:
    """The ED25519 keys at `url`."""

    url: str
    _keys: Sequence[Ed25519PublicKey] = ()
    _read_at: float = -math.inf  # Unix seconds
    _asked_at: float = -math.inf  # Unix seconds, whether or not it was answered
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def have_signed(self, message: bytes, signature: bytes, now: datetime) -> bool:
        """Raises UncheckedCallError if there are no keys to check it with."""
        moment = now.timestamp()
        if self._is_fresh(moment) and self._fits(message, signature):
            return True
        async with self._asking:  # those that waited here find the keys that another webhook has fetched
            if moment - self._asked_at >= PAUSE:
                self._asked_at = moment
                await self._read(moment)
        if not self._is_fresh(moment):
            raise UncheckedCallError
        return self._fits(message, signature)

    def _is_fresh(self, moment: float) -> bool:
        return moment - self._read_at < KEPT

    def _fits(self, message: bytes, signature: bytes) -> bool:
        return any(_is_signed(key, message, signature) for key in self._keys)

    async def _read(self, moment: float) -> None:
        """If they can't be read, the previous keys stay."""
        try:
            keys = tuple(keys_in(await _content(self.url)))
        except (httpx.HTTPError, httpx.InvalidURL, LostError, OSError, RecursionError, ValueError):
            return
        if keys:
            self._keys, self._read_at = keys, moment


async def _content(url: str) -> bytes:
    """Raises httpx.HTTPError, LostError for a large answer, and TimeoutError."""
    async with (
        asyncio.timeout(PATIENCE),
        httpx.AsyncClient(headers=PACKED, verify=trusted(), timeout=PATIENCE) as client,
        client.stream("GET", url) as response,
    ):
        response.raise_for_status()
        return await read_body(content_of(response), LARGEST)


def keys_in(content: bytes) -> Iterator[Ed25519PublicKey]:
    """Those of a supported kind; others are ignored. Raises ValueError for anything but a key set."""
    match json.loads(content):
        case {"keys": [*listed]}:
            for each in listed[:MOST_KEYS]:
                if (key := _key(each)) is not None:
                    yield key
        case _:
            raise ValueError("no key set")


def _key(shown: object) -> Ed25519PublicKey | None:
    match shown:
        case {"x": str(written), **beside} if beside.get("crv", CURVE) == CURVE:
            try:
                raw = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
            except ValueError:
                return None
            return Ed25519PublicKey.from_public_bytes(raw) if len(raw) == KEY_BYTES else None
        case _:
            return None


def _is_signed(key: Ed25519PublicKey, message: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True
