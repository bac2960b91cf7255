"""Telling managers about a case, and members about its outcome."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.moderation.cases import CaseDecision, ModerationCase


@value_object
class CaseNews:
    """A case as its card shows it. The job's prompt is left out: the card's readers may not see its channel."""

    job: Job
    case: ModerationCase


class Concern(StrEnum):
    """Why somebody is told. The values are stored."""

    MAKER = "maker"
    REPORTER = "reporter"


@value_object
class CaseOutcome:
    """What one member is told about a decision, about these videos of a server."""

    user_id: int
    guild_id: int
    concern: Concern
    videos: Sequence[JobId]
    decision: CaseDecision

    @property
    def key(self) -> str:
        return f"{self.concern}:{self.user_id}"


class CaseChannel(Protocol):
    """All raise Undeliverable if that place accepts nothing from us, and Unavailable if Discord can't be asked."""

    def guilds(self) -> Collection[int]:
        """The servers that the bot is on, as far as this process knows."""
        ...

    async def post(self, channel_id: int, news: CaseNews, *, nonce: str) -> PostedMessage:
        """The same nonce within a few minutes gives the same message."""
        ...

    async def edit(self, card: PostedMessage, news: CaseNews) -> bool:
        """False: the message is gone."""
        ...

    async def find_posted(self, channel_id: int, job_id: JobId, since: datetime) -> PostedMessage | None:
        """Our open card about that video, posted since then. None also if we may not look."""
        ...

    async def cover(self, job: Job, *, covered: bool) -> None:
        """Cover every message that shows a video as a spoiler, or uncover it; repeating it is harmless."""
        ...

    async def tell(self, outcome: CaseOutcome, *, nonce: str) -> None:
        """In a silent direct message."""
        ...
