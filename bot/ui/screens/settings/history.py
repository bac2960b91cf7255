"""History: who changed what, before and after, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from discord.ui import ActionRow

from bot.domain.audit.changes import ChangeCursor, ChangesPage
from bot.domain.history import Direction
from bot.domain.messages import Message
from bot.jobs.use_cases.audit.changes import SettingChanges
from bot.ui.screens.settings.controls import ChangesButton
from bot.ui.screens.settings.pages import PageContent, PageList, Visit
from bot.ui.text.phrases.settings import hub as phrases


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesHistoryPage:
    changes: SettingChanges

    id: ClassVar[str] = "history"
    title: ClassVar[Message] = phrases.HISTORY
    about: ClassVar[Message] = phrases.HISTORY_IS

    async def summary(self, visit: Visit) -> Message:
        latest = (await self.changes.page(visit.member)).changes
        return phrases.history_summary(latest[0] if latest else None)

    async def content(self, visit: Visit) -> PageContent:
        return await self.turned(visit, None)

    async def turned(self, visit: Visit, cursor: ChangeCursor | None) -> PageContent:
        page = await self.changes.page(visit.member, cursor)
        rows = [phrases.change(noted) for noted in page.changes]
        listing = PageList(title=phrases.heading(self.title), rows=rows, empty=phrases.NO_CHANGES)
        return PageContent(parts=[listing], rows=_leaves(page))


def _leaves(page: ChangesPage) -> list[ActionRow[Any]]:
    if not page.changes or not (page.newer or page.older):
        return []
    newer = ChangeCursor(direction=Direction.NEWER, at=page.changes[0].id)
    older = ChangeCursor(direction=Direction.OLDER, at=page.changes[-1].id)
    return [ActionRow(ChangesButton(newer, disabled=not page.newer), ChangesButton(older, disabled=not page.older))]
