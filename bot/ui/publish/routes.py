"""Where a finished video goes when the place it was ordered in does not take it: the thread's channel, then its owner.

Only a definite no leads on, and never back: where the next try goes is stored before it is made, so that a process that
takes over after a crash looks there, and not where the answer is known. Private videos have one place only.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import discord

from bot.client import VideoBot
from bot.domain.errors import Undeliverable
from bot.domain.job import Job
from bot.domain.messages import Message, joined
from bot.domain.ports.messages import Route
from bot.ui.interactions.discord_errors import TROUBLE, Reach, in_our_words, reach_of
from bot.ui.interactions.members import ORDINARY_LIMIT
from bot.ui.text.phrases import results
from bot.ui.text.phrases.errors import DIRECT

log = logging.getLogger(__name__)

AFTER: Mapping[Route, tuple[Route, ...]] = {
    Route.ORDERED: (Route.PARENT, Route.DIRECT),
    Route.PARENT: (Route.DIRECT,),
    Route.DIRECT: (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One place a result may be posted to. `job` is addressed there."""

    route: Route
    job: Job
    said: Message | None = None  # on the message: why it is here

    @property
    def nonce(self) -> str:
        """Discord knows nonces by their author, so each place has its own."""
        return f"k1-{self.job.id}-{self.route}"


async def first_target(client: VideoBot, job: Job, *, again: bool) -> Target:
    """Where the job was ordered; or as far as an earlier try has come."""
    route = await client.messages.route_taken(job.id) if again else None
    target = Target(route=Route.ORDERED, job=job) if route is None else await _target(client, job, route)
    if target is None:
        raise Undeliverable(DIRECT)
    return target


async def next_target(client: VideoBot, job: Job, route: Route, no: Exception) -> Target | None:
    """Where to go after a refusal; None when that was the end. Raises what Discord and the network raise."""
    reach = reach_of(no)
    if job.private or reach is Reach.NOWHERE:
        return None
    for following in AFTER[route]:
        if following is Route.PARENT and reach is Reach.SERVER:
            continue  # the same server would say the same, or must not be asked to take what it refused
        if target := await _target(client, job, following):
            log.info("%s is posted by the way %r instead: %s", job.id, following, no)
            return target
    return None


async def _target(client: VideoBot, job: Job, route: Route) -> Target | None:
    """The place of a detour, noted down as the next to be posted to; None when there is no such place."""
    channel_id = await parent_of(client, job.channel_id) if route is Route.PARENT else await _direct(client, job)
    if channel_id is None:
        return None
    await client.messages.remember_route(job.id, route, channel_id)
    limit = min(job.upload_limit, ORDINARY_LIMIT) if route is Route.DIRECT else job.upload_limit
    there = replace(job, channel_id=channel_id, upload_limit=limit, private=route is Route.DIRECT)
    return Target(route=route, job=there, said=results.meant_for(job.channel_id))


async def _direct(client: VideoBot, job: Job) -> int | None:
    await client.messages.remember_route(job.id, Route.DIRECT)  # also while it cannot be opened yet
    try:
        return (await client.create_dm(discord.Object(job.owner_id))).id
    except TROUBLE as error:
        if isinstance(in_our_words(error), Undeliverable):
            return None
        raise


async def remember_parent(client: VideoBot, interaction: discord.Interaction[Any]) -> None:
    """Note the channel of an open thread: when the thread is gone, nobody can say any more. Private ones have none."""
    thread = interaction.channel
    if isinstance(thread, discord.Thread) and not thread.is_private():
        key = _key(thread.id)
        if await client.records.read(key) is None:
            await client.records.write(key, str(thread.parent_id))


async def parent_of(client: VideoBot, channel_id: int) -> int | None:
    noted = await client.records.read(_key(channel_id))
    return None if noted is None else int(noted)


def _key(thread_id: int) -> str:
    return f"parent of thread {thread_id}"


def all_said(refusals: list[Message]) -> Message:
    """The sentences of all refusals; what a closed door to direct messages says is for its owner, and not the point."""
    told = list(dict.fromkeys(refusals))
    return joined(*told[:1], *(each for each in told[1:] if each == DIRECT))
