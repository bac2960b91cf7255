"""Where the videos of a batch stand: on the one card that it has, as long as that is there to be seen.

Else each goes its own way, as any video does: where its server wants all videos in another channel, where the card was
removed, and where its channel takes none of them any more. What was paid for is shown once in either case.
"""

from __future__ import annotations

import logging

from bot.data_classes import wired
from bot.domain.errors import Undeliverable
from bot.domain.job import Job, PostedMessage
from bot.domain.ports.messages import MessageStore
from bot.domain.ports.publishing import CardCheck, VenueCheck
from bot.jobs.delivery.routes import DeliveryRoutes

log = logging.getLogger(__name__)


@wired
class BatchCards:
    messages: MessageStore
    routes: DeliveryRoutes
    channel: CardCheck
    venues: VenueCheck

    async def place_for(self, job: Job) -> PostedMessage | None:
        """The card that will show this video from now on; None where it is to be posted by itself. Raises Unavailable.

        Who draws cards does so until it has succeeded, so nothing is waited for here.
        """
        if job.batch is None or not await self.routes.stays_with_its_card(job):
            return None
        card = (await self.messages.shown(job.id)).card
        if card is None:
            return None
        try:
            await self.venues.check_may_post(job)
            return card if await self.channel.is_there(card) else None
        except Undeliverable as no:
            log.info("%s is posted beside the card of its batch: %s", job.id, no.sentence)
            return None
