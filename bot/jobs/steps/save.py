"""From a video the service has finished to a message people can play: download, look at it, keep it, post it."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from dataclasses import dataclass, replace
from pathlib import Path

from bot.domain.errors import AccountTrouble, Gone, SpoiltVideo, Unavailable, Undeliverable
from bot.domain.job import Job, Lease
from bot.domain.messages import joined, msg
from bot.domain.phases import Cause, Done, Failed, Posting, Saving, Undelivered
from bot.domain.ports.provider import Asset, Provider
from bot.domain.video import StoredVideo
from bot.jobs.context import StepContext
from bot.jobs.providers.throttle import Request
from bot.jobs.steps.set_aside import aside, no_longer_set_up
from bot.jobs.timing.poll_schedule import LONGEST_BUSY_WAIT, backoff

log = logging.getLogger(__name__)

MOST_DOWNLOADS = 12  # tries with growing pauses, about ten minutes, before a person is asked
NOT_HANDED_OUT = msg("The finished video could not be downloaded; it was charged, and the service may still have it.")
EXPIRED = msg("The video was finished, but the service no longer has it.")
SPOILT = msg(
    "The service's file does not play, however often it is downloaded. It was charged; the service still has it."
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Takes a finished video home and shows it."""

    context: StepContext

    async def save(self, lease: Lease, saving: Saving) -> None:
        job, provider = lease.job, self.context.providers.get(lease.job.provider)
        if provider is None:
            await self.context.move(lease, aside(saving, no_longer_set_up(job.provider)))
            return
        if wish := self.context.throttle.left(provider.name, Request.FREE, self.context.now()):
            await self.context.move(lease, saving, wish)
            return
        try:
            video = await self._bring_home(job, provider, saving.remote_id)
        except Gone:
            end = Failed(
                cause=Cause.EXPIRED,
                reason=EXPIRED,
                charged=True,
                finished_at=self.context.now(),
                remote_id=saving.remote_id,
            )
            await self.context.move(lease, end)
        except AccountTrouble as trouble:
            # The host's matter: it uses up no tries.
            await self.context.move(lease, saving, await self.context.circuit.trouble(provider, trouble))
        except (Unavailable, SpoiltVideo) as trouble:
            if isinstance(trouble, Unavailable):
                self.context.throttle.hear(provider.name, Request.FREE, trouble.retry_after, self.context.now())
            log.warning("%s could not be saved: %s", job.id, trouble.sentence)
            await self._save_later(lease, replace(saving, tries=saving.tries + 1), trouble)
        else:
            await self.context.works(provider.name)
            await self.context.move(lease, Posting(video=video, remote_id=saving.remote_id, method=saving.method), 0.0)

    async def _save_later(self, lease: Lease, saving: Saving, trouble: SpoiltVideo | Unavailable) -> None:
        if saving.tries < MOST_DOWNLOADS:
            asked = None if isinstance(trouble, SpoiltVideo) else trouble.retry_after
            await self.context.move(lease, saving, max(backoff(saving.tries), min(asked or 0.0, LONGEST_BUSY_WAIT)))
            return
        reason = SPOILT if isinstance(trouble, SpoiltVideo) else joined(NOT_HANDED_OUT, trouble.message)
        await self.context.move(lease, aside(saving, reason))

    async def _bring_home(self, job: Job, provider: Provider, remote_id: str) -> StoredVideo:
        files = self.context.files
        async with (
            files.scratch(".mp4") as video,
            files.scratch(".given") as given,
            files.scratch(".webp") as poster,
            files.scratch(".jpg") as sheet,
        ):
            if not await provider.fetch(remote_id, Asset.VIDEO, video):
                raise Gone(EXPIRED)
            has_poster = await self._fetch_poster(provider, remote_id, given)
            footage = await self.context.darkroom.develop(video, poster, sheet, given if has_poster else None)
            digest = await asyncio.to_thread(_sha256, video)
            base = f"videos/{job.id}/{digest[:16]}"
            stored = StoredVideo(
                video=f"{base}.mp4",
                poster=f"{base}.webp",
                sheet=f"{base}.jpg",
                bytes=video.stat().st_size,
                sha256=digest,
                size=footage.size,
                seconds=footage.seconds,
                has_sound=footage.has_sound,
                codec=footage.video_codec,
                pixel_format=footage.pixel_format,
            )
            await files.keep(poster, stored.poster)
            await files.keep(sheet, stored.sheet)
            await files.keep(video, stored.video)
            return stored

    async def _fetch_poster(self, provider: Provider, remote_id: str, target: Path) -> bool:
        """The service's own thumbnail is nice to have; a frame of the video does as well."""
        try:
            return await provider.fetch(remote_id, Asset.THUMBNAIL, target)
        except (Unavailable, AccountTrouble, Gone) as trouble:
            log.info("no thumbnail from %s: %s", provider.host, trouble.sentence)
            return False

    async def post(self, lease: Lease, posting: Posting) -> None:
        """Store the intent to post, post once, store that it is done."""
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


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
