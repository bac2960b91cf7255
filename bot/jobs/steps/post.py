"""From a kept video to the message that shows it: the intent is stored, the video posted once, and that stored too."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from bot.domain.errors import StoreAway, Unavailable, Undeliverable
from bot.domain.job import Lease
from bot.domain.phases import Done, Posting, Undelivered
from bot.jobs.context import StepContext
from bot.jobs.steps.elsewhere import FilesElsewhere
from bot.jobs.timing.poll_schedule import backoff

log = logging.getLogger(__name__)

STORE_WAIT = 15.0  # seconds until a file store that does not answer is asked again


@dataclass(frozen=True, slots=True)
class PostResult:
    """Takes jobs in `Posting` on."""

    context: StepContext

    async def post(self, lease: Lease, posting: Posting) -> None:
        """Store the intent to post, post once, store that it is done."""
        try:
            is_here = await self._is_here(posting)
        except StoreAway as away:
            log.warning("%s is posted later: %s", lease.job.id, away.sentence)
            await self.context.move(lease, posting, STORE_WAIT)
            return
        if not is_here and await FilesElsewhere(self.context).hand_over(lease):
            return
        tried_before = posting.since is not None
        if not tried_before:
            posting = replace(posting, since=self.context.now())
            lease = await self.context.move(lease, posting, keep=True)
        try:
            await self.context.publisher.deliver(lease.job, again=tried_before)
        except Undeliverable as no:
            self.context.counters.failed_posts["refused"] += 1
            kept = Undelivered(
                video=posting.video, remote_id=posting.remote_id, reason=no.message, method=posting.method
            )
            await self.context.move(lease, kept)
        except Unavailable as later:
            self.context.counters.failed_posts["trouble"] += 1
            tries = posting.tries + 1
            await self.context.move(lease, replace(posting, tries=tries), later.retry_after or backoff(tries))
        else:
            shown = Done(
                video=posting.video, remote_id=posting.remote_id, finished_at=self.context.now(), method=posting.method
            )
            await self.context.move(lease, shown)

    async def _is_here(self, posting: Posting) -> bool:
        try:
            async with self.context.files.local(posting.video.video):
                return True
        except FileNotFoundError:
            return False
