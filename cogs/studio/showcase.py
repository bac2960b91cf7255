"""The buttons on a video in the showcase, and on the panel of such a video."""

from __future__ import annotations

from typing import Any

import discord
from discord.ext import commands

from bot.domain.access.members import Member
from bot.domain.job import Job
from bot.interaction_registry import InteractionRegistry
from bot.jobs.use_cases.studio.favourites import Favourites
from bot.jobs.use_cases.studio.showcase.choices import Showcase
from bot.ui.cards.showcase_post import ShowcaseStarButton
from bot.ui.interactions.lookup import JobLookup
from bot.ui.interactions.responses import reply
from bot.ui.screens.video.buttons import ShowcaseOutButton
from bot.ui.text.phrases.studio.liked import showcase as phrases
from bot.ui.text.render import render


class ShowcaseCog(commands.Cog):
    def __init__(
        self, registry: InteractionRegistry, lookup: JobLookup, *, showcase: Showcase, favourites: Favourites
    ) -> None:
        self._showcase = showcase
        self._favourites = favourites
        registry.add_button(ShowcaseStarButton, lookup.clicks(self.star_clicked, watching=True))
        registry.add_button(ShowcaseOutButton, lookup.clicks(self.out_clicked))

    async def star_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        is_marked = await self._favourites.toggle(member, job)
        said = phrases.given(job) if is_marked else phrases.taken_back(job)
        await reply(interaction, content=render(said))

    async def out_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await self._showcase.take_out(member, job)
        await reply(interaction, content=render(phrases.leaves(job)))
