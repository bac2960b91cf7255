"""Appeals of members: against an order that was refused, and against being blocked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.messages import Message
from bot.domain.ports.records import Record

LONGEST_APPEAL = 500  # characters


@value_object
class AppealsMade:
    """When one member appealed on one server."""

    at: tuple[datetime, ...] = ()


APPEALS = Record("appeals made", AppealsMade, lasts=timedelta(days=2))  # by server and member


class MemberNews(Protocol):
    async def tell(
        self, member_id: int, channel_id: int | None, news: Message, more: Message | None = None, *, guild_id: int
    ) -> None:
        """By direct message; where these are closed, in the channel, without what is `more`.

        In the language of the server, whoever decided. If Discord takes neither, that is logged and nothing is raised.
        """
        ...
