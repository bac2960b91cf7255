"""Storage: how long videos are kept, which exceptions there are, and how much space is used."""

from __future__ import annotations

from typing import Any, ClassVar

from discord import ButtonStyle
from discord.ui import ActionRow

from bot.data_classes import wired
from bot.domain.messages import Message
from bot.jobs.retention.server_storage import ServerStorage
from bot.ui.screens.settings.controls import SettingsAct, SettingsButton, SettingsForm, SettingsFormButton
from bot.ui.screens.settings.pages import PageContent, Visit
from bot.ui.text.phrases.settings import storage as phrases


@wired
class StoragePage:
    storage: ServerStorage

    id: ClassVar[str] = "storage"
    title: ClassVar[Message] = phrases.TITLE
    about: ClassVar[Message] = phrases.ABOUT

    async def summary(self, visit: Visit) -> Message:
        return phrases.summary(await self.storage.of(visit.member.guild_id))

    async def content(self, visit: Visit) -> PageContent:
        overview = await self.storage.of(visit.member.guild_id)
        marked = (SettingsAct.REMOVE_MARKED, phrases.REMOVE_MARKED)
        if not overview.options.keep_marked:
            marked = (SettingsAct.KEEP_MARKED, phrases.KEEP_MARKED)
        row = ActionRow[Any](SettingsFormButton(SettingsForm.KEEP, phrases.CHANGE, style=ButtonStyle.primary))
        if overview.options.keep_days is not None:
            row.add_item(SettingsButton(self.id, *marked))
        return PageContent(parts=[phrases.page(overview)], rows=[row])
