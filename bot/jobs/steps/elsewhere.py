"""Files that are not here. If processes share a database but no files, the one that has the files takes the step."""

from __future__ import annotations

from dataclasses import replace

from bot.data_classes import wired
from bot.domain.job import Lease
from bot.domain.phases import Posting, Queued, Saving
from bot.jobs.context import StepContext

ELSEWHERE_WAIT = 3.0  # seconds until the process that has the file may claim the job
MOST_ELSEWHERE = 40  # claims by processes that do not have it: two minutes


@wired
class FilesElsewhere:
    """Releases jobs for another process to take, for a while."""

    context: StepContext

    async def hand_over(self, lease: Lease) -> bool:
        """Whether a job whose file is missing here was released.

        False: it has waited long enough, or no other process exists. A queued job is released as it was claimed:
        otherwise what was tried since then would be tried again endlessly.
        """
        phase = lease.job.phase
        if not self.context.shares_database or not isinstance(phase, Queued | Saving | Posting):
            return False
        if phase.elsewhere >= MOST_ELSEWHERE:
            return False
        await self.context.move(lease, replace(phase, elsewhere=phase.elsewhere + 1), ELSEWHERE_WAIT)
        return True
