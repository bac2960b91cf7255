"""Reports and take-downs: what people start, and who works on it."""

from __future__ import annotations

from bot.data_classes import wired
from bot.domain.moderation.channel import CaseChannel
from bot.domain.queue.bulk import BulkMessages
from bot.interaction_registry import InteractionRegistry
from bot.jobs.use_cases.moderation.case_step import CaseParts
from bot.jobs.use_cases.moderation.cases import ModerationCases
from bot.jobs.use_cases.moderation.reports import ReportVideos
from bot.jobs.use_cases.moderation.take_downs import TakeDowns, TakeDownSteps
from bot.jobs.use_cases.moderation.work import ModerationWork
from bot.ui.interactions.lookup import JobLookup
from bot.wiring.jobs import JobParts
from bot.wiring.use_cases import UseCases
from cogs.moderation.reports import ReportsCog


@wired
class ModerationParts:
    videos: ReportVideos
    take_downs: TakeDowns
    work: ModerationWork


def moderation_parts(parts: JobParts, uses: UseCases, messages: BulkMessages, channel: CaseChannel) -> ModerationParts:
    stores, authorization = parts.stores, uses.authorization
    cases = ModerationCases(records=stores.records, clock=parts.clock)
    steps = TakeDownSteps(
        cases=cases, queries=stores.queries, queue=stores.queue, manage=uses.manage, messages=messages
    )
    work = ModerationWork(
        parts=CaseParts(cases=cases, steps=steps, queries=stores.queries, preferences=uses.preferences, channel=channel)
    )
    parts.events.listen(work.heard)
    return ModerationParts(
        videos=ReportVideos(
            cases=cases, preferences=uses.preferences, authorization=authorization, changes=uses.changes
        ),
        take_downs=TakeDowns(cases=cases, queries=stores.queries, authorization=authorization, changes=uses.changes),
        work=work,
    )


def reports_cog(
    registry: InteractionRegistry, lookup: JobLookup, uses: UseCases, moderation: ModerationParts
) -> ReportsCog:
    return ReportsCog(
        registry,
        lookup,
        videos=moderation.videos,
        take_downs=moderation.take_downs,
        block_members=uses.moderation.block_members,
    )
