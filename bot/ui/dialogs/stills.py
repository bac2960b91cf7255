"""A still of a video as the picture of an order: access is checked, and it is extracted when needed."""

from __future__ import annotations

from typing import Any

import discord

from bot.data_classes import wired
from bot.domain.access.actions import Act
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.studio.stills import StillAddress, VideoStills
from bot.ui.interactions.lookup import JobLookup
from bot.ui.interactions.responses import think


@wired
class StillPictures:
    lookup: JobLookup
    stills: VideoStills
    authorization: Authorization

    async def read(self, interaction: discord.Interaction[Any], address: StillAddress, *, private: bool) -> bytes:
        """The bytes of the picture. Raises NotFound, NotAllowed and BadRequest."""
        job, member = await self.lookup.watched(interaction, address.job_id)
        await self.authorization.authorize(member, Act.MAKE)
        await self.stills.check(member, job)
        await think(interaction, ephemeral=private)  # extracting and fitting it may take longer than 3 s
        return await self.stills.cut(member, job, address.number)
