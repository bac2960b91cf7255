"""Several videos of /history at once: chosen, then deleted or downloaded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord
from discord.ext import commands

from bot.client import InteractionRegistry
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.ids import typed
from bot.jobs.delivery.upload_limits import ROOM
from bot.jobs.use_cases.studio.library import BrowseLibrary
from bot.jobs.use_cases.studio.several import SeveralVideos, size_of
from bot.jobs.use_cases.studio.views import HistoryViews
from bot.ui.dialogs.confirmations import Note
from bot.ui.interactions.members import member_of, upload_limit
from bot.ui.interactions.responses import acknowledge, reply, think, update
from bot.ui.interactions.selects import all_chosen
from bot.ui.screens.history.buttons import Place
from bot.ui.screens.history.several import (
    MOST_CHOSEN,
    ChooseSelect,
    ChosenButton,
    ChosenVerb,
    DeleteSeveralQuestion,
    SeveralButton,
    SeveralScreen,
    ShownChoice,
)
from bot.ui.text.phrases.studio import several as phrases
from bot.ui.text.render import render

Interaction = discord.Interaction[Any]
ARCHIVE = "kinora-videos.zip"


class SeveralCog(commands.Cog, name="Several"):
    def __init__(
        self, registry: InteractionRegistry, *, library: BrowseLibrary, views: HistoryViews, several: SeveralVideos
    ) -> None:
        self._library = library
        self._views = views
        self._several = several
        registry.add_button(SeveralButton, self.several_clicked)
        registry.add_button(ChooseSelect, self.chosen)
        registry.add_button(ChosenButton, self.clicked)

    async def several_clicked(self, interaction: Interaction, button: SeveralButton) -> None:
        member = await member_of(interaction)
        await acknowledge(interaction)
        await self._show(interaction, member, button.place)

    async def chosen(self, interaction: Interaction, select: ChooseSelect) -> None:
        member = await member_of(interaction)
        await acknowledge(interaction)
        ids = [job_id for text in all_chosen(interaction) if (job_id := typed(text)) is not None]
        name, jobs = await self._several.choose(member, ids[:MOST_CHOSEN])
        await self._show(interaction, member, select.place, ShownChoice(name=name, jobs=jobs) if jobs else None)

    async def _show(
        self, interaction: Interaction, member: Member, place: Place, choice: ShownChoice | None = None
    ) -> None:
        wanted = await self._views.named(member, place.view)
        page = await self._library.page(member, wanted, place.cursor, MOST_CHOSEN)
        kept = replace(page, jobs=[job for job in page.jobs if not job.deleted])
        await update(interaction, SeveralScreen(kept, place, choice), attachments=[])

    async def clicked(self, interaction: Interaction, button: ChosenButton) -> None:
        member = await member_of(interaction)
        match button.verb:
            case ChosenVerb.DELETE:
                await reply(
                    interaction,
                    view=DeleteSeveralQuestion(button.name, await self._several.deletable(member, button.name)),
                )
            case ChosenVerb.REALLY_DELETE:
                await acknowledge(interaction)
                done = await self._several.delete(member, button.name)
                await update(interaction, Note(phrases.deleted(done.deleted, done.remains, done.left)))
            case ChosenVerb.DOWNLOAD:
                await think(interaction, ephemeral=True)
                await self._download(interaction, member, button.name)

    async def _download(self, interaction: Interaction, member: Member, name: str) -> None:
        """In a message where that carries it, else by a link."""
        jobs, most = await self._several.packable(member, name), int(ROOM * upload_limit(interaction))
        if (size := size_of(jobs)) > most:
            link = self._several.link(jobs)
            if link is None:
                raise BadRequest(phrases.too_large(size, most))
            await reply(interaction, content=render(phrases.link(link[0], size, link[1])), suppress_embeds=True)
            return
        async with self._several.packed(jobs) as packed:
            said = render(phrases.packed(packed.videos, packed.left_out))
            await reply(interaction, content=said, files=[discord.File(packed.path, ARCHIVE)])
