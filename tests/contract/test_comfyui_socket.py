"""The WebSocket for ComfyUI's progress, and where the guard's key is sent."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.providers.comfyui.progress import ProgressSocket
from bot.providers.common.endpoint import Endpoint
from tests.builders import an_account


async def test_what_guards_a_server_follows_no_redirect_to_another_one() -> None:
    seen = list[str | None]()

    async def elsewhere(request: web.Request) -> web.Response:
        seen.append(request.headers.get("X-Api-Key"))
        return web.Response(status=404)

    another = web.Application()
    another.router.add_get("/login", elsewhere)
    async with TestServer(another) as login:

        async def redirected(_: web.Request) -> web.Response:
            raise web.HTTPFound(str(login.make_url("/login")))

        guarded = web.Application()
        guarded.router.add_get("/ws", redirected)
        async with TestServer(guarded) as server:
            account = an_account("comfyui", key="X-Api-Key: of-the-guard", base_url=str(server.make_url("")))
            socket = ProgressSocket(Endpoint(account, key_header=""), "us")
            socket.expect("a render", {"3": {"class_type": "KSampler", "inputs": {}}})
            assert socket.percent("a render") is None
            await listened()
    assert seen == []


@pytest.mark.parametrize(
    ("frame", "percent"),
    [
        ('"value": 5, "max": 20', 25),
        ('"value": Infinity, "max": Infinity', None),
        (f'"value": 0.5, "max": 1{"0" * 400}', None),
        (f'"value": 1{"0" * 400}, "max": 1{"0" * 401}', 10),
    ],
)
async def test_a_progress_that_is_no_number_tells_nothing(frame: str, percent: int | None) -> None:
    async def tell(request: web.Request) -> web.WebSocketResponse:
        line = web.WebSocketResponse()
        await line.prepare(request)
        await line.send_str(f'{{"type": "progress", "data": {{"prompt_id": "a render", "node": "3", {frame}}}}}')
        await line.close()
        return line

    telling = web.Application()
    telling.router.add_get("/ws", tell)
    async with TestServer(telling) as server:
        account = an_account("comfyui", key="none", base_url=str(server.make_url("")))
        socket = ProgressSocket(Endpoint(account, key_header=""), "us")
        socket.expect("a render", {"3": {"class_type": "KSampler", "inputs": {}}})
        socket.percent("a render")
        await listened()
        assert socket.percent("a render") == percent
        await socket.close()


async def listened() -> None:
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "ComfyUI's progress"))
