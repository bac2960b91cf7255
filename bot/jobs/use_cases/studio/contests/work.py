"""Works on the contests that are due, one after the other. What is left to do is kept, so a crash ends nothing."""

from __future__ import annotations

import logging
from dataclasses import field
from datetime import timedelta

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.ports.studio.contests import ContestWork
from bot.jobs.upkeep import wait_for_news
from bot.jobs.use_cases.studio.contests.step import ContestSteps

log = logging.getLogger(__name__)

SHORTEST, LONGEST = 1.0, 30.0  # seconds between two checks
KEPT = timedelta(days=90)  # a contest after its end


@wired
class ContestWorker:
    """One per process; `run` it alongside the worker, and `heard` for each change of a job."""

    steps: ContestSteps
    _deleted: set[JobId] = field(default_factory=set)

    def heard(self, job: Job) -> None:
        if job.deleted:
            self._deleted.add(job.id)
            self.steps.known.news.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await wait_for_news(self.steps.known.news, await self._try())

    async def look(self) -> None:
        """Work on all that is due."""
        gone = sorted(self._deleted)
        if gone:
            await self.steps.known.redraw(gone)
            self._deleted.difference_update(gone)
        while (work := await self._next()) is not None:
            try:
                await self.steps.take(work)
            except Exception:
                # It is due again once it is not held any more; no other waits for that.
                log.exception("the contest %s could not be worked on", work.contest.id)
        await self.steps.store.clean(self.steps.known.clock.now() - KEPT)

    async def _next(self) -> ContestWork | None:
        """Nothing is written while nothing is due."""
        due, now = await self.steps.store.next_due(), self.steps.known.clock.now()
        if due is None or due > now:
            return None
        holder, until = self.steps.hold(now)
        return await self.steps.store.claim(holder, now, until)

    async def _try(self) -> float:
        """Seconds until there is more to do, as far as that is known."""
        try:
            await self.look()
            due = await self.steps.store.next_due()
        except Exception:
            # It must never disturb the worker.
            log.exception("it could not be looked up which contests are due")
            return LONGEST
        if due is None:
            return LONGEST
        return min(max((due - self.steps.known.clock.now()).total_seconds(), SHORTEST), LONGEST)
