"""A server's queue under its managers' control, and bulk actions."""

from __future__ import annotations

from collections.abc import Sequence

from discord.ext.commands import Cog

from bot.data_classes import wired
from bot.domain.queue.bulk import BulkKind, BulkMessages, GuildPeople
from bot.interaction_registry import InteractionRegistry
from bot.jobs.use_cases.queue.bulk import BulkTask, BulkWork
from bot.jobs.use_cases.queue.delete import DeleteMany
from bot.jobs.use_cases.queue.retry import RetryFailed
from bot.ui.cards.languages import ServerLanguages
from bot.ui.interactions.lookup import JobLookup
from bot.wiring.jobs import JobParts
from bot.wiring.use_cases import UseCases
from cogs.queue.approvals import ApprovalsCog
from cogs.queue.bulk import BulkCog
from cogs.queue.queue import QueueCog


@wired
class BulkParts:
    work: BulkWork
    retry_failed: RetryFailed
    delete_many: DeleteMany


def bulk_parts(parts: JobParts, uses: UseCases, messages: BulkMessages, people: GuildPeople) -> BulkParts:
    stores = parts.stores
    retry_failed = RetryFailed(
        queries=stores.queries,
        bulk=stores.bulk,
        holds=stores.holds,
        reports=stores.costs,
        create=uses.create,
        people=people,
        messages=messages,
        guilds=stores.guilds,
        records=stores.records,
        clock=parts.clock,
    )
    delete_many = DeleteMany(
        queries=stores.queries,
        bulk=stores.bulk,
        manage=uses.manage,
        messages=messages,
        guilds=stores.guilds,
        records=stores.records,
        clock=parts.clock,
    )
    tasks: dict[BulkKind, BulkTask] = {
        BulkKind.RETRY: retry_failed,
        BulkKind.DELETE: delete_many,
        BulkKind.TAKE_DOWN: delete_many,
    }
    work = BulkWork(records=stores.records, tasks=tasks, clock=parts.clock)
    return BulkParts(work=work, retry_failed=retry_failed, delete_many=delete_many)


def queue_cogs(
    registry: InteractionRegistry, lookup: JobLookup, uses: UseCases, bulk: BulkParts, languages: ServerLanguages
) -> Sequence[Cog]:
    return [
        QueueCog(registry, lookup, manage=uses.manage_queue, work=bulk.work, approvals=uses.approvals),
        ApprovalsCog(registry, approvals=uses.approvals, catalogue=uses.catalogue, languages=languages),
        BulkCog(registry, work=bulk.work, retry_failed=bulk.retry_failed, delete_many=bulk.delete_many),
    ]
