"""One of the nine stills of a video, to start another one from."""

from __future__ import annotations

import re
from typing import Self

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, SpoiltVideo
from bot.domain.ids import PATTERN, JobId
from bot.domain.job import Job
from bot.domain.media import StillCutter
from bot.domain.messages import Foreign, VideoId, msg
from bot.domain.moderation.venues import Venue
from bot.domain.ports.files import FileStore
from bot.domain.video import StoredVideo
from bot.jobs.use_cases.moderation.venues import VenueRules
from bot.jobs.use_cases.private_videos import PrivateVideos

STILLS = 9  # on a contact sheet
ADDRESS = re.compile(rf"still:(?P<job>{PATTERN}):(?P<number>[0-{STILLS - 1}])")


@value_object
class StillAddress:
    """Which still, as forms remember it in the place of a picture's address."""

    job_id: JobId
    number: int  # on the contact sheet, from 0

    @classmethod
    def read(cls, text: str) -> Self | None:
        """None for the address of a picture."""
        found = ADDRESS.fullmatch(text)
        return None if found is None else cls(job_id=JobId(found["job"]), number=int(found["number"]))

    def __str__(self) -> str:
        return f"still:{self.job_id}:{self.number}"


@wired
class VideoStills:
    files: FileStore
    cutter: StillCutter
    private_videos: PrivateVideos
    venues: VenueRules

    async def check(self, member: Member, job: Job) -> StoredVideo:
        """The video. Raises NotFound, NotAllowed, and BadRequest where the video cannot be had any more.

        A video that has to stay among age-restricted channels is started from in those alone: nothing that a picture
        becomes remembers where it came from.
        """
        await self.private_videos.check(member, job)
        if job.video is None:
            raise BadRequest(
                msg(
                    "{video} was deleted, so no frame of it can be used. You weren't charged.",
                    video=VideoId(job.id),
                )
            )
        if member.venue is not Venue.AGE_RESTRICTED:
            await self.venues.check(member.guild_id, job.id, Venue.OPEN)
        return job.video

    async def cut(self, member: Member, job: Job, number: int) -> bytes:
        """As PNG in full size. Raises what `check` does, and BadRequest where the file cannot be read."""
        video = await self.check(member, job)
        try:
            async with self.files.local(video.video) as path:
                return await self.cutter.cut_still(path, number, member.id)
        except FileNotFoundError:
            raise BadRequest(
                msg("The file of {video} is missing. You weren't charged.", video=VideoId(job.id))
            ) from None
        except SpoiltVideo as no:
            raise BadRequest(
                msg(
                    "No frame could be read from {video}: {fault} You weren't charged.",
                    video=VideoId(job.id),
                    fault=Foreign(no.sentence),
                )
            ) from no
