"""Several videos of /history at once: selected, then deleted or downloaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import discord
from discord.ext import commands

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.ids import typed
from bot.domain.job import Job
from bot.domain.links import ARCHIVE
from bot.interaction_registry import Interaction, InteractionRegistry
from bot.jobs.delivery.upload_limits import ROOM
from bot.jobs.use_cases.studio.collections import Collections
from bot.jobs.use_cases.studio.library import BrowseLibrary
from bot.jobs.use_cases.studio.several import SeveralVideos, size_of
from bot.jobs.use_cases.studio.views import TOO_OLD, HistoryViews
from bot.network.drive import DRIVE
from bot.ui.dialogs.confirmations import Note
from bot.ui.dialogs.forms import text_in
from bot.ui.dialogs.studio.collect_form import CollectForm, is_for_server
from bot.ui.interactions.lookup import JobLookup
from bot.ui.interactions.members import member_of, upload_limit
from bot.ui.interactions.responses import acknowledge, open_form, reply, think, update
from bot.ui.interactions.selects import all_chosen
from bot.ui.screens.history.buttons import Place
from bot.ui.screens.history.several import (
    ChooseSelect,
    ChosenButton,
    ChosenVerb,
    CollectSeveralButton,
    DeleteSeveralQuestion,
    SeveralButton,
    SeveralScreen,
    ShownChoice,
    TakeOutButton,
)
from bot.ui.screens.video.buttons import CollectButton
from bot.ui.text.limits import MOST_OPTIONS
from bot.ui.text.phrases.studio import collections as collection_phrases
from bot.ui.text.phrases.studio import several as phrases
from bot.ui.text.render import render


class SeveralCog(commands.Cog, name="Several"):
    def __init__(
        self,
        registry: InteractionRegistry,
        lookup: JobLookup,
        *,
        library: BrowseLibrary,
        views: HistoryViews,
        several: SeveralVideos,
        collections: Collections,
        label: Callable[[str], str],
    ) -> None:
        self._collections = collections
        self._label = label
        self._library = library
        self._views = views
        self._several = several
        registry.add_button(SeveralButton, self.several_clicked)
        registry.add_button(ChooseSelect, self.chosen)
        registry.add_button(ChosenButton, self.clicked)
        registry.add_button(CollectButton, lookup.clicks(self.collect_clicked, watching=True))
        registry.add_button(CollectSeveralButton, self.collect_several_clicked)
        registry.add_button(TakeOutButton, self.take_out_clicked)
        registry.add_form("collect", self.collect_sent)

    async def several_clicked(self, interaction: Interaction, button: SeveralButton) -> None:
        member = await member_of(interaction)
        await acknowledge(interaction)
        await self._show(interaction, member, button.place)

    async def chosen(self, interaction: Interaction, select: ChooseSelect) -> None:
        member = await member_of(interaction)
        await acknowledge(interaction)
        ids = [job_id for text in all_chosen(interaction) if (job_id := typed(text)) is not None]
        name, jobs = await self._several.choose(member, ids[:MOST_OPTIONS])
        await self._show(interaction, member, select.place, ShownChoice(name=name, jobs=jobs) if jobs else None)

    async def _show(
        self, interaction: Interaction, member: Member, place: Place, choice: ShownChoice | None = None
    ) -> None:
        wanted = await self._views.named(member, place.view)
        page = await self._library.page(member, wanted, place.cursor, MOST_OPTIONS)
        kept = replace(page, jobs=[job for job in page.jobs if not job.deleted])
        await update(interaction, SeveralScreen(kept, place, choice, self._label), attachments=[])

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

    async def collect_clicked(self, interaction: Interaction, job: Job, member: Member) -> None:
        name, _ = await self._several.choose(member, [job.id])
        await open_form(interaction, CollectForm(name, may_be_servers=member.manages))

    async def collect_several_clicked(self, interaction: Interaction, button: CollectSeveralButton) -> None:
        member = await member_of(interaction)
        await open_form(interaction, CollectForm(button.name, may_be_servers=member.manages))

    async def collect_sent(self, interaction: Interaction, chosen: str, fields: Mapping[str, str]) -> None:
        member = await member_of(interaction)
        jobs = await self._several.chosen(member, chosen)
        collection, videos = await self._collections.put(
            member, jobs, text_in(fields), for_server=is_for_server(fields)
        )
        await reply(interaction, view=Note(collection_phrases.put(collection, videos)))

    async def take_out_clicked(self, interaction: Interaction, button: TakeOutButton) -> None:
        member = await member_of(interaction)
        await acknowledge(interaction)
        collection = (await self._views.named(member, button.listed)).collection
        if collection is None:
            raise BadRequest(TOO_OLD)
        jobs = await self._several.chosen(member, button.name)
        videos = await self._collections.take_out(member, jobs, collection)
        await update(interaction, Note(collection_phrases.taken_out(collection, videos)))

    async def _download(self, interaction: Interaction, member: Member, name: str) -> None:
        """In a message if they fit in one, otherwise by a link."""
        jobs, most = await self._several.packable(member, name), int(ROOM * upload_limit(interaction))
        if (size := size_of(jobs)) > most:
            link = await self._several.link(member, jobs)
            if link is None:
                raise BadRequest(phrases.too_large(size, most))
            await reply(interaction, content=render(phrases.link(link[0], size, link[1])), suppress_embeds=True)
            return
        async with self._several.packed(jobs) as packed:
            said = render(phrases.packed(packed.videos, packed.left_out))
            async with DRIVE.opened(packed.path) as content:
                await reply(interaction, content=said, files=[discord.File(content, ARCHIVE)])
