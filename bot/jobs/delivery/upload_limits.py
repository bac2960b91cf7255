"""How much a message may carry. Discord's own figure is not always right, so its refusals are remembered."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.data_classes import value_object, wired
from bot.domain.job import Job
from bot.domain.ports.clock import Clock
from bot.domain.ports.records import Record, Records

MIB = 1024 * 1024
FLOOR = 10 * MIB  # the least that Discord has allowed since 2025; only a refusal teaches less
UNBOOSTED = 20 * MIB  # the most that is believed of an interaction's limit: above it may be the asker's own Nitro
GIVEN = (50 * MIB, UNBOOSTED, FLOOR)  # Discord's limits: with the second level of boosts, without, and before 2026
HELD = timedelta(days=7)  # then one upload finds out whether the limit was raised
ROOM = 0.98  # of the limit; Discord counts the form around the file too


@value_object
class _Lesson:
    """At most `most` bytes after a refusal, when Discord itself had said `told`."""

    most: int
    told: int
    at: datetime


LESSON = Record("upload limit", _Lesson, lasts=HELD)


@wired
class UploadLimits:
    """The limit of each server and of direct messages, from what Discord says and from its refusals."""

    records: Records
    clock: Clock

    async def of(self, job: Job) -> int:
        """How many bytes a file for this job may have, with some margin."""
        lesson = await self._lesson(job)
        told = max(job.upload_limit, FLOOR)
        return int(ROOM * (told if lesson is None else min(told, lesson.most)))

    async def refused(self, job: Job, size: int) -> None:
        """A file of `size` bytes was too large: remember Discord's next lower limit, and below all of them half the
        size.
        """
        most = next((figure for figure in GIVEN if figure < size), size // 2)
        lesson = _Lesson(most=most, told=job.upload_limit, at=self.clock.now())
        await self.records.write(LESSON, _key(job), lesson)

    async def _lesson(self, job: Job) -> _Lesson | None:
        """None if nothing was learnt, or if it no longer applies: Discord says more now, or it is long ago."""
        lesson = await self.records.read(LESSON, _key(job))
        if lesson is None or job.upload_limit > lesson.told or self.clock.now() - lesson.at > HELD:
            return None
        return lesson


def _key(job: Job) -> str:
    return "direct messages" if job.private else str(job.guild_id)
