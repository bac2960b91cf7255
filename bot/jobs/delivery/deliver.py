"""Posts each finished video once, as close to where it was ordered as possible.

The intent to post is in the job's phase and, for each place after the first, in the stored route. The nonce is derived
from the job and the route, so a repeated post gives the same message as long as Discord remembers nonces; after that,
the message is looked for before it is posted again.
"""

from __future__ import annotations

from bot.data_classes import wired
from bot.domain.errors import Undeliverable
from bot.domain.job import Job, PostedMessage
from bot.domain.messages import Message
from bot.domain.phases import Posting
from bot.domain.ports.clock import Clock
from bot.domain.ports.guilds import CardPreference
from bot.domain.ports.messages import MessageStore, Route
from bot.domain.ports.publishing import ResultChannel, VenueCheck
from bot.jobs.delivery.batches import BatchCards
from bot.jobs.delivery.nonces import NONCE_HOLDS
from bot.jobs.delivery.owner_notices import OwnerNotices
from bot.jobs.delivery.routes import DeliveryRoutes, Target, all_said


@wired
class ResultDelivery:
    """The ResultPublisher."""

    messages: MessageStore
    routes: DeliveryRoutes
    channel: ResultChannel
    preferences: CardPreference
    owner_notices: OwnerNotices
    venues: VenueCheck
    batch_cards: BatchCards
    clock: Clock

    async def deliver(self, job: Job, *, again: bool) -> PostedMessage:
        """Post the video of a job once; see `bot.domain.ports.publishing.ResultPublisher`."""
        noted = (await self.messages.shown(job.id)).result
        posted = noted or await self._post(job, again=again)
        if await self.owner_notices.are_wanted(job):
            if noted is None:  # notifying may have to wait for Discord, and may then be all that is left to do
                await self.messages.remember_result(job.id, posted)
            await self.owner_notices.tell(job)
        return posted

    async def _post(self, job: Job, *, again: bool) -> PostedMessage:
        # A first attempt interrupted while it was posting next to the card continues there.
        began = again and await self.messages.route_taken(job.id) is not None
        on_card = None if began else await self.batch_cards.place_for(job)
        return on_card or await self._post_somewhere(job, again=again)

    async def _post_somewhere(self, job: Job, *, again: bool) -> PostedMessage:
        target: Target | None = await self.routes.first(job, again=again)
        refusals: list[Message] = []
        while target is not None:
            try:
                return (await self._find_earlier(target.job) if again else None) or await self._post_at(target)
            except Undeliverable as no:
                again = again or no.may_stand
                if again and (hidden := await self._find_behind(target.job, no)):
                    return hidden
                if no.reach is None:
                    raise
                refusals.append(no.message)
                # An earlier attempt may have succeeded, and what refuses us now may only hide it.
                may_be_there = again and not no.channel_gone
                target, again = (None if may_be_there else await self.routes.next(job, target.route, no)), False
        raise Undeliverable(all_said(refusals))

    async def _post_at(self, target: Target) -> PostedMessage:
        await self.venues.check_may_post(target.job)
        card = await self._answered(target.job) if target.route is Route.ORDERED else None
        return await self.channel.post(target.job, nonce=target.nonce, card=card, said=target.said)

    async def _answered(self, job: Job) -> PostedMessage | None:
        """The card to reply to, if it stays: a reply to a removed message shows for ever that its original is gone."""
        return (await self.messages.shown(job.id)).card if await self.preferences.keep_card_of(job) else None

    async def _find_earlier(self, job: Job) -> PostedMessage | None:
        """The result that an earlier attempt may have posted.

        As long as Discord knows the nonce, repeating the post finds it too.
        """
        since = job.phase.since if isinstance(job.phase, Posting) else None
        if since is None or self.clock.now() - since < NONCE_HOLDS:
            return None
        return await self.channel.find_posted(job, since)

    async def _find_behind(self, job: Job, no: Undeliverable) -> PostedMessage | None:
        """What an earlier attempt posted where no more posts are accepted now; None also if it can no longer be looked
        for.
        """
        since = job.phase.since if isinstance(job.phase, Posting) else None
        if since is None or no.channel_gone:
            return None
        try:
            return await self.channel.find_posted(job, since)
        except Undeliverable:
            return None
