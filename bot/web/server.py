"""The web server beside the bot: `/healthz`, `/readyz`, `/metrics`, the player pages and webhooks in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web

from bot.domain.errors import CannotStart
from bot.web.connections import ConnectionLimits, GuardedConnection, listen
from bot.web.metrics import Metrics
from bot.web.page import sorry
from bot.web.player import PlayerPages
from bot.web.webhooks import Webhooks

log = logging.getLogger(__name__)

SLOWEST_GOODBYE = 2.0  # seconds that downloads get when the bot stops; browsers take them up again
NotReady = Callable[[], str | None]  # what is waited for
BROKEN = "Something broke here; it was noted. Try again in a minute."


async def serve(
    pages: PlayerPages,
    host: str,
    port: int,
    metrics: Metrics | None = None,
    hooks: Webhooks | None = None,
    *,
    limits: ConnectionLimits | None = None,
    not_ready: NotReady = lambda: None,
) -> Callable[[], Awaitable[None]]:
    """Listen, and return what stops it. Raises CannotStart when the address cannot be had."""
    runner = web.AppRunner(
        application(pages, metrics, hooks, not_ready), access_log=None, shutdown_timeout=SLOWEST_GOODBYE
    )
    await runner.setup()
    try:
        listener = await listen(runner, host, port, limits or ConnectionLimits.of_this_machine())
    except OSError as error:
        await runner.cleanup()
        raise CannotStart(f"HTTP_HOST {host} and HTTP_PORT {port} cannot be used: {error.strerror}.") from None
    log.info("serving player pages on %s:%d", host, port)

    async def stop() -> None:
        listener.close()
        await runner.cleanup()

    return stop


def application(
    pages: PlayerPages,
    metrics: Metrics | None = None,
    hooks: Webhooks | None = None,
    not_ready: NotReady = lambda: None,
) -> web.Application:
    app = web.Application(middlewares=[_edge])

    async def healthz(_request: web.Request) -> web.Response:
        """200 while the database answers."""
        await pages.check()
        return web.json_response({"status": "ok"})

    async def readyz(_request: web.Request) -> web.Response:
        """503 while people cannot be answered. A restart would not help, so `/healthz` says nothing of it."""
        if (reason := not_ready()) is not None:
            return web.json_response({"status": "waiting", "reason": reason}, status=503)
        return web.json_response({"status": "ready"})

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.add_routes(pages.routes())
    if hooks is not None:
        app.add_routes(hooks.routes())
    if metrics is not None:
        app.add_routes(metrics.routes())
        app.cleanup_ctx.append(_measuring(metrics))
    return app


def _measuring(metrics: Metrics) -> Callable[[web.Application], AsyncIterator[None]]:
    async def measure(_app: web.Application) -> AsyncIterator[None]:
        measuring = asyncio.create_task(metrics.lag.measure(), name="loop lag")
        yield
        measuring.cancel()
        await asyncio.gather(measuring, return_exceptions=True)

    return measure


@web.middleware
async def _edge(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """One request: what breaks in it is noted, and told without its insides."""
    if isinstance(request.protocol, GuardedConnection):
        request.protocol.has_asked()
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Exception:
        log.exception("a page could not be served: %s", request.path)
        return web.Response(status=503, text=sorry(BROKEN), content_type="text/html")
