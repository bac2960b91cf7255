"""An order whose video is being searched for, because a response was lost or the service failed."""

from __future__ import annotations

from bot.domain.job import Job
from bot.domain.messages import Message, msg

CHECKING = msg(
    "🔎 **The service's reply was lost.** Checking whether it started before doing anything else. "
    "You won't be charged twice."
)
MAKING_SURE = msg(
    "🔎 **The service failed to take the order.** Kinora makes sure that nothing was made, then orders once more. "
    "You won't be charged twice."
)


def looked_for(job: Job) -> Message:
    return MAKING_SURE if job.is_made_sure_of else CHECKING
