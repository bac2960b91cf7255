"""Tells managers about each problem once: across restarts, and from one of several processes.

What was told is stored by server. The process that stores that a problem is to be told is the one that tells it. A
problem that is over is forgotten, so that the next one is told. If a post failed, or its process died, another process
takes over after a while, and looks for the post before repeating it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import field, replace
from datetime import datetime, timedelta

from bot.data_classes import value_object
from bot.domain.errors import Unavailable, Undeliverable
from bot.domain.guild import ChannelUse
from bot.domain.job import Job
from bot.domain.notices.channel import NoticeChannel
from bot.domain.notices.troubles import Notice, covered_by, order_of, request_of
from bot.domain.phases import Unsent
from bot.domain.ports.clock import Clock
from bot.domain.ports.records import Record, Records
from bot.jobs.delivery.nonces import NONCE_HOLDS, nonce_of
from bot.jobs.notices.finding import TroubleFinder
from bot.jobs.use_cases.guild import GuildPreferences

log = logging.getLogger(__name__)

EVERY = 60.0  # seconds between two full checks
BURST = 1.0  # seconds to wait for further events, so that several changes lead to one check
HELD = timedelta(seconds=50)  # how long a process has to send a notice; less than the time to the next check
PAUSE = timedelta(hours=1)  # before a channel that accepts nothing is retried
COVERED = 0  # in place of a message: a more important notice said it


@value_object
class Told:
    """One problem that has been told, or is about to be: then `message` is None, and it is held until `until`."""

    episode: str
    begun: datetime
    until: datetime
    channel: int
    message: int | None = None


@value_object
class ToldManagers:
    """Everything that a server's managers have currently been told, by topic."""

    told: Mapping[str, Told] = field(default_factory=dict)


TOLD = Record("told managers", ToldManagers)  # by the server's id


async def is_told(records: Records, guild_id: int, notice: Notice) -> bool:
    """Whether a server's managers were told exactly this."""
    known = await records.read(TOLD, str(guild_id))
    told = None if known is None else known.told.get(notice.topic)
    return told is not None and told.message is not None and notice.goes_on(told.episode)


class ManagerNotices:
    """One per process; `run` it alongside the worker, and call `heard` for each change of a job."""

    def __init__(
        self,
        *,
        finder: TroubleFinder,
        preferences: GuildPreferences,
        channel: NoticeChannel,
        records: Records,
        clock: Clock,
    ) -> None:
        self._finder = finder
        self._preferences = preferences
        self._channel = channel
        self._records = records
        self._clock = clock
        self._changed: set[int] = set()
        self._news = asyncio.Event()

    def heard(self, job: Job) -> None:
        """An order that waits, ends or is paid for may mean that there is something to tell on its server."""
        if job.is_at_rest or isinstance(job.phase, Unsent) or job.cost is not None:
            self._changed.add(job.guild_id)
            self._news.set()

    async def run(self) -> None:
        """Until cancelled."""
        due = _now()
        while True:
            if _now() >= due:
                due = _now() + EVERY
                guilds = set(self._channel.guilds())
            else:
                guilds = set()
            guilds |= self._changed
            self._changed.clear()
            self._news.clear()
            await self._try(guilds)
            await self._wait(due)

    async def look(self, guild_ids: Iterable[int]) -> None:
        """Tell whatever is new on these servers, and forget what is over."""
        channels = await self._preferences.notices_channels(guild_ids)
        if not channels:
            return
        everywhere = await self._finder.everywhere()
        for guild_id, channel_id in channels.items():
            try:
                await self._tell(guild_id, channel_id, await self._finder.on(guild_id, everywhere))
            except Exception:
                # One server must never stop the others, nor the worker.
                log.exception("managers of the server %s could not be told what needs them", guild_id)

    async def _try(self, guild_ids: Collection[int]) -> None:
        try:
            await self.look(guild_ids)
        except Exception:
            # It must never disturb the worker.
            log.exception("it could not be looked up what managers need to be told")

    async def _wait(self, due: float) -> None:
        try:
            async with asyncio.timeout_at(due):
                await self._news.wait()
                await asyncio.sleep(BURST)
        except TimeoutError:
            pass

    async def _tell(self, guild_id: int, channel_id: int, found: Mapping[str, Notice]) -> None:
        now, key = self._clock.now(), str(guild_id)
        plan = _planner(found, channel_id, now)
        known = await self._records.read(TOLD, key)
        if plan(known) == (known or ToldManagers()):
            return  # by far the most frequent case
        changed = await self._records.update(TOLD, key, plan)
        before = changed.before.told if changed.before is not None else {}
        after = changed.after.told if changed.after is not None else {}
        for topic, told in after.items():
            if told.message is None and told != before.get(topic):
                await self._post(guild_id, found[topic], told)
        await self._close([(topic, told) for topic, told in before.items() if topic not in after])

    async def _post(self, guild_id: int, notice: Notice, told: Told) -> None:
        """Post the notices that this process holds, and record that."""
        try:
            message = await self._posted_before(notice, told)
            if message is None:
                about = (guild_id, notice.topic, told.episode, told.channel, told.begun.isoformat())
                complete = await self._finder.completed(notice)
                message = await self._channel.post(told.channel, complete, nonce=nonce_of("n", *about))
        except Unavailable as later:
            log.info("managers of the server %s are told later: %s", guild_id, later.sentence)
        except Undeliverable as no:
            await self._refused(guild_id, notice.topic, told, no)
        else:
            log.info("managers of the server %s were told: %s", guild_id, notice.topic)
            posted = replace(told, message=message)
            if not await self._note(guild_id, notice.topic, told, posted):
                await self._close([(notice.topic, posted)])

    async def _close(self, over: Iterable[tuple[str, Told]]) -> None:
        """Not essential: the buttons of a notice that is over would say so themselves."""
        for topic, told in over:
            if told.message is not None:
                with contextlib.suppress(Undeliverable, Unavailable):
                    await self._close_one(topic, told.channel, told.message)

    async def _close_one(self, topic: str, channel_id: int, message_id: int) -> None:
        order, request = order_of(topic), request_of(topic)
        if order is not None:
            await self._channel.close(channel_id, message_id, order)
        elif request is not None and (job := await self._finder.queries.get(request)) is not None:
            await self._channel.close_request(channel_id, message_id, job)

    async def _posted_before(self, notice: Notice, told: Told) -> int | None:
        """What an earlier attempt may have posted.

        As long as Discord knows the nonce, repeating the post finds that too.
        """
        if self._clock.now() - told.begun < NONCE_HOLDS:
            return None
        return await self._channel.find_posted(told.channel, notice, told.begun)

    async def _refused(self, guild_id: int, topic: str, told: Told, no: Undeliverable) -> None:
        log.warning("the channel %s of the server %s takes no notices: %s", told.channel, guild_id, no.sentence)
        if no.channel_gone:
            await self._preferences.forget_channel(guild_id, ChannelUse.NOTICES, told.channel)
        await self._note(guild_id, topic, told, replace(told, until=self._clock.now() + PAUSE))

    async def _note(self, guild_id: int, topic: str, held: Told, then: Told) -> bool:
        """Unless it is over by now, or was taken over by another process. Returns False if it is over."""

        def noted(known: ToldManagers | None) -> ToldManagers | None:
            if known is None or known.told.get(topic) != held:
                return known
            return ToldManagers(told={**known.told, topic: then})

        after = (await self._records.update(TOLD, str(guild_id), noted)).after
        return after is not None and topic in after.told


def _planner(
    found: Mapping[str, Notice], channel_id: int, now: datetime
) -> Callable[[ToldManagers | None], ToldManagers]:
    """From what was told to what is: ended notices go, new ones are held by the process that stores them."""

    def still(topic: str, told: Told) -> bool:
        return topic in found and found[topic].goes_on(told.episode)

    def held(told: Told) -> Told:
        """Unchanged, unless it is to be told and nobody is about to do so."""
        if told.message is not None or (told.until > now and told.channel == channel_id):
            return told
        begun = told.begun if told.channel == channel_id else now
        return replace(told, begun=begun, until=now + HELD, channel=channel_id)

    def plan(known: ToldManagers | None) -> ToldManagers:
        before = known.told if known is not None else {}
        kept = {topic: held(told) for topic, told in before.items() if still(topic, told)}
        new = {
            topic: Told(episode=notice.episode, begun=now, until=now + HELD, channel=channel_id)
            for topic, notice in found.items()
            if notice.begins and topic not in kept
        }
        covered = {
            topic: Told(episode=found[topic].episode, begun=now, until=now, channel=channel_id, message=COVERED)
            for louder in new
            for topic in covered_by(found[louder])
            if topic in found
        }
        return ToldManagers(told=covered | kept | new)

    return plan


def _now() -> float:
    return asyncio.get_running_loop().time()
