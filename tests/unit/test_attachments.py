"""Images come from Discord's hosts only, without redirects to others, and no larger than they claim to be."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.errors import BadRequest
from bot.domain.media import LARGEST_PICTURE
from bot.ui.interactions.attachments import check_attachment, fetch

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HOSTS = frozenset({"cdn.discordapp.com"})


@pytest.fixture
async def served() -> AsyncIterator[Callable[[Handler], Awaitable[str]]]:
    """Serves one address, and yields it."""
    servers: list[TestServer] = []

    async def serve(handler: Handler) -> str:
        application = web.Application()
        application.router.add_get("/picture.png", handler)
        servers.append(TestServer(application))
        await servers[-1].start_server()
        return str(servers[-1].make_url("/picture.png"))

    yield serve
    for server in servers:
        await server.close()


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/picture.png",
        "https://cdn.discordapp.com.example.com/picture.png",
        "https://cdn.discordapp.com@example.com/picture.png",
        "http://127.0.0.1/picture.png",
        "file:///etc/passwd",
        "https://[::1",
    ],
)
def test_a_picture_from_anywhere_else_is_refused(url: str) -> None:
    with pytest.raises(BadRequest, match="isn't on Discord"):
        check_attachment(url, 10, HOSTS)


def test_a_picture_that_says_it_is_too_large_is_not_fetched() -> None:
    with pytest.raises(BadRequest, match="The limit is 20 MB"):
        check_attachment("https://cdn.discordapp.com/a.png", LARGEST_PICTURE + 1, HOSTS)


async def test_a_picture_is_fetched(served: Callable[[Handler], Awaitable[str]]) -> None:
    async def picture(_request: web.Request) -> web.Response:
        return web.Response(body=b"a picture")

    assert await fetch(await served(picture)) == b"a picture"


async def test_a_redirect_to_another_host_is_not_followed(served: Callable[[Handler], Awaitable[str]]) -> None:
    reached: list[web.Request] = []

    async def secret(request: web.Request) -> web.Response:
        reached.append(request)
        return web.Response(body=b"the router's password")

    elsewhere = await served(secret)

    async def away(_request: web.Request) -> web.Response:
        raise web.HTTPFound(elsewhere)

    with pytest.raises(BadRequest, match="couldn't be downloaded"):
        await fetch(await served(away))
    assert reached == []


async def test_a_size_that_was_a_lie_ends_the_download(served: Callable[[Handler], Awaitable[str]]) -> None:
    sent: list[int] = []

    async def flood(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(200):
            await response.write(bytes(2**20))
            sent.append(2**20)
        return response

    with pytest.raises(BadRequest, match="larger than Discord says"):
        await fetch(await served(flood))
    assert sum(sent) < 3 * LARGEST_PICTURE


async def test_a_connection_that_breaks_is_a_sentence(served: Callable[[Handler], Awaitable[str]]) -> None:
    async def broken(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    with pytest.raises(BadRequest, match=r"Send it again\. You weren't charged"):
        await fetch(await served(broken))
