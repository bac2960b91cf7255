"""Where the videos of a batch are shown: on their one card, as long as it can be seen.

Otherwise each is delivered like any other video: if its server wants all videos in another channel, if the card was
removed, or if its channel accepts none of them any more. Either way, a paid video is shown once.
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
        """The card that shows this video from now on; None if the video is to be posted separately.

        Whoever draws cards keeps trying until it succeeds, so nothing is waited for here. Raises Unavailable.
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
