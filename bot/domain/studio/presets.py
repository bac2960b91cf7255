"""Presets: named ingredients of an order, of one member or of a server. The style is text for any prompt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol
from unicodedata import category

from bot.data_classes import value_object
from bot.domain.studio.named import OWN, SERVERS
from bot.domain.texts.names import key_of
from bot.domain.video import NO_OPTIONS, Size, VideoOptions

NOBODYS = 0  # in the place of a member, of a server's presets, and of a server, of a member's
LONGEST_NAME = 50  # characters, here and below
LONGEST_STYLE = 500
MOST_PRESETS = 25  # of one member, and of a server: as many as a menu of Discord holds
MARK = rf"(?:{OWN}|{SERVERS})-[0-9a-f]{{12}}"
LONGEST_VIDEO = 600  # seconds
PROMPT_HERE = "{prompt}"  # in a style: where the prompt goes


@value_object
class Preset:
    """None or empty means left open. A member's apply on all servers; a server's are for everybody there."""

    name: str
    guild_id: int = NOBODYS  # that of a server's
    member_id: int = NOBODYS  # that of a member's
    style: str = ""
    model: str | None = None  # the id of a card, which may no longer exist
    seconds: int | None = None
    size: Size | None = None
    options: VideoOptions[Any] = NO_OPTIONS  # without images

    @property
    def key(self) -> str:
        return key_of(self.name)

    @property
    def is_servers(self) -> bool:
        return self.guild_id != NOBODYS

    @property
    def mark(self) -> str:
        """Identifies it in buttons and forms: a name may be too long for them."""
        return f"{SERVERS if self.is_servers else OWN}-{sha256(self.key.encode()).hexdigest()[:12]}"

    @property
    def is_empty(self) -> bool:
        """It would change nothing."""
        parts = (self.style, self.model, self.seconds, self.size)
        return not any(parts) and self.options == NO_OPTIONS


class PresetStore(Protocol):
    """The caller checks who may see or change what."""

    async def listed(self, guild_id: int, member_id: int) -> Sequence[Preset]:
        """A member's own, then the server's, each by name."""
        ...

    async def add(self, presets: Sequence[Preset], at: datetime) -> Sequence[Preset]:
        """All have the same owner.

        Returns those stored, without those whose name is taken or for which there is no room.
        """
        ...

    async def change(self, before: Preset, after: Preset, at: datetime) -> bool:
        """False if the first is gone, or another one has the name of the second."""
        ...

    async def remove(self, preset: Preset) -> bool:
        """False where it was gone."""
        ...


def styled(style: str, prompt: str) -> str:
    """The whole prompt: the style around it if the style says so, otherwise after it."""
    prompt = prompt.strip()
    if PROMPT_HERE in style:
        return style.replace(PROMPT_HERE, prompt)
    if not style or not prompt:
        return prompt
    between = " " if category(prompt[-1]) == "Po" else ", "  # it ends with a full stop in any script
    return f"{prompt}{between}{style}"
