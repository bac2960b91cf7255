"""Removes the files of expired videos, in rounds that their managers were warned about.

A round is stored before anybody is warned, and one that nobody was warned about removes nothing. Which videos it covers
is recorded with each before the warning; those that come close to their end later, such as imported ones, are in the
next round. What it removes is recorded with each video before its files are deleted. So it continues after a restart,
and what a crash leaves behind is found by the file sweep. Only one process does it at a time, for the sake of a
readable log; two would do no harm.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta
from functools import partial

from bot.data_classes import value_object, wired
from bot.domain.audit.log_channel import CertainLog
from bot.domain.errors import StoreAway
from bot.domain.guild import GuildOptions
from bot.domain.job import Job
from bot.domain.notices.storage import RemovalDue
from bot.domain.notices.troubles import Notice
from bot.domain.ports.clock import Clock
from bot.domain.ports.files import FileStore
from bot.domain.ports.records import Record
from bot.domain.retention.rounds import ROUNDS, RemovalRound
from bot.domain.retention.store import KeptVideos
from bot.jobs.retention.cards import removed_card, warning_card
from bot.jobs.upkeep import repeat
from bot.jobs.use_cases.guild import GuildPreferences

log = logging.getLogger(__name__)

EVERY = 900.0  # seconds
BATCH = 100  # videos in one transaction
PAUSE = 0.2  # seconds between two of them, for others to write
HELD = timedelta(minutes=5)  # far longer than a batch takes
LATEST = timedelta(days=1)  # after its day a round starts: later, its warning is long past, or a backup was restored
UNTOLD = timedelta(days=1)  # for which a warning is attempted before its round gets another day


@value_object
class SweepLease:
    """Which process checks the servers now."""

    holder: str
    until: datetime


LEASE = Record("retention sweep", SweepLease, lasts=timedelta(hours=1))  # there is one, under the key ""


@wired
class RetentionSweep:
    """One per process; `run` it alongside the worker."""

    videos: KeptVideos
    preferences: GuildPreferences
    files: FileStore
    guild_log: CertainLog
    is_noticed: Callable[[int, Notice], Awaitable[bool]]  # whether a server's channel for notices has that
    clock: Clock
    holder: str = field(default_factory=lambda: secrets.token_hex(8))

    async def run(self) -> None:
        """Until cancelled."""
        trouble = "videos whose time is over could not be removed; that is tried again"
        await repeat(self.sweep, partial(self.clock.sleep, EVERY), log, trouble)

    async def sweep(self) -> None:
        """Every server once, unless another process is doing it."""
        if not await self._hold():
            return
        while await self.videos.measure(BATCH) == BATCH:
            await self.clock.sleep(PAUSE)
        for guild_id in await self.videos.guilds():
            await self.look(guild_id)
            if not await self._hold():
                return
        await self.preferences.records.update(LEASE, "", self._given_up)

    async def look(self, guild_id: int) -> None:
        """Plan a server's next round, or carry out the one that is due."""
        options = await self.preferences.of(guild_id)
        planned = await self.preferences.records.read(ROUNDS, str(guild_id))
        if planned is not None and not await self._stands(guild_id, planned, options):
            await self._forget(guild_id, planned)
            planned = None
        if planned is None:
            planned = await self._plan(guild_id, options)
        if planned is not None and self.clock.now() >= planned.due_at:
            await self._carry_out(guild_id, planned)
        elif planned is not None and not planned.told and options.notices_channel is None:
            await self._warn(guild_id, planned)

    async def _stands(self, guild_id: int, planned: RemovalRound, options: GuildOptions) -> bool:
        """Whether it goes ahead. If not, managers are warned anew: about what they chose, or in time."""
        now, ahead = self.clock.now(), planned.retention.warned_ahead
        if planned.retention != options.retention or planned.due_at - now > ahead:
            return False  # the latter: this machine's clock was ahead
        if planned.removed:
            return True
        is_told = planned.told or await self.is_noticed(guild_id, RemovalDue(planned=planned))
        if not is_told:
            return now - planned.warned_at <= min(UNTOLD, ahead / 2)
        if now < planned.due_at:
            return True
        return now - planned.due_at <= LATEST

    async def _plan(self, guild_id: int, options: GuildOptions) -> RemovalRound | None:
        """Nothing is removed if nobody can be warned about it."""
        if options.retention is None or (options.notices_channel is None and options.log_channel is None):
            return None
        key = str(guild_id)
        # What cannot be read is forgotten by this: no video joins a round beside another one.
        if (other := (await self.preferences.records.update(ROUNDS, key, lambda known: known)).after) is not None:
            return other
        planned = RemovalRound.next(options.retention, self.clock.now())
        while await self.videos.join(guild_id, planned, BATCH) == BATCH:
            if not await self._hold():
                return None  # two planners would take each other's videos for ever
            await self.clock.sleep(PAUSE)
        found = await self.videos.expiring(guild_id, planned)
        if not found.videos:
            return None
        planned = replace(planned, videos=found.videos, bytes=found.bytes)
        log.info("%d videos of the server %s are to be removed at %s", found.videos, guild_id, planned.due_at)
        return (await self.preferences.records.update(ROUNDS, key, lambda known: known or planned)).after

    async def _warn(self, guild_id: int, planned: RemovalRound) -> None:
        """In the log channel, until it accepts it. A notices channel is told separately."""
        if not await self.guild_log.tell(guild_id, warning_card(planned)):
            return

        def told(known: RemovalRound | None) -> RemovalRound | None:
            return replace(known, told=True) if known is not None and known.due_at == planned.due_at else known

        await self.preferences.records.update(ROUNDS, str(guild_id), told)

    async def _carry_out(self, guild_id: int, due: RemovalRound) -> None:
        while gone := await self._expired(guild_id, due):
            await self._remove_files(gone)
            await self._count(guild_id, due, gone)
            if not await self._hold():
                return
            await self.clock.sleep(PAUSE)
        done = await self._forget(guild_id, due)
        if done is not None and done.removed:
            log.info("removed %d videos of the server %s, %d bytes", done.removed, guild_id, done.freed)
            self.guild_log.post(guild_id, removed_card(done))

    async def _expired(self, guild_id: int, due: RemovalRound) -> Sequence[Job]:
        """The next ones; none once managers have chosen something else."""
        if (await self.preferences.of(guild_id)).retention != due.retention:
            return ()
        return await self.videos.expire(guild_id, due, self.clock.now(), BATCH)

    async def _remove_files(self, gone: Sequence[Job]) -> None:
        keys = [key for job in gone if (video := job.video) is not None for key in video.keys]
        try:
            await self.files.remove(keys)
        except (StoreAway, OSError) as error:
            log.warning("files of %d videos are left for the sweep of files: %s", len(gone), error)

    async def _count(self, guild_id: int, due: RemovalRound, gone: Sequence[Job]) -> None:
        size = sum(job.video.bytes for job in gone if job.video is not None)

        def counted(known: RemovalRound | None) -> RemovalRound | None:
            if known is None or known.due_at != due.due_at:
                return known
            return replace(known, removed=known.removed + len(gone), freed=known.freed + size)

        await self.preferences.records.update(ROUNDS, str(guild_id), counted)

    async def _forget(self, guild_id: int, over: RemovalRound) -> RemovalRound | None:
        """The round as it was; None if it is gone already, or is another one."""

        def without(known: RemovalRound | None) -> RemovalRound | None:
            return None if known is None or known.due_at == over.due_at else known

        changed = await self.preferences.records.update(ROUNDS, str(guild_id), without)
        return changed.before if changed.after is None else None

    async def _hold(self) -> bool:
        """Take the lease, or renew it. False while another process has it."""
        now = self.clock.now()

        def held(known: SweepLease | None) -> SweepLease:
            if known is not None and known.holder != self.holder and now < known.until <= now + HELD:
                return known
            return SweepLease(holder=self.holder, until=now + HELD)

        after = (await self.preferences.records.update(LEASE, "", held)).after
        return after is not None and after.holder == self.holder

    def _given_up(self, known: SweepLease | None) -> SweepLease | None:
        return known if known is not None and known.holder != self.holder else None
