"""A request waits for an approver's decision, and ends, free of charge, if nobody decides in time."""

from __future__ import annotations

from bot.data_classes import wired
from bot.domain.job import Lease
from bot.domain.messages import Duration, Message, msg, msg_n
from bot.domain.phases import NOBODY, AwaitingApproval, Cancelled
from bot.jobs.context import StepContext

AN_HOUR = 3600.0  # seconds
LONGEST_REST = AN_HOUR  # seconds between two checks: a longer delay is taken for a clock error


@wired
class EndRequest:
    """An approver's decision overwrites whatever this step does."""

    context: StepContext

    async def look(self, lease: Lease, waiting: AwaitingApproval) -> None:
        left = (waiting.until - self.context.now()).total_seconds()
        if left > 0:
            await self.context.move(lease, waiting, min(left, LONGEST_REST))
            return
        ended = Cancelled(by=NOBODY, finished_at=self.context.now(), reason=_nobody_decided(waiting))
        await self.context.move(lease, ended)


def _nobody_decided(waiting: AwaitingApproval) -> Message:
    seconds = (waiting.until - waiting.since).total_seconds()
    if seconds < AN_HOUR:
        return msg("Nobody decided within {time}.", time=Duration(seconds))
    return msg_n(
        "Nobody decided within {count} hour.", "Nobody decided within {count} hours.", round(seconds / AN_HOUR)
    )
