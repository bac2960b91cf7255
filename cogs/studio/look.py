"""What the panel behind **More…** opens: recipe, lineage, a link to share, and a frame to start from."""

from __future__ import annotations

from typing import Any

import discord
from discord.ext import commands

from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.interaction_registry import InteractionRegistry
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.create import CreateVideo
from bot.jobs.use_cases.studio.sharing import ShareVideos
from bot.jobs.use_cases.studio.stills import StillAddress, VideoStills
from bot.ui.dialogs.create_form import CreateForms
from bot.ui.dialogs.quoting.typed_order import TYPED, TypedOrder
from bot.ui.interactions.lookup import JobLookup
from bot.ui.interactions.members import check_channel
from bot.ui.interactions.responses import reply
from bot.ui.interactions.selects import chosen, chosen_among
from bot.ui.screens.video.buttons import AnimateFrameButton, LineageButton, RecipeButton, ShareButton
from bot.ui.screens.video.lineage import Families, RelativeSelect
from bot.ui.screens.video.more import MorePanels
from bot.ui.screens.video.recipe import Recipes
from bot.ui.screens.video.share import ShareScreen
from bot.ui.screens.video.stills import STILL_NUMBERS, StillChoices, StillSelect


class LookCloser(commands.Cog):
    def __init__(
        self,
        registry: InteractionRegistry,
        lookup: JobLookup,
        *,
        panels: MorePanels,
        recipes: Recipes,
        families: Families,
        sharing: ShareVideos,
    ) -> None:
        self._lookup = lookup
        self._panels = panels
        self._recipes = recipes
        self._families = families
        self._sharing = sharing
        registry.add_button(RecipeButton, lookup.clicks(self.recipe_clicked, watching=True))
        registry.add_button(LineageButton, lookup.clicks(self.lineage_clicked, watching=True))
        registry.add_button(RelativeSelect, self.relative_chosen)
        registry.add_button(ShareButton, lookup.clicks(self.share_clicked, watching=True))

    async def recipe_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await self._recipes.show(interaction, job, member)

    async def lineage_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await self._families.show(interaction, job, member)

    async def relative_chosen(self, interaction: discord.Interaction[Any], _select: RelativeSelect) -> None:
        """Its own panel, with a link to its message."""
        job, member = await self._lookup.watched(interaction, JobId(chosen(interaction)))
        await self._panels.show(interaction, job, member, with_link=True)

    async def share_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        await reply(interaction, view=ShareScreen(job, await self._sharing.share(member, job)))


class AnimateFrame(commands.Cog):
    """Turns a still of a video into the picture of a new order."""

    def __init__(
        self,
        registry: InteractionRegistry,
        lookup: JobLookup,
        *,
        choices: StillChoices,
        stills: VideoStills,
        create: CreateVideo,
        authorization: Authorization,
        create_forms: CreateForms,
    ) -> None:
        self._lookup = lookup
        self._choices = choices
        self._stills = stills
        self._create = create
        self._authorization = authorization
        self._create_forms = create_forms
        registry.add_button(AnimateFrameButton, lookup.clicks(self.frame_clicked, watching=True))
        registry.add_button(StillSelect, self.still_chosen)

    async def frame_clicked(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        """Checks everything that can be checked before a choice is shown."""
        check_channel(interaction)
        limits = await self._authorization.authorize(member, Act.MAKE)
        await self._stills.check(member, job)
        self._create.animation(None, limits)
        await self._choices.show(interaction, job)

    async def still_chosen(self, interaction: discord.Interaction[Any], select: StillSelect) -> None:
        job, member = await self._lookup.watched(interaction, select.job_id)
        limits = await self._authorization.authorize(member, Act.MAKE)
        video = await self._stills.check(member, job)
        number = chosen_among(interaction, STILL_NUMBERS)
        offered = self._create.animation(video.size, limits).request
        typed = TypedOrder(
            prompt="",
            model=offered.model,
            seconds=str(offered.seconds),
            size=str(offered.size),
            private="yes" if job.private else "",
            image=str(StillAddress(job_id=job.id, number=int(number))),
        )
        await self._create_forms.opened_again(interaction, TYPED, typed.as_fields())
