"""What members may not order: the rules, the check, blocks and appeals."""

from __future__ import annotations

from bot.data_classes import wired
from bot.domain.moderation.appeals import MemberNews
from bot.domain.moderation.rules import WhenDown
from bot.jobs.use_cases.audit.changes import SettingChanges
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.moderation.appeals import Appeals
from bot.jobs.use_cases.moderation.blocks import BlockMembers, MemberBlocks
from bot.jobs.use_cases.moderation.rules import GuildModeration
from bot.jobs.use_cases.moderation.screening import Screening
from bot.settings import Settings
from bot.wiring.jobs import JobParts


@wired
class ModerationUseCases:
    rules: GuildModeration
    screening: Screening
    blocks: MemberBlocks
    block_members: BlockMembers


def moderation_of(
    settings: Settings, parts: JobParts, changes: SettingChanges, preferences: GuildPreferences
) -> ModerationUseCases:
    stores, model = parts.stores, parts.moderation_model
    rules = GuildModeration(records=stores.records, changes=changes, has_model=model is not None)
    blocks = MemberBlocks(records=stores.records, clock=parts.clock)
    screening = Screening(
        moderation=rules,
        preferences=preferences,
        model=model,
        refuses_unchecked=settings.moderation_when_down is WhenDown.REFUSE,
        files=stores.files,
        records=stores.records,
        log=parts.guild_log,
        clock=parts.clock,
    )
    block_members = BlockMembers(
        blocks=blocks,
        queue=stores.queue,
        queries=stores.queries,
        guilds=stores.guilds,
        events=parts.events,
        changes=changes,
    )
    return ModerationUseCases(rules=rules, screening=screening, blocks=blocks, block_members=block_members)


def appeals_of(parts: JobParts, uses: ModerationUseCases, preferences: GuildPreferences, news: MemberNews) -> Appeals:
    stores = parts.stores
    return Appeals(
        moderation=uses.rules,
        preferences=preferences,
        blocks=uses.block_members,
        guilds=stores.guilds,
        records=stores.records,
        log=parts.guild_log,
        news=news,
        clock=parts.clock,
    )
