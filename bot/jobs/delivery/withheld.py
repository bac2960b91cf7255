"""Finished videos that may not be shown: the duplicate of one that was taken down, or whose member's data was erased.

Their cost stays in the books.
"""

from __future__ import annotations

from bot.data_classes import wired
from bot.domain.job import Job
from bot.domain.messages import msg
from bot.domain.moderation.cases import TAKEN_DOWN
from bot.domain.ports.jobs import JobQueries
from bot.domain.ports.records import Records

WITHHELD = msg("The other video of this order was removed, so this one wasn't posted.")


@wired
class WithheldDoubles:
    """Asked just before a video is posted."""

    queries: JobQueries
    records: Records

    async def has(self, job: Job) -> bool:
        """Whether the video is one of them.

        If the other one was taken down, this one counts as taken down from then on, too.
        """
        if job.doubles is None:
            return False
        first = await self.queries.get(job.doubles)
        if first is None or first.owner_id != job.owner_id:  # nobody's any more
            return True
        found = await self.records.read_many(TAKEN_DOWN, [job.id, first.id])
        if down := found.get(first.id):
            await self.records.update(TAKEN_DOWN, job.id, lambda known: known or down)
        return bool(found)
