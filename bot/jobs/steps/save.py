"""From a video that the service has finished to one of our own: download it, examine it, store it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from bot.data_classes import value_object, wired
from bot.domain.accounts import is_own
from bot.domain.errors import (
    AccountTrouble,
    Gone,
    NoRoom,
    OutOfBounds,
    ProviderError,
    SpoiltVideo,
    Unavailable,
    Withheld,
)
from bot.domain.ids import JobId
from bot.domain.job import Job, Lease
from bot.domain.media import Footage
from bot.domain.messages import Message, msg
from bot.domain.money.usd import FREE
from bot.domain.phases import Cause, Failed, Posting, Saving
from bot.domain.ports.files import FileStore
from bot.domain.ports.provider import Asset, Provider
from bot.domain.video import Extension, Join, StoredVideo
from bot.jobs.context import StepContext
from bot.jobs.providers.throttle import Request
from bot.jobs.steps.extension import Fetched, JoinWithSource
from bot.jobs.steps.set_aside import no_longer_set_up, set_aside_for_review
from bot.jobs.timing.poll_schedule import backoff
from bot.network.drive import DRIVE

log = logging.getLogger(__name__)

MOST_MISSING = 3  # consecutive "no such video" answers
MISSING_WAIT = 60.0  # seconds between them
MOST_SPOILT = 12  # consecutive downloads that did not play, before a person is asked
SLOWEST = 3600.0  # seconds between two downloads of a video that the service does not hand out
FIRST_SLOWEST = 300.0  # seconds likewise, at first
FIRST_TRIES = 20  # over an hour in all, as Replicate keeps files no longer than that
NO_ROOM_WAIT = 60.0  # seconds
CLOSED_WAIT = 300.0  # seconds until it is checked again whether files may be fetched from there
EXPIRED = msg("The video was finished, but the service no longer has it.")
SPOILT = msg(
    "The service's file doesn't play, even after several downloads. It was charged, and the service still has it."
)


@value_object
class Scratch:
    """The files of one download, most of which are written only if needed. `given` is the service's poster."""

    fetched: Path
    converted: Path
    joined: Path
    given: Path
    poster: Path
    sheet: Path
    moving: Path


@asynccontextmanager
async def scratch_files(files: FileStore) -> AsyncIterator[Scratch]:
    async with (
        files.scratch(".mp4") as fetched,
        files.scratch(".mp4") as converted,
        files.scratch(".mp4") as joined,
        files.scratch(".given") as given,
        files.scratch(".webp") as poster,
        files.scratch(".jpg") as sheet,
        files.scratch(".webp") as moving,
    ):
        yield Scratch(
            fetched=fetched,
            converted=converted,
            joined=joined,
            given=given,
            poster=poster,
            sheet=sheet,
            moving=moving,
        )


@wired
class SaveVideo:
    """Advances jobs in `Saving`."""

    context: StepContext

    @property
    def _joining(self) -> JoinWithSource:
        return JoinWithSource(context=self.context)

    async def save(self, lease: Lease, saving: Saving) -> None:
        job, provider = lease.job, self.context.providers.get(lease.job.account)
        if provider is None:
            await self.context.move(lease, set_aside_for_review(saving, no_longer_set_up(job.account)))
            return
        if wait := self.context.throttle.seconds_left(provider.name, Request.FREE, self.context.now()):
            await self.context.move(lease, saving, wait)
            return
        if self.context.closed_places.holds(job.account, saving.place, self.context.now()):
            await self.context.move(lease, saving, CLOSED_WAIT)
            return
        try:
            if await self._joining.hand_over(lease, saving.method):
                return
            video = await self._download(job, provider, saving)
        except Gone as gone:
            await self._missing(lease, replace(saving, missing=saving.missing + 1), gone)
        except AccountTrouble as trouble:
            if trouble.barred:
                await self._later(lease, saving, trouble)
                return
            await self._refused(lease, saving, provider, trouble)
        except (NoRoom, OSError) as full:
            log.warning("%s could not be saved here: %s", job.id, full)
            await self.context.move(lease, saving, NO_ROOM_WAIT)
        except OutOfBounds as barred:
            self.context.closed_places.note(job.account, barred, self.context.now())
            await self.context.move(lease, replace(saving, place=barred.place, missing=0), CLOSED_WAIT)
        except Unavailable as trouble:
            self.context.throttle.hold(provider.name, Request.FREE, trouble.retry_after, self.context.now())
            await self._later(lease, saving, trouble)
        except SpoiltVideo as spoilt:
            log.warning("%s does not play: %s", job.id, spoilt.message)
            await self._spoilt(lease, replace(saving, tries=saving.tries + 1), spoilt)
        else:
            await self.context.note_success(provider.name)
            await self.context.move(lease, Posting(video=video, remote_id=saving.remote_id, method=saving.method), 0.0)

    async def _later(self, lease: Lease, saving: Saving, trouble: Unavailable | AccountTrouble) -> None:
        log.warning("%s could not be saved: %s", lease.job.id, trouble.sentence)
        later = replace(saving, tries=saving.tries + 1, missing=0, place=None)
        await self.context.move(lease, later, max(_pause(later.tries), trouble.retry_after or 0.0))

    async def _refused(self, lease: Lease, saving: Saving, provider: Provider, trouble: AccountTrouble) -> None:
        """The operator has to fix this, so it uses up no attempts, unless the account works and only this file is
        refused.

        The owner of an own key may never enter another one, so managers may close the order after a while. Gateways
        that lose their upstream's key for files only answer like this (BerriAI/litellm#17016).
        """
        try:
            await provider.look(saving.remote_id)
        except ProviderError:
            if is_own(lease.job.account) and not saving.is_stuck:
                saving = replace(saving, tries=saving.tries + 1)
            await self.context.move(lease, saving, await self.context.circuit.note_refusal(provider, trouble))
        else:
            await self._later(lease, saving, trouble)

    async def _missing(self, lease: Lease, saving: Saving, gone: Gone) -> None:
        """It was finished and paid for, so a single "no such video" is not believed: it is often a lagging replica."""
        if saving.missing < MOST_MISSING:
            await self.context.move(lease, saving, MISSING_WAIT)
        elif isinstance(gone, Withheld):
            await self._end(lease, saving, Cause.MODERATION, gone.message)
        else:
            await self._end(lease, saving, Cause.EXPIRED, EXPIRED)

    async def _end(self, lease: Lease, saving: Saving, cause: Cause, reason: Message) -> None:
        """There is no video to be had, although it was paid for, unless it was free."""
        end = Failed(
            cause=cause,
            reason=reason,
            charged=lease.job.charge > FREE,
            finished_at=self.context.now(),
            remote_id=saving.remote_id,
        )
        await self.context.move(lease, end)

    async def _spoilt(self, lease: Lease, saving: Saving, spoilt: SpoiltVideo) -> None:
        if spoilt.lasting:
            await self._end(lease, saving, Cause.PROVIDER, spoilt.message)
        elif saving.tries < MOST_SPOILT:
            await self.context.move(lease, saving, backoff(saving.tries))
        else:
            await self.context.move(lease, set_aside_for_review(saving, SPOILT))

    async def _download(self, job: Job, provider: Provider, saving: Saving) -> StoredVideo:
        async with scratch_files(self.context.files) as scratch, self._expecting(saving):
            if not await provider.fetch(saving.remote_id, Asset.VIDEO, scratch.fetched):
                raise Gone(EXPIRED)
            given = await self._poster(provider, saving.remote_id, scratch.given)
            is_converted = await self.context.media.to_mp4(scratch.fetched, scratch.converted)
            video = scratch.converted if is_converted else scratch.fetched
            fetched = Fetched(file=video, footage=await self._inspected(video, scratch, given))
            extension = await self._joining.join(job, saving.method, fetched, scratch.joined)
            if extension is not None and extension.join is Join.JOINED:
                fetched, extension = await self._whole(fetched, extension, scratch)
            return await kept_video(self.context.files, job.id, fetched, scratch, extension)

    def _expecting(self, saving: Saving) -> AbstractAsyncContextManager[None]:
        """A download that failed before may fail again, so nothing is prepared for it."""
        return nullcontext() if saving.tries else self.context.media.expecting_video()

    async def _inspected(self, video: Path, scratch: Scratch, given: Path | None = None) -> Footage:
        return await self.context.media.inspect(video, scratch.poster, scratch.sheet, given, scratch.moving)

    async def _whole(self, part: Fetched, extension: Extension, scratch: Scratch) -> tuple[Fetched, Extension]:
        """The joined file, if it plays from start to end; otherwise only what was paid for."""
        try:
            footage = await self._inspected(scratch.joined, scratch)
        except SpoiltVideo as spoilt:
            log.warning("what was joined does not play: %s", spoilt.message)
        else:
            return Fetched(file=scratch.joined, footage=footage), extension
        await self._inspected(part.file, scratch)
        return part, replace(extension, join=Join.FAILED)

    async def _poster(self, provider: Provider, remote_id: str, target: Path) -> Path | None:
        """The service's own thumbnail is optional; a frame of the video will do."""
        try:
            return target if await provider.fetch(remote_id, Asset.THUMBNAIL, target) else None
        except (Unavailable, AccountTrouble, Gone) as trouble:
            log.info("no thumbnail from %s: %s", provider.host, trouble.sentence)
            return None


def _pause(tries: int) -> float:
    """Seconds until the next download, after so many have failed in a row."""
    return backoff(tries, FIRST_SLOWEST if tries <= FIRST_TRIES else SLOWEST)


async def kept_video(
    files: FileStore, job_id: JobId, film: Fetched, scratch: Scratch, extension: Extension | None = None
) -> StoredVideo:
    """The video and its pictures, moved from scratch files to where they are stored."""
    footage = film.footage
    size, digest = await DRIVE.run(_measured, film.file)
    base = f"videos/{job_id}/{digest[:16]}"
    stored = StoredVideo(
        video=f"{base}.mp4",
        poster=f"{base}.webp",
        sheet=f"{base}.jpg",
        bytes=size,
        sha256=digest,
        size=footage.size,
        seconds=footage.seconds,
        has_sound=footage.has_sound,
        codec=footage.video_codec,
        pixel_format=footage.pixel_format,
        obstacles=footage.obstacles,
        extension=extension,
    )
    await files.keep(scratch.poster, stored.poster)
    await files.keep(scratch.sheet, stored.sheet)
    if await DRIVE.quick(scratch.moving.exists):
        await files.keep(scratch.moving, stored.moving_poster)
    await files.keep(film.file, stored.video)
    return stored


def _measured(path: Path) -> tuple[int, str]:
    """The size of a file in bytes, and its SHA-256."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest
