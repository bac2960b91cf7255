"""A server's log channel, where its managers see what was changed, refused and reported."""

from __future__ import annotations

from enum import Enum
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.messages import Message


class LogTone(Enum):
    """What kind of news a card is."""

    PLAIN = "plain"  # something was done
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@value_object
class LogButton:
    """A persistent button: its id is `k1:<verb>:<about>`, and some cog has registered what a click does."""

    verb: str
    about: str
    label: Message
    danger: bool = False


@value_object
class LogCard:
    body: Message
    title: Message | None = None
    tone: LogTone = LogTone.PLAIN
    buttons: tuple[LogButton, ...] = ()  # at most five


class GuildLog(Protocol):
    def post(self, guild_id: int, card: LogCard) -> None:
        """Post it to the channel that the server chose, soon; nothing where it chose none.

        Neither waits nor raises: who calls it goes on whatever becomes of the card. Cards of a server keep their order.
        """
        ...


class CertainLog(GuildLog, Protocol):
    async def tell(self, guild_id: int, card: LogCard) -> bool:
        """Try once to post it now. False if nobody can read it there: a caller who needs that tries again."""
        ...


class LogChannel(Protocol):
    async def post(self, channel_id: int, card: LogCard, *, nonce: str) -> None:
        """The same nonce within a few minutes gives the same message. Raises Undeliverable and Unavailable."""
        ...
