"""All of Kinora, wired from bottom to top, and closed in reverse."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from bot.answering_turn import AnsweringTurn
from bot.client import VideoBot
from bot.config.duties import EVERYTHING, Duties
from bot.data_classes import wired
from bot.domain.ports.provider import Provider
from bot.health.readiness import Readiness
from bot.jobs.context import StepContext
from bot.jobs.notices.own_keys import KeyUpkeep
from bot.jobs.notices.telling import ManagerNotices
from bot.jobs.reconcile.files import FileSweep
from bot.jobs.reconcile.sharing import AccountSharing
from bot.jobs.reconcile.sweep import Reconciler
from bot.jobs.retention.sweep import RetentionSweep
from bot.jobs.use_cases.me.erase import EraseMembers
from bot.jobs.use_cases.moderation.work import ModerationWork
from bot.jobs.use_cases.prompting.upkeep import HelperUpkeep
from bot.jobs.use_cases.studio.contests.work import ContestWorker
from bot.jobs.use_cases.studio.search_upkeep import SearchUpkeep
from bot.jobs.use_cases.studio.showcase.work import ShowcaseWork
from bot.jobs.webhooks.delivering import WebhookDeliveries
from bot.jobs.worker import Worker
from bot.settings import Settings
from bot.ui.publish.live_cards import LiveCards
from bot.wiring.answering import answering_turn
from bot.wiring.discord import DiscordSide, open_discord
from bot.wiring.jobs import JobParts, key_upkeep, manager_notices, open_parts, retention_sweep, step_context, worker_of
from bot.wiring.pages.health import readiness
from bot.wiring.pages.links import SiteLinks, site_links
from bot.wiring.stores import check_sums
from bot.wiring.use_cases import use_cases


@wired
class Application:
    """A running Kinora, ready to be connected."""

    client: VideoBot
    cards: LiveCards
    worker: Worker
    reconciler: Reconciler
    file_sweep: FileSweep
    notices: ManagerNotices
    key_upkeep: KeyUpkeep
    erasing: EraseMembers
    moderation: ModerationWork
    contests: ContestWorker
    showcase: ShowcaseWork
    search_upkeep: SearchUpkeep
    account_sharing: AccountSharing
    retention: RetentionSweep
    helper_upkeep: HelperUpkeep
    webhook_deliveries: WebhookDeliveries
    providers: Mapping[str, Provider]
    answering_turn: AnsweringTurn
    readiness: Readiness
    check_sums: Callable[[], Coroutine[Any, Any, None]]


@asynccontextmanager
async def build(settings: Settings, duties: Duties = EVERYTHING) -> AsyncIterator[Application]:
    """Everything, wired. Whatever was opened is closed in reverse order, whatever happens. Raises CannotStart."""
    async with AsyncExitStack() as opened:
        parts = await open_parts(settings, opened)
        links = await site_links(settings, parts.stores.records, duties)
        uses = use_cases(settings, parts)
        discord = await open_discord(settings, parts, uses, links.public, opened)
        context = _context(settings, parts, discord, links)
        worker = worker_of(settings, context, parts.limits)
        is_ready = readiness(discord.client, worker, parts.stores, duties)
        if settings.http_port is not None:
            # Imported only if needed: it takes 5 MB and 0.1 s, and most installations do not use it.
            from bot.wiring.pages.web import Monitored, serve_pages  # noqa: PLC0415 - see above

            monitored = Monitored(client=discord.client, worker=worker, readiness=is_ready)
            await serve_pages(settings, parts, uses, context, monitored=monitored, links=links, opened=opened)
        notices = manager_notices(parts, uses.preferences, uses.allowances, discord.notice_channel)
        _listen(parts, discord, worker, notices)
        yield Application(
            client=discord.client,
            cards=discord.cards,
            worker=worker,
            reconciler=_reconciler(parts, context),
            file_sweep=_file_sweep(parts),
            notices=notices,
            key_upkeep=key_upkeep(parts, discord.direct_messages),
            erasing=discord.erasing,
            moderation=discord.moderation,
            contests=discord.contests,
            showcase=discord.showcase,
            search_upkeep=SearchUpkeep(index=parts.stores.search_index, clock=parts.clock),
            account_sharing=AccountSharing(context=context, accounts=parts.accounts, total=parts.limits.total),
            retention=retention_sweep(parts, uses.preferences),
            helper_upkeep=HelperUpkeep(calls=parts.stores.helper_calls, clock=parts.clock),
            webhook_deliveries=parts.webhook_deliveries,
            providers=parts.providers,
            answering_turn=answering_turn(settings, discord.client, parts.stores.records.database, parts.clock),
            readiness=is_ready,
            check_sums=partial(check_sums, parts.stores.records.database),
        )


def _context(settings: Settings, parts: JobParts, discord: DiscordSide, links: SiteLinks) -> StepContext:
    return step_context(
        settings, parts, publisher=discord.publisher, access_check=discord.access_check, hook_links=links.hooks
    )


def _reconciler(parts: JobParts, context: StepContext) -> Reconciler:
    return Reconciler(context=context, records=parts.stores.records, own_accounts=parts.stores.keys.awaited)


def _listen(parts: JobParts, discord: DiscordSide, worker: Worker, notices: ManagerNotices) -> None:
    for heard in (discord.cards.heard, worker.wake, notices.heard, discord.erasing.heard, discord.contests.heard):
        parts.events.listen(heard)
    parts.events.listen(parts.webhook_deliveries.heard)
    for queue_heard in (discord.cards.queue_heard, worker.wake):
        parts.events.listen_to_queues(queue_heard)


def _file_sweep(parts: JobParts) -> FileSweep:
    return FileSweep(files=parts.stores.files, references=parts.stores.file_references, clock=parts.clock)
