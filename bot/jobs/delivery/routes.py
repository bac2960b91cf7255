"""Where a finished video is posted: the channel its server chose, where it was ordered, the thread's channel, its
owner.

Only a definite refusal leads to the next place, and never back: the next place is stored before it is tried, so that a
process that takes over after a crash looks there, and not where the answer is already known. Private videos have only
one place.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.data_classes import value_object, wired
from bot.domain.errors import Reach, Undeliverable
from bot.domain.guild import ChannelUse
from bot.domain.job import Job
from bot.domain.messages import Channel, Message, joined, msg
from bot.domain.ports.guilds import ResultsPreference
from bot.domain.ports.messages import MessageStore, Route
from bot.domain.ports.publishing import ResultChannel
from bot.jobs.delivery.projects import ProjectThreads
from bot.jobs.delivery.threads import ThreadParents
from bot.jobs.delivery.upload_limits import UNBOOSTED

log = logging.getLogger(__name__)

DIRECT_CLOSED = msg("Kinora can't send you direct messages.")
AFTER: Mapping[Route, tuple[Route, ...]] = {
    Route.CHOSEN: (Route.ORDERED, Route.PARENT, Route.DIRECT),
    Route.ORDERED: (Route.PARENT, Route.DIRECT),
    Route.PARENT: (Route.DIRECT,),
    Route.DIRECT: (),
}


@value_object
class Target:
    """One place where a result may be posted. `job` is addressed there."""

    route: Route
    job: Job
    said: Message | None = None  # shown on the message: why it is here

    @property
    def nonce(self) -> str:
        """Discord distinguishes nonces by author, so each place has its own."""
        return f"k1-{self.job.id}-{self.route}"


@wired
class DeliveryRoutes:
    """Each target is stored, as the intent to post there, before it is returned."""

    messages: MessageStore
    thread_parents: ThreadParents
    channel: ResultChannel
    preference: ResultsPreference
    projects: ProjectThreads

    async def first(self, job: Job, *, again: bool) -> Target:
        """Where its server wants it, otherwise where the job was ordered; or as far as an earlier attempt got."""
        route = await self.messages.route_taken(job.id) if again else await self._chosen(job)
        target = Target(route=Route.ORDERED, job=job) if route is None else await self._target(job, route)
        if target is None:
            raise Undeliverable(DIRECT_CLOSED)
        return target

    async def next(self, job: Job, route: Route, no: Undeliverable) -> Target | None:
        """Where to go after a refusal; None if there is no other place. Raises Unavailable."""
        if route is Route.CHOSEN and no.channel_gone:
            await self._forget_chosen(job)
        if job.private or no.reach is Reach.NOWHERE:
            return None
        if job.doubles is not None and no.channel_gone and route is not Route.CHOSEN:
            return None  # nobody is waiting for it: it is kept, and not sent after anybody
        for following in AFTER[route]:
            if following is Route.PARENT and no.reach is Reach.SERVER:
                continue  # the same server would answer the same, or must not be asked to accept what it refused
            if target := await self._target(job, following):
                log.info("%s is posted by the route %r instead: %s", job.id, following, no)
                return target
        return None

    async def _target(self, job: Job, route: Route) -> Target | None:
        """A place other than the ordered one, stored as the next to try; None if there is no such place."""
        channel_id = await self._channel_of(job, route)
        if channel_id is None:
            return None
        await self.messages.remember_route(job.id, route, channel_id)
        limit = min(job.upload_limit, UNBOOSTED) if route is Route.DIRECT else job.upload_limit
        there = replace(job, channel_id=channel_id, upload_limit=limit, private=route is Route.DIRECT)
        return Target(route=route, job=there, said=await self._why(job, route))

    async def _why(self, job: Job, route: Route) -> Message | None:
        """What is said next to a video that is not where its owner expects it."""
        if route is Route.CHOSEN:
            return msg("Ordered in {channel}.", channel=Channel(job.channel_id))
        refused = await self.messages.place_of(job.id, Route.CHOSEN) if route is Route.ORDERED else job.channel_id
        return None if refused is None else msg("It couldn't be posted in {channel}.", channel=Channel(refused))

    async def stays_with_its_card(self, job: Job) -> bool:
        """Whether a video of a batch is shown where the batch was ordered."""
        return await self._chosen(job) is None

    async def _chosen(self, job: Job) -> Route | None:
        """The way to its family's thread or the channel its server chose; None if it stays where it was ordered."""
        wanted = await self._wanted(job)
        return None if wanted in {None, job.channel_id} else Route.CHOSEN

    async def _wanted(self, job: Job) -> int | None:
        if job.private or await self.projects.is_project(job.channel_id):
            return None
        results = await self.preference.results_channel(job.guild_id)
        return await self.projects.place_for(job, results) or results

    async def _forget_chosen(self, job: Job) -> None:
        gone = await self.messages.place_of(job.id, Route.CHOSEN)
        if gone is not None:
            await self.preference.forget_channel(job.guild_id, ChannelUse.RESULTS, gone)
            await self.projects.forget(gone)

    async def _channel_of(self, job: Job, route: Route) -> int | None:
        if route is Route.CHOSEN:  # even if the server has chosen another one since the first attempt
            noted = await self.messages.place_of(job.id, route)
            return await self._wanted(job) if noted is None else noted
        if route is Route.ORDERED:
            return job.channel_id
        if route is Route.PARENT:
            return await self.thread_parents.of(job.channel_id)
        await self.messages.remember_route(job.id, Route.DIRECT)  # even if it can't be opened yet
        try:
            return await self.channel.open_direct(job.owner_id)
        except Undeliverable:
            return None


def all_said(refusals: Sequence[Message]) -> Message:
    """The sentences of all refusals.

    Closed direct messages are left out: they concern the owner, and are not the cause.
    """
    told = list(dict.fromkeys(refusals))
    return joined(*told[:1], *(each for each in told[1:] if each == DIRECT_CLOSED))
