"""One use of the bot by a person, until its token expires."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from enum import IntEnum

from bot.sandbox.discord.world.clock import Json
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.discord.world.places import Channel, User


class Kind(IntEnum):
    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Answer(IntEnum):
    """The types of a first answer."""

    MESSAGE = 4
    DEFERRED = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


@dataclass(slots=True, kw_only=True, eq=False)
class Interaction:
    """`source` is the message whose component was used; `name` the command, as in "Ann used /create"."""

    id: int
    kind: Kind
    user: User
    channel: Channel
    guild_id: int | None
    created: float  # seconds since 1970
    data: Json
    name: str | None = None
    menu: bool = False
    source: Message | None = None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    answer: Answer | None = None
    dead: bool = False  # nobody answered in time
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    modal: Json | None = None
    choices: list[Json] = field(default_factory=list)
