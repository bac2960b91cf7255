"""From a stored video to the message that shows it: the intent is stored, the video is posted once, and that is stored.

The message is stored together with the job's end, in one transaction. If the process dies before that, its successor
finds the intent and looks for the message before posting.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.data_classes import wired
from bot.domain.errors import StoreAway, Unavailable, Undeliverable
from bot.domain.job import Lease
from bot.domain.messages import msg
from bot.domain.phases import Done, Posting, Undelivered
from bot.jobs.context import StepContext
from bot.jobs.delivery.withheld import WITHHELD
from bot.jobs.steps.elsewhere import FilesElsewhere
from bot.jobs.timing.poll_schedule import backoff

log = logging.getLogger(__name__)

MOST_BARRED = 150  # consecutive posts blocked by a network in between: about a day
SLOWEST = 600.0  # seconds between two of them
BARRED = msg("Something between Kinora and Discord has blocked this message for a day.")
STORE_WAIT = 15.0  # seconds until a file store that does not answer is retried


@wired
class PostResult:
    """Advances jobs in `Posting`."""

    context: StepContext

    async def post(self, lease: Lease, posting: Posting) -> None:
        """Store the intent to post, post once, store that it is done."""
        if await self.context.withheld.has(lease.job):
            await self._withhold(lease, posting)
            return
        try:
            is_here = await self._is_here(posting)
        except StoreAway as away:
            log.warning("%s is posted later: %s", lease.job.id, away.sentence)
            await self.context.move(lease, posting, STORE_WAIT)
            return
        if not is_here and await FilesElsewhere(context=self.context).hand_over(lease):
            return
        tried_before = posting.since is not None
        if not tried_before:
            posting = replace(posting, since=self.context.now())
            lease = await self.context.move(lease, posting, keep=True)
        try:
            posted = await self.context.publisher.deliver(lease.job, again=tried_before)
        except Undeliverable as no:
            self.context.counters.failed_posts["refused"] += 1
            kept = Undelivered(
                video=posting.video, remote_id=posting.remote_id, reason=no.message, method=posting.method
            )
            await self.context.move(lease, kept)
        except Unavailable as later:
            self.context.counters.failed_posts["trouble"] += 1
            await self._later(lease, posting, later)
        else:
            shown = Done(
                video=posting.video, remote_id=posting.remote_id, finished_at=self.context.now(), method=posting.method
            )
            await self.context.move(lease, shown, result=posted)

    async def _withhold(self, lease: Lease, posting: Posting) -> None:
        """It is deleted before it comes to rest, because others could show it then."""
        await self.context.queue.mark_deleted(lease.job.id)
        kept = Undelivered(video=posting.video, remote_id=posting.remote_id, reason=WITHHELD, method=posting.method)
        await self.context.move(lease, kept)
        await self.context.files.remove(posting.video.keys)

    async def _later(self, lease: Lease, posting: Posting, trouble: Unavailable) -> None:
        """An outage is waited out, however long it takes.

        If posts are blocked, they are tried ever more slowly, and the video is kept in the end.
        """
        tries, barred = posting.tries + 1, posting.barred + 1 if trouble.barred else 0
        if barred > MOST_BARRED:
            log.error("%s is kept unposted: %s", lease.job.id, BARRED)
            kept = Undelivered(video=posting.video, remote_id=posting.remote_id, reason=BARRED, method=posting.method)
            await self.context.move(lease, kept)
            return
        pause = backoff(tries, SLOWEST) if trouble.barred else backoff(tries)
        later = replace(posting, tries=tries, barred=barred)
        await self.context.move(lease, later, trouble.retry_after or pause)

    async def _is_here(self, posting: Posting) -> bool:
        try:
            async with self.context.files.local(posting.video.video):
                return True
        except FileNotFoundError:
            return False
