"""What can change in the world, as those who watch it are told."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.discord.world.messages import Message


@dataclass(frozen=True, slots=True)
class Shown:
    """A message is new, or looks different."""

    message: Message


@dataclass(frozen=True, slots=True)
class Gone:
    """A message was deleted."""

    message: Message


@dataclass(frozen=True, slots=True)
class Pinged:
    """People were notified of a message: `message.notified`."""

    message: Message


@dataclass(frozen=True, slots=True)
class CommandsChanged:
    pass


@dataclass(frozen=True, slots=True)
class PlacesChanged:
    """Channels, roles or rights."""


@dataclass(frozen=True, slots=True)
class BotTurned:
    """The bot connected or disconnected."""

    online: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """An interaction got its first answer, or died without one."""


Change = Shown | Gone | Pinged | CommandsChanged | PlacesChanged | BotTurned | Answered
