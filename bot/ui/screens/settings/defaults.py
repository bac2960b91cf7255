"""Defaults: model, length and size of a video if a member does not choose them."""

from __future__ import annotations

from typing import Any, ClassVar

from discord.ui import ActionRow

from bot.data_classes import wired
from bot.domain.guild import GuildOptions
from bot.domain.messages import Message
from bot.domain.models.catalogue import Catalogue
from bot.jobs.use_cases.guild import GuildPreferences
from bot.ui.screens.settings.controls import SettingsAct, SettingsButton, SettingsForm, SettingsFormButton
from bot.ui.screens.settings.pages import PageContent, Visit
from bot.ui.text.phrases.settings import hub as phrases
from bot.ui.text.phrases.values import lines, small


@wired
class DefaultsPage:
    preferences: GuildPreferences
    catalogue: Catalogue

    id: ClassVar[str] = "defaults"
    title: ClassVar[Message] = phrases.DEFAULTS
    about: ClassVar[Message] = phrases.DEFAULTS_ARE

    async def summary(self, visit: Visit) -> Message:
        options = await self.preferences.of(visit.member.guild_id)
        return phrases.defaults_summary(options, self._label(options))

    async def content(self, visit: Visit) -> PageContent:
        options = await self.preferences.of(visit.member.guild_id)
        said = lines(
            phrases.heading(self.title), phrases.defaults(options, self._label(options)), small(phrases.DEFAULTS_HINT)
        )
        row: ActionRow[Any] = ActionRow(SettingsFormButton(SettingsForm.DEFAULTS, phrases.CHANGE_DEFAULTS))
        if any((options.default_model, options.default_seconds, options.default_size)):
            row.add_item(SettingsButton(self.id, SettingsAct.NO_DEFAULTS, phrases.NO_DEFAULTS))
        return PageContent(parts=[said], rows=[row])

    def _label(self, options: GuildOptions) -> str | None:
        return None if options.default_model is None else self.catalogue.label(options.default_model)
