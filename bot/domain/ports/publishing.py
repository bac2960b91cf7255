"""Posting finished videos."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.domain.job import Job, PostedMessage
from bot.domain.messages import Message


class Reposter(Protocol):
    async def repost(self, job: Job, *, asked_by: int, nonce: str) -> PostedMessage:
        """Post a stored video as a new message to the job's `channel_id`, within its `upload_limit`.

        The same nonce within a few minutes gives the same message. Raises Undeliverable if the channel refuses it,
        Unavailable if Discord cannot be reached.
        """
        ...


class VenueCheck(Protocol):
    async def check_may_post(self, job: Job) -> None:
        """Raise Undeliverable if the server's rules no longer allow the video in its `channel_id`."""
        ...


class ResultPublisher(Protocol):
    async def deliver(self, job: Job, *, again: bool) -> PostedMessage:
        """Post a finished video as its own message, once. Returns that message, which is to be stored with the job's
        end.

        `again`: an earlier attempt may have succeeded. Raises Undeliverable if its channel refuses it, Unavailable if
        Discord cannot be reached.
        """
        ...


class ResultChannel(Protocol):
    """The channels where results are posted. All raise Undeliverable, and Unavailable if Discord cannot be reached."""

    async def post(
        self, job: Job, *, nonce: str, card: PostedMessage | None = None, said: Message | None = None
    ) -> PostedMessage:
        """Post the job's video to its `channel_id`, within its `upload_limit`, as an answer to `card`.

        The same nonce within a few minutes gives the same message. `said` is a sentence to show beside the video.
        """
        ...

    async def find_posted(self, job: Job, since: datetime) -> PostedMessage | None:
        """Our message that shows the job's video in its `channel_id`, posted since then."""
        ...

    async def open_direct(self, user_id: int) -> int:
        """The id of somebody's direct-message channel."""
        ...


class OwnerChannel(Protocol):
    """What an owner is told in addition to the message with their video.

    Both raise Undeliverable and Unavailable. The same nonce within a few minutes gives the same message.
    """

    async def send_link(self, job: Job, result: PostedMessage, *, nonce: str) -> PostedMessage:
        """To their direct messages: the video is done, and where it is."""
        ...

    async def say_closed(self, job: Job, result: PostedMessage, *, nonce: str) -> PostedMessage:
        """Where the video is: their direct messages are closed, so they will not be told."""
        ...


class CardChannel(Protocol):
    """The channels that cards are in. All raise Undeliverable, and Unavailable if Discord cannot be reached."""

    async def remove(self, card: PostedMessage) -> None:
        """Afterwards it is gone, whether we removed it or somebody else did."""
        ...

    async def find_card(self, job: Job) -> PostedMessage | None:
        """The card of a job, among the first messages in its channel since it was ordered."""
        ...


class CardCheck(Protocol):
    """Raises Undeliverable, and Unavailable when Discord cannot be reached."""

    async def is_there(self, card: PostedMessage) -> bool:
        """Whether it still exists where we can change it."""
        ...


class BatchOwnerChannel(Protocol):
    """What an owner is told of a batch. Raises Undeliverable and Unavailable.

    The same nonce within a few minutes gives the same message.
    """

    async def say_ready(
        self, lead: Job, card: PostedMessage, there: int, ordered: int, *, direct: bool, nonce: str
    ) -> PostedMessage:
        """That so many of the videos of a batch are on its card: there, or in their direct messages."""
        ...
