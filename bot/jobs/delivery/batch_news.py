"""Tells owners that the videos of a batch are ready. Its card is only edited, and edits notify nobody."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bot.data_classes import wired
from bot.domain.access.preferences import MemberChoices, Notify
from bot.domain.errors import Undeliverable
from bot.domain.job import Job, PostedMessage
from bot.domain.ports.messages import MessageStore
from bot.domain.ports.publishing import BatchOwnerChannel
from bot.domain.ports.records import Records
from bot.jobs.delivery.owner_notices import TOLD, OwnerTold

log = logging.getLogger(__name__)


@wired
class BatchNews:
    choices: MemberChoices
    messages: MessageStore
    records: Records
    channel: BatchOwnerChannel

    async def tell(self, batch: Sequence[Job]) -> None:
        """Notify the owner, in the way they chose, once all videos of the batch have come to rest.

        Repeating it notifies nobody twice. It does nothing if no video is shown on the card: those posted separately
        have notified the owner already. Raises Unavailable.
        """
        lead = batch[0]
        if not all(job.is_at_rest for job in batch) or await self.records.read(TOLD, lead.id) is not None:
            return
        shown = {job.id: await self.messages.shown(job.id) for job in batch}
        there = sum(shown[job.id].is_on_its_card and not job.deleted for job in batch)
        card = shown[lead.id].card
        if there and card is not None:
            await self._send(lead, card, there, len(batch))
        await self.records.write(TOLD, lead.id, OwnerTold())

    async def _send(self, lead: Job, card: PostedMessage, there: int, ordered: int) -> None:
        notify = (await self.choices.of(lead.owner_id)).notify
        if notify is Notify.SILENT:
            return
        direct, nonce = notify is Notify.DIRECT and not lead.private, f"k1-{lead.id}-ready"
        try:
            sent = await self.channel.say_ready(lead, card, there, ordered, direct=direct, nonce=nonce)
        except Undeliverable as no:
            log.info("the owner of %s is not told that its batch is ready: %s", lead.id, no.sentence)
            return
        await self.messages.remember_copy(lead.id, sent)  # it goes with the first of them
