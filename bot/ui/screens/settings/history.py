"""History: who changed what and when, with the old and new values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from discord.ui import ActionRow

from bot.data_classes import wired
from bot.domain.audit.changes import ChangeCursor, ChangesPage, NotedChange
from bot.domain.history import Direction
from bot.domain.messages import Message
from bot.jobs.use_cases.audit.changes import SettingChanges
from bot.ui.screens.settings.controls import ChangesButton
from bot.ui.screens.settings.pages import PageContent, PageList, Visit
from bot.ui.text.phrases.settings import hub as phrases
from bot.ui.text.render import render

ROOM = 3900  # characters, without the title


@wired
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
        rows = _rows(page.changes)
        listing = PageList(title=phrases.heading(self.title), rows=rows, empty=phrases.NO_CHANGES)
        return PageContent(parts=[listing], rows=_leaves(page))


def _rows(changes: Sequence[NotedChange]) -> list[Message]:
    """A change that takes up the room of others is shown without its values: none may hide who changed what."""
    rows = [phrases.change(noted) for noted in changes]
    if sum(map(_size, rows)) <= ROOM:
        return rows
    most = ROOM // len(rows)
    return [phrases.large_change(n) if _size(row) > most else row for n, row in zip(changes, rows, strict=True)]


def _size(row: Message) -> int:
    """In characters, of which a message takes 4000; its bytes count, too: it takes a little more than twice as many."""
    text = render(row)
    return max(len(text), len(text.encode()) // 2) + 1


def _leaves(page: ChangesPage) -> list[ActionRow[Any]]:
    if not page.changes or not (page.newer or page.older):
        return []
    newer = ChangeCursor(direction=Direction.NEWER, at=page.changes[0].id)
    older = ChangeCursor(direction=Direction.OLDER, at=page.changes[-1].id)
    return [ActionRow(ChangesButton(newer, disabled=not page.newer), ChangesButton(older, disabled=not page.older))]
