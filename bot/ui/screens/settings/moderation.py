"""Moderation: what orders must not contain, who is blocked, and appeals."""

from __future__ import annotations

from typing import Any, ClassVar

from discord import ButtonStyle
from discord.ui import ActionRow

from bot.data_classes import wired
from bot.domain.messages import Message
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.moderation.blocks import MemberBlocks
from bot.jobs.use_cases.moderation.rules import GuildModeration
from bot.ui.screens.moderation import ModerationForm, ModerationFormButton, ModerationPageAct, ModerationPageButton
from bot.ui.screens.settings.pages import PageContent, Visit
from bot.ui.text.phrases.moderation import screening as phrases


@wired
class ModerationPage:
    rules: GuildModeration
    preferences: GuildPreferences
    blocks: MemberBlocks

    id: ClassVar[str] = "moderation"
    title: ClassVar[Message] = phrases.TITLE
    about: ClassVar[Message] = phrases.ABOUT

    async def summary(self, visit: Visit) -> Message:
        guild_id = visit.member.guild_id
        return phrases.summary(await self.rules.of(guild_id), len(await self.blocks.of(guild_id)))

    async def content(self, visit: Visit) -> PageContent:
        guild_id = visit.member.guild_id
        rules, blocks = await self.rules.of(guild_id), len(await self.blocks.of(guild_id))
        log_channel = (await self.preferences.of(guild_id)).log_channel
        has_model = self.rules.has_model
        said = phrases.page(rules, has_model=has_model, log_channel=log_channel, blocks=blocks)
        return PageContent(parts=[said], rows=[_list_buttons(has_model=has_model), _member_buttons(blocks)])


def _list_buttons(*, has_model: bool) -> ActionRow[Any]:
    return ActionRow(
        ModerationFormButton(ModerationForm.WORDS, phrases.WORDS, style=ButtonStyle.primary),
        ModerationFormButton(ModerationForm.PATTERNS, phrases.PATTERNS),
        ModerationFormButton(ModerationForm.MODEL, phrases.MODEL, disabled=not has_model),
        ModerationFormButton(ModerationForm.TRY, phrases.TRY),
    )


def _member_buttons(blocks: int) -> ActionRow[Any]:
    return ActionRow(
        ModerationFormButton(ModerationForm.BLOCK, phrases.BLOCK, style=ButtonStyle.danger),
        ModerationPageButton(ModerationPageAct.BLOCKED, phrases.blocked_button(blocks), disabled=not blocks),
        ModerationFormButton(ModerationForm.APPEALS, phrases.APPEALS),
    )
