"""The panel behind **More…**, and the favourites on it."""

from __future__ import annotations

from typing import Any

import discord
from discord.ext import commands

from bot.domain.access.members import Member
from bot.domain.job import Job
from bot.interaction_registry import InteractionRegistry
from bot.jobs.use_cases.studio.favourites import Favourites
from bot.jobs.use_cases.studio.ratings import Ratings
from bot.ui.interactions.buttons import MoreButton
from bot.ui.interactions.lookup import JobLookup
from bot.ui.screens.video.buttons import DislikeButton, LikeButton, MarkButton, UnmarkButton
from bot.ui.screens.video.more import MorePanels


class More(commands.Cog):
    def __init__(
        self,
        registry: InteractionRegistry,
        lookup: JobLookup,
        *,
        panels: MorePanels,
        favourites: Favourites,
        ratings: Ratings,
    ) -> None:
        self._panels = panels
        self._favourites = favourites
        self._ratings = ratings
        registry.add_button(MoreButton, lookup.clicks(self.more_clicked, watching=True))
        registry.add_button(MarkButton, lookup.clicks(self.mark_clicked, watching=True))
        registry.add_button(UnmarkButton, lookup.clicks(self.unmark_clicked, watching=True))
        registry.add_button(LikeButton, lookup.clicks(self.like_clicked, watching=True))
        registry.add_button(DislikeButton, lookup.clicks(self.dislike_clicked, watching=True))

    async def more_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await self._panels.show(interaction, job, member)

    async def mark_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await self._favourites.mark(member, job)
        await self._panels.show_anew(interaction, job, member)

    async def unmark_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await self._favourites.unmark(member, job)
        await self._panels.show_anew(interaction, job, member)

    async def like_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await self._ratings.rate(member, job, likes=True)
        await self._panels.show_anew(interaction, job, member)

    async def dislike_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await self._ratings.rate(member, job, likes=False)
        await self._panels.show_anew(interaction, job, member)
