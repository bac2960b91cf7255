"""The middleware that carries out scripted faults."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.sandbox.video.openai.orders import take_in
from bot.sandbox.video.trouble import Drip, Fault, Hang, Reset, Say, Trouble, Truncate, operation_of

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def upset(trouble: Trouble, closing: asyncio.Event) -> Middleware:
    """Apply to each request the fault that is scripted for it. `closing` ends those that hang."""

    @web.middleware
    async def meet(request: web.Request, handler: Handler) -> web.StreamResponse:
        fault = trouble.take(operation_of(request))
        return await handler(request) if fault is None else await _suffer(fault, request, handler, closing)

    return meet


async def _suffer(fault: Fault, request: web.Request, handler: Handler, closing: asyncio.Event) -> web.StreamResponse:
    match fault:
        case Say():
            if fault.after:
                await handler(request)
            return web.Response(status=fault.status, body=fault.payload, headers=fault.all_headers)
        case Reset():
            if fault.after:
                await handler(request)
            return drop(request)
        case Hang():
            await take_in(request)
            answer = await handler(request) if fault.after else None
            await _first_of(fault.until, closing)
            return drop(request) if closing.is_set() else answer or await handler(request)
        case Truncate():
            return await _truncated(request, await handler(request), fault)
        case Drip():
            return await _dripping(request, await handler(request), fault, closing)


async def _first_of(until: asyncio.Event | None, closing: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in (until, closing) if event is not None]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


def drop(request: web.Request) -> web.StreamResponse:
    """Cut the connection; the returned response can no longer be sent."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _truncated(request: web.Request, whole: web.StreamResponse, fault: Truncate) -> web.StreamResponse:
    response, body = await _begin(request, whole)
    await response.write(body[: fault.keep])
    return drop(request)


async def _dripping(
    request: web.Request, whole: web.StreamResponse, fault: Drip, closing: asyncio.Event
) -> web.StreamResponse:
    response, body = await _begin(request, whole)
    for start in range(0, len(body), fault.size):
        if closing.is_set() or request.transport is None:
            break
        await response.write(body[start : start + fault.size])
        await asyncio.sleep(fault.pause)
    return drop(request) if closing.is_set() else response


async def _begin(request: web.Request, whole: web.StreamResponse) -> tuple[web.StreamResponse, bytes]:
    body = whole.body if isinstance(whole, web.Response) and isinstance(whole.body, bytes) else b""
    response = web.StreamResponse(headers={"Content-Type": whole.content_type, "Content-Length": str(len(body))})
    await response.prepare(request)
    return response, body
