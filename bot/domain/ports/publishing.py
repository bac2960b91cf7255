"""Posting finished videos."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.domain.job import Job, PostedMessage
from bot.domain.messages import Message


class Reposter(Protocol):
    async def repost(self, job: Job, *, asked_by: int, nonce: str) -> PostedMessage:
        """Post a kept video as a new message to the job's `channel_id`, within its `upload_limit`.

        The same nonce within a few minutes gives the same message. Raises Undeliverable when the channel will not take
        it, Unavailable when Discord cannot be reached.
        """
        ...


class VenueCheck(Protocol):
    async def check_may_post(self, job: Job) -> None:
        """Raise Undeliverable where the server's rules let the video into its `channel_id` no more."""
        ...


class ResultPublisher(Protocol):
    async def deliver(self, job: Job, *, again: bool) -> PostedMessage:
        """Post a finished video as a message of its own, once. `again`: an earlier try may have got through.

        The message that shows it, which is to be stored with the job's end. Raises Undeliverable when its channel will
        not take it, Unavailable when Discord cannot be reached.
        """
        ...


class ResultChannel(Protocol):
    """The channels results are posted to. All raise Undeliverable, and Unavailable when Discord cannot be reached."""

    async def post(
        self, job: Job, *, nonce: str, card: PostedMessage | None = None, said: Message | None = None
    ) -> PostedMessage:
        """Post the job's video to its `channel_id`, within its `upload_limit`, as an answer to `card`.

        The same nonce within a few minutes gives the same message. `said` is a sentence to show beside the video.
        """
        ...

    async def find_posted(self, job: Job, since: datetime) -> PostedMessage | None:
        """The message of ours that shows the job's video in its `channel_id`, posted since then."""
        ...

    async def open_direct(self, user_id: int) -> int:
        """The id of somebody's direct-message channel."""
        ...


class OwnerChannel(Protocol):
    """What an owner is told beside the message with their video. Both raise Undeliverable and Unavailable.

    The same nonce within a few minutes gives the same message.
    """

    async def send_link(self, job: Job, result: PostedMessage, *, nonce: str) -> PostedMessage:
        """To their direct messages: the video is done, and where it is."""
        ...

    async def say_closed(self, job: Job, result: PostedMessage, *, nonce: str) -> PostedMessage:
        """Where the video is: their direct messages are closed, so they will not be told."""
        ...


class CardChannel(Protocol):
    """The channels cards are in. All raise Undeliverable, and Unavailable when Discord cannot be reached."""

    async def remove(self, card: PostedMessage) -> None:
        """It is there no more, by us or by somebody else before."""
        ...

    async def find_card(self, job: Job) -> PostedMessage | None:
        """The card of a job, among the first messages in its channel since it was ordered."""
        ...


class CardCheck(Protocol):
    """Raises Undeliverable, and Unavailable when Discord cannot be reached."""

    async def is_there(self, card: PostedMessage) -> bool:
        """Whether it still stands where we can change it."""
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
