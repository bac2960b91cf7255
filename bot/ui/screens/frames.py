"""The stills of a video at a glance, for whoever pressed **Frames**."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import discord
from discord.ui import Container, LayoutView, MediaGallery, TextDisplay

from bot.data_classes import wired
from bot.domain.errors import BadRequest
from bot.domain.job import Job
from bot.domain.ports.files import FileStore
from bot.domain.video import StoredVideo
from bot.ui.cards.job_card import BLUE, described
from bot.ui.cards.stored_files import content_of
from bot.ui.interactions.responses import reply
from bot.ui.text.phrases import results
from bot.ui.text.render import render


class FramesScreen(LayoutView):
    """The contact sheet, which is uploaded under the name `file`. Pure."""

    def __init__(self, job: Job, file: str) -> None:
        super().__init__(timeout=None)
        sheet = discord.MediaGalleryItem(f"attachment://{file}", description=described(job, still=True))
        text = TextDisplay[FramesScreen](render(results.frames(job)))
        self.add_item(Container[FramesScreen](MediaGallery(sheet), text, accent_colour=BLUE))


@wired
class VideoFrames:
    """Shows the contact sheet that was made when the video was saved."""

    files: FileStore

    async def show(self, interaction: discord.Interaction[Any], job: Job) -> None:
        """Show it only to the asker. Raises BadRequest if there is nothing to show."""
        _, upload = await contact_sheet(self.files, job)
        await reply(interaction, view=FramesScreen(job, upload.filename), files=[upload])


async def contact_sheet(files: FileStore, job: Job) -> tuple[StoredVideo, discord.File]:
    """The video, and its contact sheet to upload. Raises BadRequest if there is nothing to show."""
    if job.video is None:
        raise BadRequest(results.why_gone(job))
    sheet = await content_of(files, job.video.sheet)
    if sheet is None:
        raise BadRequest(results.no_frames(job))
    return job.video, discord.File(BytesIO(sheet), f"frames-{job.id}.jpg")
