"""/settings open: one message with a menu of pages. Each page is in its own module.

A page is added by a class with the methods of HubPage, its row in `settings_pages` of `bot/wiring/cogs/settings.py`,
and its row in PAGES of `cogs/settings/opening.py`.
"""

from __future__ import annotations

from asyncio import gather
from collections.abc import Sequence
from typing import Any

import discord
from discord.ui import ActionRow, Container, LayoutView, Separator, TextDisplay

from bot.data_classes import wired
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.messages import Message
from bot.ui.cards.job_card import BLUE
from bot.ui.interactions.responses import reply, update
from bot.ui.screens.budget import TextBudget
from bot.ui.screens.settings.controls import HOME, SettingsPageSelect
from bot.ui.screens.settings.pages import HubPage, PageContent, PageList, Visit
from bot.ui.text.phrases.settings import hub as phrases
from bot.ui.text.phrases.values import lines


class HubView(LayoutView):
    """A page, or the overview. `said`: what was just done. Pure."""

    def __init__(self, content: PageContent, menu: SettingsPageSelect, said: Message | None = None) -> None:
        super().__init__(timeout=None)
        parts = [part for part in (said, *content.parts) if part is not None]
        room = TextBudget(len(parts))
        card: Container[HubView] = Container(accent_colour=BLUE)
        for number, part in enumerate(parts):
            if number and said is not None and number == 1:
                card.add_item(Separator())
            card.add_item(TextDisplay(_written(room, part)))
        for row in content.rows:
            card.add_item(row)
        self.add_item(card)
        self.add_item(ActionRow(menu))


def _written(room: TextBudget, part: Message | PageList) -> str:
    if isinstance(part, Message):
        return room.text(part)
    return room.rows(part.title, part.rows, lambda row: row, empty=part.empty)


@wired
class SettingsHub:
    """Shows pages to members who were authorized to see them."""

    pages: Sequence[HubPage]

    async def view(self, visit: Visit, page_id: str = HOME, said: Message | None = None) -> HubView:
        """Raises BadRequest if there is no such page."""
        if page_id == HOME:
            return HubView(await self._home(visit), self._menu(HOME), said)
        page = next((each for each in self.pages if each.id == page_id), None)
        if page is None:
            raise BadRequest(phrases.NO_SUCH_PAGE)
        return HubView(await page.content(visit), self._menu(page_id), said)

    async def show(
        self, interaction: discord.Interaction[Any], member: Member, page_id: str = HOME, said: Message | None = None
    ) -> None:
        """Replaces the page that is shown, or otherwise replies only to the asker."""
        view = await self.view(Visit.of(interaction, member), page_id, said)
        if interaction.message is not None and interaction.message.flags.ephemeral:
            await update(interaction, view)
        else:
            await reply(interaction, view=view)

    def framed(self, content: PageContent, page_id: str) -> HubView:
        """A page whose content is known already."""
        return HubView(content, self._menu(page_id))

    async def _home(self, visit: Visit) -> PageContent:
        summaries = await gather(*(page.summary(visit) for page in self.pages))
        rows = [phrases.named(page.title, said) for page, said in zip(self.pages, summaries, strict=True)]
        return PageContent(parts=[phrases.TITLE, lines(*rows), phrases.HOW])

    def _menu(self, now: str) -> SettingsPageSelect:
        home = (HOME, phrases.OVERVIEW, phrases.OVERVIEW_IS)
        return SettingsPageSelect([home, *((page.id, page.title, page.about) for page in self.pages)], now)
