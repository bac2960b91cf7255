"""Blocking members from making videos: for a while or for good, by members with Manage Server."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.access.rules import check_manages
from bot.domain.audit.changes import SettingChange
from bot.domain.errors import BadRequest
from bot.domain.job import Job
from bot.domain.messages import Count, Foreign, Message, Moment, MomentStyle, Person, joined, msg
from bot.domain.moderation.blocks import LONGEST_REASON, MOST_BLOCKS, Block, GuildBlocks, blocked
from bot.domain.phases import Cancelled, Unsent
from bot.domain.ports.clock import Clock
from bot.domain.ports.guilds import GuildStore
from bot.domain.ports.jobs import JobQueries, JobQueue
from bot.domain.ports.records import Record, Records
from bot.domain.queue.ages import end_of_day
from bot.domain.texts.names import words_of
from bot.jobs.events import JobEvents
from bot.jobs.use_cases.audit.changes import SettingChanges

log = logging.getLogger(__name__)

BLOCKS = Record("blocked members", GuildBlocks)  # by the server's id
NO_BLOCKS = GuildBlocks()
NOT_BLOCKED = msg("That member isn't blocked any more. Nothing was changed.")


@wired
class MemberBlocks:
    """Who is blocked now. A block ends by itself: nobody is asked, and nothing has to run."""

    records: Records
    clock: Clock

    async def of(self, guild_id: int) -> Sequence[Block]:
        """Those that hold, latest first."""
        found = (await self.records.read(BLOCKS, str(guild_id)) or NO_BLOCKS).holding(self.clock.now())
        return sorted(found, key=lambda block: block.since, reverse=True)

    async def of_member(self, guild_id: int, member_id: int) -> Block | None:
        known = await self.records.read(BLOCKS, str(guild_id))
        return None if known is None else known.of(member_id, self.clock.now())

    async def check(self, guild_id: int, member_id: int) -> None:
        """Raise MemberBlocked, with until when, why, and whom to ask."""
        if (block := await self.of_member(guild_id, member_id)) is not None:
            raise blocked(block)


@value_object
class Blocked:
    """What came of blocking somebody. `stopped`: their orders that waited, cancelled free of charge."""

    block: Block
    stopped: int


@wired
class BlockMembers:
    """Raises NotAllowed, and BadRequest with nothing changed."""

    blocks: MemberBlocks
    queue: JobQueue
    queries: JobQueries
    guilds: GuildStore
    events: JobEvents
    changes: SettingChanges

    async def block(self, manager: Member, target: Member, *, until: str, reason: str) -> Blocked:
        """Until the end of a day as people write it; for good where nothing is written. Instead of an earlier block.

        What they have paid for goes on and is delivered: the money is spent, and take-down is another matter.
        """
        check_manages(manager)
        if target.manages:
            raise BadRequest(
                msg(
                    "{member} has Manage Server and could end the block, so it would do nothing. Nothing was changed.",
                    member=Person(target.id),
                )
            )
        now = self.blocks.clock.now()
        block = Block(
            member_id=target.id,
            by=manager.id,
            since=now,
            reason=words_of(reason, LONGEST_REASON),
            until=await self._end(manager.guild_id, until, now),
        )
        await self._add(manager.guild_id, block, now)
        return Blocked(block=block, stopped=await self._stop(manager, target.id))

    async def unblock(self, manager: Member, member_id: int) -> Block:
        """The block that was ended."""
        check_manages(manager)
        now = self.blocks.clock.now()

        def without(known: GuildBlocks | None) -> GuildBlocks:
            kept = [block for block in (known or NO_BLOCKS).holding(now) if block.member_id != member_id]
            return GuildBlocks(blocks=tuple(kept))

        updated = await self.blocks.records.update(BLOCKS, str(manager.guild_id), without)
        ended = (updated.before or NO_BLOCKS).of(member_id, now)
        if ended is None:
            raise BadRequest(NOT_BLOCKED)
        log.info("%s unblocked on %s by %s", member_id, manager.guild_id, manager.id)
        await self.changes.note(_change(manager.guild_id, manager.id, member_id, ended, None))
        return ended

    async def appealed(self, guild_id: int, member_id: int, words: str) -> Block:
        """Note what a blocked member says to it, once. Raises BadRequest."""
        now = self.blocks.clock.now()

        def noted(known: GuildBlocks | None) -> GuildBlocks:
            block = (known or NO_BLOCKS).of(member_id, now)
            if block is None:
                raise BadRequest(msg("You aren't blocked here any more. Try again."))
            if block.appeal is not None:
                raise BadRequest(msg("You have appealed against this block already."))
            others = [each for each in (known or NO_BLOCKS).holding(now) if each.member_id != member_id]
            return GuildBlocks(blocks=(*others, replace(block, appeal=words)))

        updated = await self.blocks.records.update(BLOCKS, str(guild_id), noted)
        block = (updated.after or NO_BLOCKS).of(member_id, now)
        if block is None:
            raise BadRequest(NOT_BLOCKED)
        return block

    async def _end(self, guild_id: int, until: str, now: datetime) -> datetime | None:
        """The end of that day. Raises BadRequest for one that is over."""
        if not until.strip():
            return None
        calendar = (await self.guilds.guild_settings(guild_id)).calendar
        return end_of_day(until, now, calendar)

    async def _add(self, guild_id: int, block: Block, now: datetime) -> None:
        def added(known: GuildBlocks | None) -> GuildBlocks:
            others = [each for each in (known or NO_BLOCKS).holding(now) if each.member_id != block.member_id]
            if len(others) >= MOST_BLOCKS:
                raise BadRequest(
                    msg(
                        "{most} members are blocked already. Unblock one first. Nothing was changed.",
                        most=Count(MOST_BLOCKS),
                    )
                )
            return GuildBlocks(blocks=(*others, block))

        updated = await self.blocks.records.update(BLOCKS, str(guild_id), added)
        before = (updated.before or NO_BLOCKS).of(block.member_id, now)
        log.info("%s blocked on %s by %s until %s", block.member_id, guild_id, block.by, block.until)
        await self.changes.note(_change(guild_id, block.by, block.member_id, before, block))

    async def _stop(self, manager: Member, member_id: int) -> int:
        """Cancel what waits and was not paid. Whatever is ordered at this very moment is refused when it is sent."""
        theirs = [job for job in await self.queries.under_way(manager.guild_id) if job.owner_id == member_id]
        return sum([await self._cancel(job, manager) for job in theirs if isinstance(job.phase, Unsent)])

    async def _cancel(self, job: Job, manager: Member) -> bool:
        cancelled = await self.queue.cancel(job.id, manager.id, unsent_only=True)
        self.events.tell(cancelled)
        return isinstance(cancelled.phase, Cancelled)


def _change(guild_id: int, by: int, member_id: int, before: Block | None, after: Block | None) -> SettingChange:
    what = msg("the block of {member}", member=Person(member_id))
    shown = [None if block is None else block_words(block) for block in (before, after)]
    return SettingChange(guild_id=guild_id, by=by, what=what, before=shown[0], after=shown[1])


def block_words(block: Block) -> Message:
    """How long, and why."""
    reason = msg("({reason})", reason=Foreign(block.reason)) if block.reason else None
    if block.until is None:
        return joined(msg("for good"), reason)
    ends = msg(
        "until {day}, {time}",
        day=Moment(block.until, MomentStyle.DAY),
        time=Moment(block.until, MomentStyle.CLOCK),
    )
    return joined(ends, reason)
