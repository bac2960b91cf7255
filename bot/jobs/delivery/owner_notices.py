"""Sends owners who want it a direct message when their video is done, in addition to the message that shows it."""

from __future__ import annotations

import logging
from datetime import timedelta

from bot.data_classes import value_object, wired
from bot.domain.access.preferences import MemberChoices, Notify
from bot.domain.errors import Undeliverable
from bot.domain.job import Job, PostedMessage
from bot.domain.ports.messages import MessageStore
from bot.domain.ports.publishing import OwnerChannel
from bot.domain.ports.records import Record, Records

log = logging.getLogger(__name__)


@value_object
class OwnerTold:
    """The owner was told of a video, or is not to be told."""


@value_object
class DirectClosed:
    """Somebody accepts no direct messages from us, and has been told so."""


TOLD = Record("owner told", OwnerTold, lasts=timedelta(days=7))  # by job
CLOSED = Record("direct messages closed", DirectClosed, lasts=timedelta(days=7))  # by member; then it is tried again


@wired
class OwnerNotices:
    choices: MemberChoices
    messages: MessageStore
    records: Records
    channel: OwnerChannel

    async def are_wanted(self, job: Job) -> bool:
        """Whether the owner wants a direct message about a video that is not itself delivered in one."""
        return not job.private and (await self.choices.of(job.owner_id)).notify is Notify.DIRECT

    async def tell(self, job: Job) -> None:
        """Send the notice once for a video whose message is recorded.

        Repeating it after a crash notifies nobody twice. If direct messages are closed, that is mentioned once next to
        the video, and then not again for a week. Raises Unavailable.
        """
        shown = await self.messages.shown(job.id)
        result = shown.result
        if result is None or result.direct or shown.is_on_its_card or await self._needs_no_more(job):
            return  # a batch is announced when all of it is done
        sent = await self._send(job, result)
        if sent is not None:
            await self.messages.remember_copy(job.id, sent)  # it is deleted with the video
        await self.records.write(TOLD, job.id, OwnerTold())

    async def _needs_no_more(self, job: Job) -> bool:
        told, closed = await self.records.read(TOLD, job.id), await self.records.read(CLOSED, str(job.owner_id))
        return told is not None or closed is not None

    async def _send(self, job: Job, result: PostedMessage) -> PostedMessage | None:
        try:
            return await self.channel.send_link(job, result, nonce=f"k1-{job.id}-told")
        except Undeliverable as no:
            log.info("the owner of %s takes no direct message: %s", job.id, no)
        noted = await self.records.update(CLOSED, str(job.owner_id), lambda known: known or DirectClosed())
        if noted.before is not None:
            return None  # another video has just said so
        try:
            return await self.channel.say_closed(job, result, nonce=f"k1-{job.id}-closed")
        except Undeliverable:
            return None
