"""A card together with the files it shows, ready to be sent or put in the place of an older one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import discord

from bot.domain.job import Job
from bot.domain.ports.files import FileStore
from bot.domain.ports.messages import MessageStore
from bot.jobs.ordering.alternatives import ModelAlternatives
from bot.jobs.use_cases.browse import BrowseVideos
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRenderer:
    """Looks up what a card shows beside the job itself."""

    browse: BrowseVideos
    alternatives: ModelAlternatives
    messages: MessageStore
    files: FileStore

    async def draw(self, job: Job) -> DrawnCard:
        """The card of a job, with its place in the queue and the time to go."""
        result = (await self.messages.shown(job.id)).result if job.is_at_rest else None
        preview = None if result else await self._preview(job)
        about = CardFacts(
            estimate=await self.browse.estimate(job),
            result=result,
            has_picture=preview is not None,
            alternatives=await self.alternatives.alternatives(job),
        )
        return DrawnCard(JobCard(job, about), preview)

    async def _preview(self, job: Job) -> bytes | None:
        if job.request.picture is None:
            return None
        try:
            async with self.files.local(job.request.picture.preview) as path:
                return await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError:
            return None  # deleted with its video
