"""How much a message may carry. Discord's own figure is not always the truth, so what it refused is remembered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.job import Job
from bot.domain.ports.clock import Clock
from bot.domain.ports.records import Records

MIB = 1024 * 1024
FLOOR = 10 * MIB  # the least Discord has given since 2025; only a refusal teaches less
UNBOOSTED = 20 * MIB  # the most that counts of what an interaction reports: above it may be the asker's own Nitro
HELD = timedelta(days=7)  # then one upload finds out whether the limit was raised
ROOM = 0.98  # of the limit; Discord counts the form around the file too


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lesson:
    """`most` bytes after a refusal, when Discord itself said `told`."""

    most: int
    told: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadLimits:
    """The limit of each server, and of direct messages, as Discord said it and as its refusals taught it."""

    records: Records
    clock: Clock

    async def of(self, job: Job) -> int:
        """Bytes a file for this job may have, with some room left."""
        lesson = await self._lesson(job)
        told = max(job.upload_limit, FLOOR)
        return int(ROOM * (told if lesson is None else min(told, lesson.most)))

    async def refused(self, job: Job, size: int) -> None:
        """A file of `size` bytes was too large: remember half of that, but the usual floor first."""
        most = max(FLOOR, size // 2) if size > FLOOR else size // 2
        lesson = {"most": most, "told": job.upload_limit, "at": self.clock.now().isoformat()}
        await self.records.write(_key(job), json.dumps(lesson))

    async def _lesson(self, job: Job) -> _Lesson | None:
        """None when nothing was learnt, or when it no longer counts: Discord says more now, or it is long ago."""
        text = await self.records.read(_key(job))
        if text is None:
            return None
        said = json.loads(text)
        lesson = _Lesson(most=said["most"], told=said["told"], at=datetime.fromisoformat(said["at"]))
        outdated = job.upload_limit > lesson.told or self.clock.now() - lesson.at > HELD
        return None if outdated else lesson


def _key(job: Job) -> str:
    return "upload limit of direct messages" if job.private else f"upload limit {job.guild_id}"
