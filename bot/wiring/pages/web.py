"""The server of pages, metrics and webhooks. Imported only if a port is set for it: it takes 5 MB and 0.1 s."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

from bot.client import VideoBot
from bot.data_classes import value_object
from bot.domain.errors import CannotStart
from bot.domain.links import AllHookLinks, ArchiveLinks, PlayerLinks
from bot.health.readiness import Readiness
from bot.jobs.context import StepContext
from bot.jobs.reconcile.unattributed import UnattributedSpending
from bot.jobs.reconcile.webhooks import WebhookIntake
from bot.jobs.worker import Worker
from bot.providers.dialects import DIALECTS
from bot.settings import Settings
from bot.ui.text.render import plain_text
from bot.web.archives import ArchivePages
from bot.web.health import HealthPages
from bot.web.loop_lag import LoopLag
from bot.web.metrics import Metrics
from bot.web.pages.kept_files import FilePages
from bot.web.player import PlayerPages
from bot.web.server import serve
from bot.web.step_times import StepTimes
from bot.web.webhooks import Webhooks
from bot.wiring.accounts import accounts_so_far
from bot.wiring.jobs import JobParts
from bot.wiring.pages.gallery import gallery_pages
from bot.wiring.pages.hooks import webhook_secrets
from bot.wiring.pages.links import SiteLinks
from bot.wiring.stores import Stores
from bot.wiring.use_cases import UseCases


@value_object
class Monitored:
    """What monitoring shows of this process."""

    client: VideoBot
    worker: Worker
    readiness: Readiness


def _player_pages(stores: Stores, files: FilePages, links: PlayerLinks, context: StepContext) -> PlayerPages:
    return PlayerPages(
        find=stores.queries.get,
        ratings=stores.ratings.counted,
        files=files,
        links=links,
        clock=context.clock,
        write=plain_text,
        label=context.catalogue.label,
    )


async def serve_pages(
    settings: Settings,
    parts: JobParts,
    uses: UseCases,
    context: StepContext,
    *,
    monitored: Monitored,
    links: SiteLinks,
    opened: AsyncExitStack,
) -> None:
    """Serve until what was opened is closed. Raises CannotStart if the port is not available."""
    if links.player is None or settings.http_port is None:
        return
    stores, step_times = parts.stores, StepTimes()
    monitored.worker.tell(step_times.took)
    files, media_from = await file_pages(settings, stores)
    pages = _player_pages(stores, files, links.player, context)
    metrics, hooks = _metrics(settings, stores, context, step_times), webhooks(settings, stores, context, links.hooks)
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
        gallery=gallery_pages(parts, uses, monitored.client, links.public, redirects=settings.files_redirect),
        archives=archives,
        health=HealthPages(readiness=monitored.readiness),
        media_from=media_from,
    )
    opened.push_async_callback(stop)


async def file_pages(settings: Settings, stores: Stores) -> tuple[FilePages, str | None]:
    """The pages, and the origin that players may be redirected to; None if they are not. Raises CannotStart."""
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


def webhooks(settings: Settings, stores: Stores, context: StepContext, links: AllHookLinks) -> Sequence[Webhooks]:
    """A route for each account whose service calls, with the reader of its dialect. Raises CannotStart."""
    accounts = {account.name: account for account in accounts_so_far(settings)}
    secrets = webhook_secrets(settings)
    unattributed = UnattributedSpending(records=stores.records, counters=context.counters)
    intake, calls = WebhookIntake(context=context, unattributed=unattributed), context.counters.webhook_calls
    found = [
        (each, DIALECTS[accounts[each.account].dialect].read_calls(accounts[each.account], secrets.get(each.account)))
        for each in links.accounts
    ]
    return [
        Webhooks(links=each, reader=reader, intake=intake, clock=context.clock, calls=calls)
        for each, reader in found
        if reader is not None
    ]
