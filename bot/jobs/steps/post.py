"""From a kept video to the message that shows it: the intent is stored, the video posted once, and that stored too."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.domain.errors import Unavailable, Undeliverable
from bot.domain.job import Lease
from bot.domain.phases import Done, Posting, Undelivered
from bot.jobs.context import StepContext
from bot.jobs.steps.elsewhere import FilesElsewhere
from bot.jobs.timing.poll_schedule import backoff


@dataclass(frozen=True, slots=True)
class PostResult:
    """Takes jobs in `Posting` on."""

    context: StepContext

    async def post(self, lease: Lease, posting: Posting) -> None:
        """Store the intent to post, post once, store that it is done."""
        if not await self._is_here(posting) and await FilesElsewhere(self.context).hand_over(lease):
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
