"""Bulk actions that a manager has confirmed: item by item, stoppable, and resumed after an interruption.

The progress is stored after each item. An interrupted item is repeated, which finishes it and changes nothing twice: a
failed order is retried once, and what is removed stays removed.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Mapping
from dataclasses import field, replace
from datetime import timedelta
from typing import Protocol

from bot.data_classes import wired
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.messages import Count, Message, Person, msg
from bot.domain.ports.clock import Clock
from bot.domain.ports.records import Records
from bot.domain.queue.bulk import FRESH, PLAN, RUN, BulkKind, BulkPlan, BulkRun, Leftover, Outcome
from bot.jobs.use_cases.queue.manage import check_may_manage_queue

log = logging.getLogger(__name__)

NEWS = timedelta(days=1)
LAST_ITEM = 10.0  # seconds that an item gets to finish when the process is asked to stop
OLD_PREVIEW = msg("That preview is too old. Ask for a new one. Nothing was changed.")
BEGUN_ALREADY = msg("That has already been started. `/queue` shows the progress.")
NOTHING_RUNS = msg("Nothing is running any more. `/queue` shows what was done.")


class BulkTask(Protocol):
    """What one kind of plan does with each of its items."""

    async def one(self, plan: BulkPlan, item: int) -> Outcome: ...


@wired
class BulkWork:
    """One at a time per server. For members with Manage Server: raises NotAllowed, and BadRequest."""

    records: Records
    tasks: Mapping[BulkKind, BulkTask]
    clock: Clock
    _working: set[asyncio.Task[None]] = field(default_factory=set)
    _closing: asyncio.Event = field(default_factory=asyncio.Event)

    async def latest(self, guild_id: int) -> BulkRun | None:
        """The last one of a server, in progress or ended; None if it is long ago."""
        return await self.records.read(RUN, str(guild_id))

    def is_interrupted(self, run: BulkRun) -> bool:
        """Whether its worker is gone."""
        return not run.ended and not run.is_worked_on(self.clock.now())

    def is_news(self, run: BulkRun) -> bool:
        """Whether it is still shown: until it has ended, and for a day after that."""
        return not run.ended or self.clock.now() - run.beat_at < NEWS

    async def begin(self, member: Member, plan_id: str) -> BulkRun:
        """Do what was shown."""
        check_may_manage_queue(member)
        plan, now = await self._plan(member, plan_id), self.clock.now()
        if now - plan.made_at > FRESH:
            raise BadRequest(OLD_PREVIEW)
        fresh = BulkRun(
            plan=plan.id,
            token=secrets.token_hex(4),
            kind=plan.kind,
            by=member.id,
            total=len(plan.items),
            begun_at=now,
            beat_at=now,
        )

        def begun(known: BulkRun | None) -> BulkRun:
            is_taken = known is not None and (known.plan == plan.id or known.is_worked_on(now))
            return known if known is not None and is_taken else fresh

        updated = await self.records.update(RUN, str(member.guild_id), begun)
        if updated.after != fresh:
            raise BadRequest(_busy(updated.after, plan))
        return self._start(plan, fresh)

    async def go_on(self, member: Member, plan_id: str) -> BulkRun:
        """Resume what was interrupted or stopped."""
        check_may_manage_queue(member)
        plan, now, token = await self._plan(member, plan_id), self.clock.now(), secrets.token_hex(4)

        def taken_up(known: BulkRun | None) -> BulkRun | None:
            if known is None or known.plan != plan.id or known.next >= known.total or known.is_worked_on(now):
                return known
            return replace(
                known, token=token, by=member.id, beat_at=now, stopped_by=None, ended=False, interrupted=False
            )

        run = (await self.records.update(RUN, str(member.guild_id), taken_up)).after
        if run is None or run.token != token:
            raise BadRequest(BEGUN_ALREADY)
        return self._start(plan, run)

    async def stop(self, member: Member, plan_id: str) -> None:
        """After the current item."""
        check_may_manage_queue(member)
        now = self.clock.now()

        def stopped(known: BulkRun | None) -> BulkRun | None:
            if known is None or known.plan != plan_id or known.ended:
                return known
            is_left = not known.is_worked_on(now)  # nobody is there to end it
            return replace(known, stopped_by=known.stopped_by or member.id, ended=is_left)

        run = (await self.records.update(RUN, str(member.guild_id), stopped)).after
        if run is None or run.plan != plan_id or run.ended:
            raise BadRequest(NOTHING_RUNS)

    async def close(self) -> None:
        """Let the current items finish. The rest can be resumed."""
        self._closing.set()
        if self._working:
            await asyncio.wait(self._working, timeout=LAST_ITEM)
        for task in list(self._working):
            task.cancel()
        await asyncio.gather(*self._working, return_exceptions=True)

    async def _plan(self, member: Member, plan_id: str) -> BulkPlan:
        plan = await self.records.read(PLAN, plan_id)
        if plan is None or plan.guild_id != member.guild_id:
            raise BadRequest(OLD_PREVIEW)
        return plan

    def _start(self, plan: BulkPlan, run: BulkRun) -> BulkRun:
        log.info("%s of %d on %s, by %s: from %d", run.kind, run.total, plan.guild_id, run.by, run.next)
        task = asyncio.create_task(self._work(plan, run), name="work on many")
        self._working.add(task)
        task.add_done_callback(self._working.discard)
        return run

    async def _work(self, plan: BulkPlan, run: BulkRun) -> None:
        try:
            going: BulkRun | None = run
            while going is not None and not going.ended and not self._closing.is_set():
                going = await self._step(plan, going)
            if going is not None and not going.ended:
                await self._note(plan, going, lambda known: replace(known, interrupted=True))
        except Exception:
            # Nobody waits for this task: what it did is stored, and its page offers to go on.
            log.exception("%s of many on %s was cut off; it can be taken up again", run.kind, plan.guild_id)

    async def _step(self, plan: BulkPlan, run: BulkRun) -> BulkRun | None:
        """One item, or the end. None if another process has taken it over."""
        if run.next >= run.total or run.stopped_by is not None:
            return await self._note(plan, run, lambda known: replace(known, ended=True))
        outcome, now = await self._one(plan, run.next), self.clock.now()
        return await self._note(plan, run, lambda known: known.after(outcome, now))

    async def _one(self, plan: BulkPlan, item: int) -> Outcome:
        try:
            return await self.tasks[plan.kind].one(plan, item)
        except Exception:
            # One item must never stop the others.
            log.exception("%s of %s failed", plan.kind, plan.items[item])
            return Outcome(left=Leftover.BROKEN)

    async def _note(self, plan: BulkPlan, run: BulkRun, change: _Change) -> BulkRun | None:
        def noted(known: BulkRun | None) -> BulkRun | None:
            return change(known) if known is not None and known.token == run.token else known

        after = (await self.records.update(RUN, str(plan.guild_id), noted)).after
        return after if after is not None and after.token == run.token else None


class _Change(Protocol):
    def __call__(self, known: BulkRun, /) -> BulkRun: ...


def _busy(run: BulkRun | None, plan: BulkPlan) -> Message:
    if run is None or run.plan == plan.id:
        return BEGUN_ALREADY
    return msg(
        "{member} is still working through {count} others. Wait, or stop that in `/queue` first.",
        member=Person(run.by),
        count=Count(run.total),
    )
