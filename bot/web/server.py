"""The bot's web server: `/healthz`, `/readyz`, `/metrics`, the pages of videos and incoming webhooks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.domain.errors import CannotStart
from bot.domain.texts.languages import accepted, read_in
from bot.health.readiness import Readiness
from bot.web.archives import ArchivePages
from bot.web.connections import ConnectionLimits, GuardedConnection, listen
from bot.web.gallery.pages import GalleryPages
from bot.web.health import HealthPages
from bot.web.metrics import Metrics
from bot.web.pages import assets
from bot.web.pages.document import allowing, refusal
from bot.web.pages.phrases import BROKEN, Writer
from bot.web.player import PlayerPages
from bot.web.webhooks import Webhooks, of_another_version

log = logging.getLogger(__name__)

SLOWEST_GOODBYE = 2.0  # seconds that downloads get when the bot stops; browsers resume them
NOTHING_TO_ASK = HealthPages(readiness=Readiness(checks={}))


async def serve(
    pages: PlayerPages,
    host: str,
    port: int,
    metrics: Metrics | None = None,
    hooks: Sequence[Webhooks] = (),
    *,
    gallery: GalleryPages | None = None,
    archives: ArchivePages | None = None,
    health: HealthPages = NOTHING_TO_ASK,
    limits: ConnectionLimits | None = None,
    media_from: str | None = None,
) -> Callable[[], Awaitable[None]]:
    """Listen, and return what stops it. Raises CannotStart if the address is not available.

    `media_from`: another origin that players may load videos from.
    """
    app = application(pages, metrics, hooks, gallery=gallery, archives=archives, health=health)
    if media_from is not None:
        app.on_response_prepare.append(allowing(media_from))
    runner = web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=SLOWEST_GOODBYE,
    )
    await runner.setup()
    try:
        listener = await listen(runner, host, port, limits or ConnectionLimits.of_this_machine())
    except (OSError, UnicodeError) as error:  # for a host such as a..example
        await runner.cleanup()
        reason = error.strerror if isinstance(error, OSError) else "no host has such a name"
        raise CannotStart(f"HTTP_HOST {host} and HTTP_PORT {port} cannot be used: {reason}.") from None
    log.info("serving player pages on %s:%d", host, port)

    async def stop() -> None:
        listener.close()
        await runner.cleanup()

    return stop


def application(
    pages: PlayerPages,
    metrics: Metrics | None = None,
    hooks: Sequence[Webhooks] = (),
    *,
    gallery: GalleryPages | None = None,
    archives: ArchivePages | None = None,
    health: HealthPages = NOTHING_TO_ASK,
) -> web.Application:
    app = web.Application(middlewares=[_edge(pages.write)])
    app.add_routes(health.routes())
    app.add_routes(assets.routes())
    app.add_routes(pages.routes())
    if gallery is not None:
        app.add_routes(gallery.routes())
    if archives is not None:
        app.add_routes(archives.routes())
    for each in hooks:
        app.add_routes(each.routes())
    app.add_routes([of_another_version()])
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


def _edge(write: Writer) -> Middleware:
    """Handles one request in its visitor's language: errors are logged, and reported without details."""

    @web.middleware
    async def edge(request: web.Request, handler: Handler) -> web.StreamResponse:
        read_in(accepted(request.headers.get("Accept-Language", "")))
        if isinstance(request.protocol, GuardedConnection):
            request.protocol.has_asked()
        try:
            return await handler(request)
        except web.HTTPException:
            raise
        except Exception:
            # Whoever asked gets a sentence, and no word of what went wrong.
            log.exception("a page could not be served: %s", request.path)
            raise refusal(request, web.HTTPServiceUnavailable, BROKEN, write) from None

    return edge
