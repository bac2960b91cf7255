"""Moderation rules for tests, and the check of orders against them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.domain.audit.log_channel import LogCard
from bot.domain.errors import ProviderError
from bot.domain.guild import GuildOptions
from bot.domain.messages import Message
from bot.domain.moderation.blocks import Block, GuildBlocks
from bot.domain.moderation.model import ModelFinding
from bot.domain.moderation.refusals import RefusedOrder
from bot.domain.moderation.rules import ModerationRules, RuleKind
from bot.domain.ports.records import Records
from bot.jobs.use_cases.guild import OPTIONS, GuildPreferences
from bot.jobs.use_cases.moderation.blocks import BLOCKS
from bot.jobs.use_cases.moderation.rules import RULES, GuildModeration
from bot.jobs.use_cases.moderation.screening import Screening
from bot.ui.text.render import plain_text
from storage.files.local import LocalFiles
from tests.builders import ANN, CHANNEL, GUILD, NOON
from tests.changes import some_changes
from tests.scripted import MemoryRecords, SteppingClock

LOG_CHANNEL = 77


@dataclass
class RecordingLog:
    """A GuildLog that keeps its cards."""

    cards: list[LogCard] = field(default_factory=list)

    def post(self, guild_id: int, card: LogCard) -> None:
        assert guild_id == GUILD
        self.cards.append(card)

    @property
    def said(self) -> list[str]:
        return [plain_text(card.body) for card in self.cards]

    def buttons(self, number: int = -1) -> list[str]:
        return [plain_text(button.label) for button in self.cards[number].buttons]


@dataclass
class RecordingNews:
    """A MemberNews that records whom it told what."""

    told: list[tuple[int, str]] = field(default_factory=list)

    async def tell(
        self, member_id: int, channel_id: int | None, news: Message, more: Message | None = None, *, guild_id: int
    ) -> None:
        assert guild_id == GUILD
        assert channel_id is None or more is not None
        self.told.append((member_id, plain_text(news)))


@dataclass
class ScriptedModel:
    """A ModerationModel that returns or raises what its script says, and records what it was asked."""

    says: Mapping[str, ModelFinding] | ProviderError = field(default_factory=dict)
    asked: list[tuple[str, bytes | None]] = field(default_factory=list)

    async def findings(self, text: str, picture: bytes | None) -> Mapping[str, ModelFinding]:
        self.asked.append((text, picture))
        if isinstance(self.says, ProviderError):
            raise self.says
        return self.says


def a_screening(
    *,
    records: Any = None,
    model: ScriptedModel | None = None,
    log: RecordingLog | None = None,
    refuses_unchecked: bool = False,
    folder: Path = Path("/nowhere"),
    clock: SteppingClock | None = None,
) -> Screening:
    kept = records or MemoryRecords()
    return Screening(
        moderation=GuildModeration(records=kept, changes=some_changes(), has_model=model is not None),
        preferences=GuildPreferences(records=kept, changes=some_changes()),
        model=model,
        refuses_unchecked=refuses_unchecked,
        files=LocalFiles(folder),
        records=kept,
        log=log or RecordingLog(),
        clock=clock or SteppingClock(),
    )


def a_refused_order(**changes: Any) -> RefusedOrder:
    refused = RefusedOrder(
        guild_id=GUILD,
        member_id=ANN,
        channel_id=CHANNEL,
        private=False,
        text="a hound",
        kind=RuleKind.WORD,
        rule="hound",
        at=NOON,
        told_at=NOON,
    )
    return replace(refused, **changes)


async def write_rules(records: Any, **rules: Any) -> None:
    await records.write(RULES, str(GUILD), ModerationRules(**rules))


async def choose_log_channel(records: Any) -> None:
    await records.write(OPTIONS, str(GUILD), GuildOptions(log_channel=LOG_CHANNEL))


async def block(records: Records, member_id: int, by: int = 1, reason: str = "", guild_id: int = GUILD) -> None:
    """Indefinitely."""
    blocked = Block(member_id=member_id, by=by, since=NOON, reason=reason)
    await records.write(BLOCKS, str(guild_id), GuildBlocks(blocks=(blocked,)))
