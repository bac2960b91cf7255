"""The web side: signed links, and the server of pages, metrics and webhooks where a port is set for it."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.config.duties import Duties
from bot.domain.errors import CannotStart
from bot.domain.links import AllHookLinks, ArchiveLinks, PlayerLinks
from bot.domain.ports.records import Records
from bot.health.readiness import Readiness
from bot.jobs.context import StepContext
from bot.settings import Settings
from bot.ui.text.render import plain_text
from bot.web.archives import ArchivePages
from bot.web.gallery.pages import GalleryPages
from bot.web.health import HealthPages
from bot.web.loop_lag import LoopLag
from bot.web.metrics import Metrics
from bot.web.pages.kept_files import FilePages
from bot.web.player import PlayerPages
from bot.web.server import serve
from bot.web.step_times import StepTimes
from bot.wiring.pages.hooks import webhook_links, webhooks
from bot.wiring.paths import player_key
from bot.wiring.stores import Stores
from storage.files.signing_key import lasting_key, shared_key

log = logging.getLogger(__name__)


async def player_links(settings: Settings, records: Records, duties: Duties) -> PlayerLinks | None:
    """What signs player links and checks them; None when there are neither links nor pages."""
    if settings.public_url is None and settings.http_port is None:
        return None
    if settings.public_url and settings.http_port is None and duties.is_everything:
        log.warning("PUBLIC_URL is set and HTTP_PORT is not: player links work only if another process serves them")
    try:
        key = lasting_key(player_key(settings))
        if settings.database_url is not None:
            key = await shared_key(player_key(settings), records)
    except (OSError, ValueError) as error:
        raise CannotStart(f"The key of player links in DATA_DIR {settings.data_dir} cannot be used: {error}.") from None
    return PlayerLinks(base=(settings.public_url or "").rstrip("/"), key=key)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLinks:
    """What signs addresses of this machine. `public` is None where people cannot reach it."""

    player: PlayerLinks | None
    public: PlayerLinks | None
    hooks: AllHookLinks


async def site_links(settings: Settings, records: Records, duties: Duties) -> SiteLinks:
    """Raises CannotStart when there is no key to sign with."""
    player = await player_links(settings, records, duties)
    hooks = webhook_links(settings, duties, None if player is None else player.key)
    return SiteLinks(player=player, public=player if settings.public_url else None, hooks=hooks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What monitors are told of this process."""

    readiness: Readiness
    step_times: StepTimes


def _player_pages(stores: Stores, files: FilePages, links: PlayerLinks, context: StepContext) -> PlayerPages:
    return PlayerPages(
        find=stores.queries.get,
        ratings=stores.ratings.counted,
        files=files,
        links=links,
        clock=context.clock,
        write=plain_text,
    )


async def serve_pages(
    settings: Settings,
    stores: Stores,
    context: StepContext,
    *,
    watch: Watch,
    links: SiteLinks,
    gallery: GalleryPages | None,
    opened: AsyncExitStack,
) -> None:
    """Serve until what was opened is closed. Raises CannotStart when the port cannot be had."""
    if links.player is None or settings.http_port is None:
        return
    files, media_from = await file_pages(settings, stores)
    pages = _player_pages(stores, files, links.player, context)
    metrics, hooks = _metrics(settings, stores, context, watch.step_times), webhooks(settings, context, links.hooks)
    health = HealthPages(readiness=watch.readiness)
    archives = ArchivePages(
        find=stores.queries.get_many,
        files=stores.files,
        links=ArchiveLinks(base=links.player.base, key=links.player.key),
        clock=context.clock,
        write=plain_text,
    )
    stop = await serve(
        pages,
        settings.http_host,
        settings.http_port,
        metrics,
        hooks,
        gallery=gallery,
        archives=archives,
        health=health,
        media_from=media_from,
    )
    opened.push_async_callback(stop)


async def file_pages(settings: Settings, stores: Stores) -> tuple[FilePages, str | None]:
    """And the origin that players may be sent to; None where they are not. Raises CannotStart."""
    if not settings.files_redirect:
        return FilePages(files=stores.files, write=plain_text), None
    if settings.files_url is None:
        raise CannotStart("FILES_REDIRECT needs FILES_URL: a folder has no addresses to send browsers to.")
    address = await stores.files.signed("probe/kinora", 1)
    if address is None:
        raise CannotStart("FILES_REDIRECT needs keys that can sign addresses; those of FILES_URL cannot.")
    parts = urlsplit(address)
    if (settings.public_url or "").startswith("https://") and parts.scheme != "https":
        raise CannotStart("FILES_REDIRECT needs a store with https, as PUBLIC_URL has it: browsers refuse the others.")
    return FilePages(files=stores.files, write=plain_text, redirects=True), f"{parts.scheme}://{parts.netloc}"


def _metrics(settings: Settings, stores: Stores, context: StepContext, step_times: StepTimes) -> Metrics:
    token = settings.metrics_token
    return Metrics(
        installation_stats=stores.stats.installation_stats,
        circuit_open=context.circuit.is_open,
        providers=sorted(context.providers),
        counters=context.counters,
        lag=LoopLag(),
        step_times=step_times,
        token=token.get_secret_value() if token else None,
        is_public=settings.public_url is not None,
    )
