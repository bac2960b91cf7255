"""Which videos are in the showcases of servers, and the channels of those."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.studio.showcase import ShowcaseVideo


class ShowcaseStore(Protocol):
    """A video enters with its last required ★: see `FavouriteStore.add`."""

    async def of(self, job_id: JobId) -> ShowcaseVideo | None: ...

    async def due(self, guild_ids: Collection[int], now: datetime, most: int) -> Sequence[ShowcaseVideo]:
        """Videos to be worked on now, longest due first."""
        ...

    async def claim(self, video: ShowcaseVideo, until: datetime) -> bool:
        """Whether nobody else works on it until then."""
        ...

    async def put_off(self, job_id: JobId, until: datetime) -> None: ...

    async def stars(self, job: Job) -> int:
        """How many members marked it, not counting its owner."""
        ...

    async def begin(self, job_id: JobId, channel_id: int, now: datetime) -> None:
        """The intent to post it there."""
        ...

    async def not_begun(self, job_id: JobId) -> None:
        """It was refused, and is posted nowhere."""
        ...

    async def shown(self, job: Job, post: PostedMessage, stars: int, now: datetime) -> bool:
        """It is posted with this many ★; due again if the number has changed. False: it is to leave already."""
        ...

    async def forget(self, job_id: JobId) -> None:
        """It may not enter now; the next ★ decides again."""
        ...

    async def leave(self, job_id: JobId, now: datetime) -> bool:
        """It is to go, and never comes back. Returns whether it was waiting or shown."""
        ...

    async def leave_all(self, owner_id: int, now: datetime) -> int:
        """Likewise all of a member; how many."""
        ...

    async def out(self, job_id: JobId) -> None:
        """Its post is gone."""
        ...


class ShowcaseChannel(Protocol):
    """All but `guilds` raise Undeliverable, and Unavailable if Discord cannot be reached."""

    def guilds(self) -> Collection[int]:
        """The servers that this process is connected to."""
        ...

    async def may_show(self, guild_id: int, seen_in: int, channel_id: int) -> bool:
        """Whether everybody who can read the one channel can also read the one where the video was posted."""
        ...

    async def post(
        self, job: Job, channel_id: int, stars: int, original: PostedMessage, *, nonce: str
    ) -> PostedMessage:
        """The same nonce within a few minutes gives the same message."""
        ...

    async def find_posted(self, job: Job, channel_id: int, since: datetime) -> PostedMessage | None: ...

    async def update(self, job: Job, post: PostedMessage, stars: int) -> bool:
        """Update its number of ★. False: it is gone."""
        ...

    async def remove(self, post: PostedMessage) -> None:
        """Afterwards it is gone, whether we removed it or somebody else did."""
        ...
