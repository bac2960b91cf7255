"""What a member chose for themselves. It applies on every server, because they are the same person there."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.money.usd import Usd


class Notify(StrEnum):
    """How a member is told that their video is done. It is posted where it belongs in any case."""

    PING = "ping"
    SILENT = "silent"  # its message mentions nobody and makes no sound
    DIRECT = "direct"  # silent, and a direct message with the link


@value_object
class MemberPreferences:
    """All of them; the defaults are those of somebody who chose nothing."""

    confirm_above: Usd | None = None  # confirm an order of at least this price; None: the server's default
    notify: Notify = Notify.PING
    showcase: bool = True  # their videos may be posted in showcases

    def is_silent(self, *, direct: bool) -> bool:
        """Whether a result is posted without a ping. `direct`: to their direct messages, which notifies them anyway."""
        return self.notify is Notify.SILENT or (self.notify is Notify.DIRECT and not direct)


class MemberChoices(Protocol):
    """Where they are read."""

    async def of(self, member_id: int) -> MemberPreferences: ...
