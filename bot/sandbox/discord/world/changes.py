"""The changes in the world, as reported to those who watch it."""

from __future__ import annotations

from bot.data_classes import value_object
from bot.sandbox.discord.world.messages import Message


@value_object(kw_only=False)
class Shown:
    """A message is new, or looks different."""

    message: Message


@value_object(kw_only=False)
class Gone:
    """A message was deleted."""

    message: Message


@value_object(kw_only=False)
class Pinged:
    """People were notified of a message: `message.notified`."""

    message: Message


@value_object(kw_only=False)
class CommandsChanged:
    pass


@value_object(kw_only=False)
class PlacesChanged:
    """Channels, roles or rights."""


@value_object(kw_only=False)
class BotTurned:
    """The bot connected or disconnected."""

    online: bool


@value_object(kw_only=False)
class Answered:
    """An interaction got its first answer, or expired without one."""


Change = Shown | Gone | Pinged | CommandsChanged | PlacesChanged | BotTurned | Answered
