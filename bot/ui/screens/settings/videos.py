"""Videos: what happens to their cards, who may watch private ones, and spoilers, also by channel."""

from __future__ import annotations

from typing import Any, ClassVar

from discord.ui import ActionRow

from bot.data_classes import wired
from bot.domain.messages import Message
from bot.jobs.use_cases.guild import GuildPreferences
from bot.ui.screens.settings.controls import SettingsAct, SettingsButton, VideoRule, VideoRuleSelect
from bot.ui.screens.settings.pages import PageContent, Visit
from bot.ui.text.phrases.moderation import venues
from bot.ui.text.phrases.settings import hub as phrases
from bot.ui.text.phrases.settings import rules
from bot.ui.text.phrases.values import lines


@wired
class VideosPage:
    preferences: GuildPreferences

    id: ClassVar[str] = "videos"
    title: ClassVar[Message] = phrases.VIDEOS
    about: ClassVar[Message] = phrases.VIDEOS_ARE

    async def summary(self, visit: Visit) -> Message:
        return phrases.videos_summary(await self.preferences.of(visit.member.guild_id))

    async def content(self, visit: Visit) -> PageContent:
        options = await self.preferences.of(visit.member.guild_id)
        cards = (SettingsAct.REMOVE_CARDS, phrases.REMOVE_CARDS)
        if not options.keep_cards:
            cards = (SettingsAct.KEEP_CARDS, phrases.KEEP_CARDS)
        private = (SettingsAct.HIDE_PRIVATE, phrases.HIDE_PRIVATE)
        if not options.show_private:
            private = (SettingsAct.SHOW_PRIVATE, phrases.SHOW_PRIVATE)
        said = lines(phrases.heading(self.title), rules.how_videos_are_shown(options))
        buttons = [SettingsButton(self.id, *each) for each in (cards, private)]
        menus: list[VideoRuleSelect] = [
            VideoRuleSelect(VideoRule.SPOILERS, list(venues.SPOILERS.items()), options.spoilers),
            VideoRuleSelect(VideoRule.AGE, list(venues.AGE_RULES.items()), options.age_rule),
        ]
        rows = [ActionRow[Any](menu) for menu in menus]
        return PageContent(parts=[said], rows=[ActionRow(*buttons), *rows])
