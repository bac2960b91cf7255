"""A card together with the files it shows, ready to be sent or put in the place of an older one."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import discord

from bot.client import VideoBot
from bot.domain.job import Job
from bot.ui.cards.job_card import REFERENCE, CardFacts, JobCard


@dataclass(frozen=True, slots=True)
class DrawnCard:
    """A card as it is now. The picture is uploaded anew with each edit: a V2 edit lists all it shows."""

    view: JobCard
    preview: bytes | None

    def as_message(self) -> dict[str, Any]:
        """Arguments for sending it anew."""
        return {"view": self.view, "files": self._files()}

    def as_edit(self) -> dict[str, Any]:
        """Arguments for any of discord.py's `edit` methods."""
        return {
            "view": self.view,
            "attachments": self._files(),
            "allowed_mentions": discord.AllowedMentions.none(),
        }

    def _files(self) -> list[discord.File]:
        return [] if self.preview is None else [discord.File(BytesIO(self.preview), REFERENCE)]


async def draw(client: VideoBot, job: Job) -> DrawnCard:
    """The card of a job, with its place in line and the time to go looked up."""
    result = (await client.messages.shown(job.id)).result if job.is_at_rest else None
    preview = None if result else await _preview(client, job)
    about = CardFacts(
        estimate=await client.jobs.estimate(job),
        result=result,
        has_picture=preview is not None,
        alternatives=await client.jobs.alternatives.alternatives(job),
    )
    return DrawnCard(JobCard(job, about), preview)


async def _preview(client: VideoBot, job: Job) -> bytes | None:
    if job.request.picture is None:
        return None
    try:
        async with client.files.local(job.request.picture.preview) as path:
            return path.read_bytes()
    except FileNotFoundError:
        return None  # deleted with its video
