"""Works on cases, one after the other. What is left to do about each is kept, so a crash ends nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import field, replace
from functools import partial

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.moderation.cases import OPEN_CASES
from bot.jobs.upkeep import LATEST, repeat, wait_for_news
from bot.jobs.use_cases.moderation.case_step import CaseParts, CaseStep
from bot.jobs.use_cases.moderation.cases import ModerationCases
from bot.jobs.use_cases.moderation.holding import held

log = logging.getLogger(__name__)

EVERY = 30.0  # seconds between two checks of everything that is open


@wired
class ModerationWork:
    """One per process; `run` it alongside the worker, and `heard` for each change of a job."""

    parts: CaseParts
    _deleted: dict[JobId, Job] = field(default_factory=dict)

    @property
    def cases(self) -> ModerationCases:
        return self.parts.cases

    def heard(self, job: Job) -> None:
        """A reported video may have been deleted by its maker."""
        if job.deleted:
            self._deleted[job.id] = job
            self.cases.news.set()

    async def run(self) -> None:
        """Until cancelled."""
        trouble = "it could not be looked up which reports and take-downs are open"
        await repeat(self._look_everywhere, partial(wait_for_news, self.cases.news, EVERY), log, trouble)

    async def _look_everywhere(self) -> None:
        for job in [*self._deleted.values()]:
            await self._note_deleted(job)
        await self.look(self.parts.channel.guilds())

    async def look(self, guild_ids: Iterable[int]) -> None:
        """Work on what is due on these servers."""
        found = await self.cases.records.read_many(OPEN_CASES, [str(guild_id) for guild_id in guild_ids])
        for guild_id, cases in found.items():
            for job_id, due in cases.due.items():
                if due <= self.cases.clock.now():
                    await self._one(int(guild_id), JobId(job_id))

    async def _one(self, guild_id: int, job_id: JobId) -> None:
        """One case, as far as it goes now. Whatever breaks, it is tried again and holds no other up."""
        hold = await held(self.cases, guild_id, job_id)
        if hold is None:
            return
        try:
            due = await CaseStep(self.parts, hold).work()
        except Exception:
            log.exception("the case of %s could not be worked on", job_id)
            due = self.cases.clock.now() + LATEST
        await hold.put_off(due)

    async def _note_deleted(self, job: Job) -> None:
        """If it fails, it is tried again at the next look."""
        try:
            known = await self.cases.of(job.id)
            if known is not None and known.is_open:
                await self.cases.change(job, lambda case: replace(case, deleted=case.decision is None))
        except Exception:
            log.exception("it could not be noted that %s was deleted", job.id)
        else:
            self._deleted.pop(job.id, None)
