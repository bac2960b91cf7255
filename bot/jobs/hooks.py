"""A service called about a job. It is only a nudge: what it says is asked again, and never believed.

The one thing that is taken from a call is the id of a video whose order got no answer. The address that was called is
ours, was given with that very order, and names the job: a client reference in disguise.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import Enum

from bot.domain.errors import MovedOn, NotFree
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.phases import NeedsReview, Queued, Rendering, Submitting, Unknown
from bot.jobs.desk import Desk

log = logging.getLogger(__name__)

TRIES = 3  # when a worker moves the job at the same moment


class Heard(Enum):
    """What became of a call."""

    NUDGED = "nudged"
    ADOPTED = "adopted"
    TOO_EARLY = "too early"  # the order is just being sent; worth another call
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a signed call says, for the address of `job_id` at `provider`."""

    provider: str
    job_id: JobId
    remote_id: str
    is_done: bool  # the video is finished, rather than failed


@dataclass(frozen=True, slots=True)
class Switchboard:
    """Takes calls. Doubled, late and wrong ones change nothing."""

    desk: Desk

    async def take(self, call: Call) -> Heard:
        for _ in range(TRIES):
            job = await self.desk.store.get(call.job_id)
            if job is None or job.provider != call.provider:
                return Heard.NOTHING
            try:
                return await self._connect(call, job)
            except MovedOn:
                continue
            except NotFree:
                log.warning("%s was called about with %s, which is another job's video", job.id, call.remote_id)
                return Heard.NOTHING
        return Heard.TOO_EARLY

    async def _connect(self, call: Call, job: Job) -> Heard:
        """Raises MovedOn and NotFree."""
        match job.phase:
            case Rendering(remote_id=remote_id) if remote_id == call.remote_id:
                await self.desk.store.nudge(job.id)
                self.desk.events.tell(job)  # which wakes the worker
                return Heard.NUDGED
            case Submitting():
                return Heard.TOO_EARLY
            case Unknown() as lost:
                adopted = Rendering(remote_id=call.remote_id, started_at=lost.sent_at, rung=lost.rung)
            case NeedsReview(nobody_knows=True) as aside:
                sent_at = aside.sent_at or self.desk.now()
                adopted = Rendering(remote_id=call.remote_id, started_at=sent_at, rung=aside.rung)
            case Queued() if call.is_done:  # an old backup was restored, or a manager lets it be sent once more
                adopted = Rendering(remote_id=call.remote_id, started_at=self.desk.now())
            case _:
                return Heard.NOTHING
        await self.desk.decide(job, adopted, 0.0)
        log.info("%s is %s, as its service called to say", job.id, call.remote_id)
        return Heard.ADOPTED
