"""A server's showcase: a channel for videos that enough of its members marked with ★."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from bot.data_classes import value_object
from bot.domain.ids import JobId
from bot.domain.job import PostedMessage

EDITED_EVERY = timedelta(minutes=1)  # at most: the count on a post
STARS_TO_CHOOSE = (1, 2, 3, 4, 5, 7, 10, 15, 20, 25)


class ShowcaseState(StrEnum):
    """How far a video has come. The values are stored. One that never had enough ★ has none."""

    WAITING = "waiting"  # to be posted
    SHOWN = "shown"
    LEAVING = "leaving"  # its post is to be removed
    OUT = "out"  # it was there, and never comes back


@value_object
class ShowcaseEntry:
    """What lets a video into the showcase, as soon as it has that many ★."""

    guild_id: int
    owner_id: int  # whose own ★ does not count
    stars: int


@value_object
class ShowcaseVideo:
    job_id: JobId
    guild_id: int
    state: ShowcaseState
    due_at: datetime | None  # when it is worked on next; None: when somebody gives or takes a ★
    since: datetime  # it is waiting to be posted, or to be removed
    channel_id: int | None = None  # where it was begun to be posted
    begun_at: datetime | None = None  # likewise
    message_id: int | None = None
    stars: int = 0  # that its post says

    @property
    def post(self) -> PostedMessage | None:
        if self.channel_id is None or self.message_id is None:
            return None
        return PostedMessage(channel_id=self.channel_id, message_id=self.message_id)
