"""A service's published keys, over real HTTP: what they accept, and how often they are requested."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.domain.ports.webhooks import UncheckedCallError
from bot.providers.hooks.published import KEPT, LARGEST, PAUSE, PublishedKeys
from tests.builders import NOON
from tests.contract.video_services import serving

MESSAGE = b"what the service says"


@dataclass(kw_only=True)
class Publisher:
    """A service with a key set. `broken`: its answer instead."""

    keys: Sequence[Any] = ()
    broken: Callable[[], web.Response] | None = None
    asked: int = 0
    seconds: float = 0.0  # since noon
    published: PublishedKeys = field(default_factory=lambda: PublishedKeys(url=""))

    async def show(self, _request: web.Request) -> web.Response:
        self.asked += 1
        return self.broken() if self.broken else web.json_response({"keys": list(self.keys)})

    async def accepts(self, signature: bytes) -> bool:
        return await self.published.have_signed(MESSAGE, signature, NOON + timedelta(seconds=self.seconds))


@asynccontextmanager
async def a_publisher(*keys: Any) -> AsyncIterator[Publisher]:
    publisher, site = Publisher(keys=keys), web.Application()
    site.add_routes([web.get("/jwks.json", publisher.show)])
    async with serving({"/keys": site}) as url:
        publisher.published = PublishedKeys(url=f"{url}/keys/jwks.json")
        yield publisher


def shown(key: Ed25519PrivateKey, **changes: Any) -> dict[str, Any]:
    raw = key.public_key().public_bytes_raw()
    return {"kty": "OKP", "crv": "Ed25519", "x": base64.urlsafe_b64encode(raw).decode().rstrip("="), **changes}


FIRST, SECOND = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()


async def test_whatever_one_of_the_keys_has_signed_is_accepted() -> None:
    async with a_publisher(shown(FIRST), shown(SECOND)) as publisher:
        signed = [key.sign(MESSAGE) for key in (FIRST, SECOND, Ed25519PrivateKey.generate())]
        assert [await publisher.accepts(each) for each in [*signed, b"", b"x" * 64]] == [
            True,
            True,
            False,
            False,
            False,
        ]
        assert publisher.asked == 1


async def test_they_are_asked_for_once_a_day() -> None:
    async with a_publisher(shown(FIRST)) as publisher:
        for publisher.seconds in (0, KEPT - 1, KEPT, 2 * KEPT - 1):
            assert await publisher.accepts(FIRST.sign(MESSAGE))
        assert publisher.asked == 2


async def test_a_new_key_is_learned_and_forged_calls_ask_every_five_minutes_at_most() -> None:
    async with a_publisher(shown(FIRST)) as publisher:
        assert await publisher.accepts(FIRST.sign(MESSAGE))
        publisher.keys = [shown(SECOND)]
        for publisher.seconds in range(0, int(PAUSE), 20):
            assert not await publisher.accepts(b"forged")
        assert publisher.asked == 1
        publisher.seconds = PAUSE
        assert await publisher.accepts(SECOND.sign(MESSAGE))
        assert not await publisher.accepts(FIRST.sign(MESSAGE))
        assert publisher.asked == 2


ODD = ({"x": "?"}, {"x": "AAAA"}, {"x": 7}, {"crv": "X25519"})


@pytest.mark.parametrize(
    "broken",
    [
        lambda: web.Response(status=500),
        lambda: web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"}),
        lambda: web.Response(text="<html>"),
        lambda: web.json_response([]),
        lambda: web.json_response({"keys": {}}),
        lambda: web.json_response({"keys": [7, {}, *(shown(FIRST, **each) for each in ODD)]}),
        lambda: web.Response(text="[" * 30_000),
        lambda: web.Response(text=" " * (LARGEST + 1)),
    ],
    ids=["500", "led elsewhere", "a page", "a list", "keys of no shape", "no key of the kind", "nested", "endless"],
)
async def test_without_keys_nothing_is_accepted_or_refused(broken: Callable[[], web.Response]) -> None:
    async with a_publisher(shown(FIRST)) as publisher:
        publisher.broken = broken
        for _ in range(3):
            with pytest.raises(UncheckedCallError):
                await publisher.accepts(FIRST.sign(MESSAGE))
        assert publisher.asked == 1


async def test_keys_that_cannot_be_read_anew_count_until_their_day_is_over() -> None:
    async with a_publisher(shown(FIRST)) as publisher:
        assert await publisher.accepts(FIRST.sign(MESSAGE))
        publisher.broken, publisher.seconds = lambda: web.Response(status=500), PAUSE
        assert not await publisher.accepts(b"forged")
        assert await publisher.accepts(FIRST.sign(MESSAGE))
        publisher.seconds = KEPT
        with pytest.raises(UncheckedCallError):
            await publisher.accepts(FIRST.sign(MESSAGE))


async def test_a_service_that_is_not_there_is_none_to_check_by() -> None:
    with pytest.raises(UncheckedCallError):
        await PublishedKeys(url="http://127.0.0.1:1/jwks.json").have_signed(MESSAGE, b"", NOON)
