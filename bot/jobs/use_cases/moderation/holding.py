"""Who works on a case: whoever puts it off, for all processes. A change by somebody else makes it due again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.ids import JobId
from bot.domain.moderation.cases import OPEN_CASES, OpenCases
from bot.jobs.use_cases.moderation.cases import ModerationCases

HELD = timedelta(minutes=2)  # how long who works on a case has for one step of it


@dataclass(slots=True, kw_only=True)
class CaseHold:
    """`until` is what stands there while it is ours."""

    cases: ModerationCases
    guild_id: int
    job_id: JobId
    until: datetime

    async def is_still_ours(self) -> bool:
        """Also prolongs it."""
        later = max(self.cases.clock.now() + HELD, self.until + timedelta(microseconds=1))
        if not await self.put_off(later):
            return False
        self.until = later
        return True

    async def put_off(self, due: datetime | None) -> bool:
        """Until then, or for good. False when somebody has changed it meanwhile, or taken it over."""

        def noted(known: OpenCases | None) -> OpenCases | None:
            if known is None or known.due.get(self.job_id) != self.until:
                return known
            others = {each: at for each, at in known.due.items() if each != self.job_id}
            return OpenCases(due=others if due is None else others | {self.job_id: due}) if others or due else None

        updated = await self.cases.records.update(OPEN_CASES, str(self.guild_id), noted)
        return updated.before != updated.after


async def held(cases: ModerationCases, guild_id: int, job_id: JobId) -> CaseHold | None:
    """Take one that is due; None when somebody else was faster."""
    now = cases.clock.now()
    until = now + HELD

    def taken(known: OpenCases | None) -> OpenCases | None:
        due = known.due.get(job_id) if known is not None else None
        if known is None or due is None or due > now:
            return known
        return OpenCases(due={**known.due, job_id: until})

    updated = await cases.records.update(OPEN_CASES, str(guild_id), taken)
    if updated.before == updated.after:
        return None
    return CaseHold(cases=cases, guild_id=guild_id, job_id=job_id, until=until)
