"""The state machine: takes a job one step further, from wherever it was left."""

from __future__ import annotations

import logging

from bot.domain.job import Lease
from bot.domain.messages import msg, msg_n
from bot.domain.phases import (
    AwaitingApproval,
    Cancelled,
    Done,
    Failed,
    NeedsReview,
    Posting,
    Queued,
    Rendering,
    Saving,
    Submitting,
    Undelivered,
    Unknown,
    name_of,
)
from bot.jobs.context import StepContext
from bot.jobs.providers.list_looks import ListLooks
from bot.jobs.steps.approval import EndRequest
from bot.jobs.steps.post import PostResult
from bot.jobs.steps.recover import RecoverOrder
from bot.jobs.steps.render import PollRender
from bot.jobs.steps.save import SaveVideo
from bot.jobs.steps.set_aside import set_aside_for_review
from bot.jobs.steps.submit import SubmitOrder

log = logging.getLogger(__name__)

MOST_CRASHES = 5  # in a row, in one step: from the third on the job is tried alone, unless the step only failed


WHILE = {
    "awaitingapproval": msg("waiting for approval"),
    "queued": msg("preparing the order"),
    "submitting": msg("sending the order"),
    "unknown": msg("looking for the video"),
    "rendering": msg("checking on the render"),
    "saving": msg("saving the video"),
    "posting": msg("posting the video"),
}


class Runner:
    """Takes one step of one job.

    A crash needs no special case: the next claim finds the phase and continues from there.
    """

    def __init__(self, context: StepContext) -> None:
        self._context = context
        self._end_request = EndRequest(context=context)
        self._submit_order = SubmitOrder(context=context)
        self._recover_order = RecoverOrder(context=context)
        self._poll_render = PollRender(context=context, list_looks=ListLooks(context.queue.nudge))
        self._save_video = SaveVideo(context=context)
        self._post_result = PostResult(context=context)

    async def advance(self, lease: Lease) -> None:
        """Take the step that the job's phase asks for. Raises MovedOn if another worker has taken the job over."""
        if lease.crashes >= MOST_CRASHES:
            await self._set_aside(lease)
            return
        match lease.job.phase:
            case Queued():
                await self._submit_order.submit(lease)
            case AwaitingApproval() as waiting:
                await self._end_request.look(lease, waiting)
            case Submitting(sent_at=sent_at, fingerprint=fingerprint, method=method):
                # The process that sent it died before storing the answer.
                lost = Unknown(sent_at=sent_at, fingerprint=fingerprint, method=method)
                await self._context.move(lease, lost, 0.0)
            case Unknown() as lost:
                await self._recover_order.look(lease, lost)
            case Rendering() as rendering:
                await self._poll_render.look(lease, rendering)
            case Saving() as saving:
                await self._save_video.save(lease, saving)
            case Posting() as posting:
                await self._post_result.post(lease, posting)
            case Done() | Undelivered() | Failed() | Cancelled() | NeedsReview():
                log.error("%s is at rest and should not have been claimed", lease.job.id)

    async def _set_aside(self, lease: Lease) -> None:
        reason = msg_n(
            "The bot crashed {count} time while {doing}.",
            "The bot crashed {count} times while {doing}.",
            lease.crashes,
            doing=WHILE[name_of(lease.job.phase)],
        )
        log.error("%s set aside: %s", lease.job.id, reason)
        await self._context.move(lease, set_aside_for_review(lease.job.phase, reason))
