"""Setting changes, kept in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.audit.changes import ChangeCursor, ChangesPage, NotedChange, SettingChange
from bot.domain.audit.log_channel import GuildLog, LogCard
from bot.jobs.use_cases.audit.changes import SettingChanges, sentence
from bot.ui.text.render import render
from tests.builders import a_catalogue
from tests.scripted import SteppingClock


@dataclass
class MemoryChanges:
    """The ChangeStore. It has a single page."""

    noted: list[NotedChange] = field(default_factory=list)

    async def add(self, changes: Sequence[SettingChange], at: datetime) -> None:
        for change in changes:
            self.noted.append(NotedChange(id=len(self.noted) + 1, at=at, change=change))

    async def page(self, guild_id: int, most: int, cursor: ChangeCursor | None = None) -> ChangesPage:
        assert cursor is None
        found = [each for each in reversed(self.noted) if each.change.guild_id == guild_id]
        return ChangesPage(changes=found[:most], newer=False, older=False)

    @property
    def sentences(self) -> list[str]:
        """The recorded sentences, without who made the change."""
        return [render(sentence(each.change)).partition(" changed ")[2] for each in self.noted]


@dataclass
class MemoryLog:
    """The CertainLog."""

    cards: list[LogCard] = field(default_factory=list)
    is_shut: bool = False

    def post(self, guild_id: int, card: LogCard) -> None:
        assert guild_id
        self.cards.append(card)

    async def tell(self, guild_id: int, card: LogCard) -> bool:
        if not self.is_shut:
            self.post(guild_id, card)
        return not self.is_shut


def some_changes(store: MemoryChanges | None = None, log: GuildLog | None = None) -> SettingChanges:
    return SettingChanges(
        store=store or MemoryChanges(), log=log or MemoryLog(), clock=SteppingClock(), label=a_catalogue().label
    )
