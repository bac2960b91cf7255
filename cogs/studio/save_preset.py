"""*Save as preset…* on a video."""

from __future__ import annotations

from collections.abc import Mapping

from discord.ext import commands
from discord.ui import LayoutView

from bot.domain.access.members import Member
from bot.domain.job import Job
from bot.domain.models.catalogue import Catalogue
from bot.domain.studio.presets import Preset
from bot.interaction_registry import Interaction, InteractionRegistry
from bot.jobs.use_cases.presets.manage import Presets
from bot.ui.dialogs.confirmations import Note
from bot.ui.dialogs.drafts import refilled
from bot.ui.dialogs.forms import PROMPT, chosen_in
from bot.ui.dialogs.presets.save_form import KEEP, SAVE, SavePresetForm, is_for_server, preset_of
from bot.ui.interactions.lookup import JobLookup
from bot.ui.interactions.responses import open_form, reply
from bot.ui.screens.presets.pages import PresetPage, PresetReader
from bot.ui.screens.video.buttons import SavePresetButton
from bot.ui.text.phrases.studio import presets as phrases


class SavePreset(commands.Cog):
    def __init__(
        self, registry: InteractionRegistry, lookup: JobLookup, *, presets: Presets, catalogue: Catalogue
    ) -> None:
        self._presets = presets
        self._catalogue = catalogue
        registry.add_button(SavePresetButton, lookup.clicks(self.save_clicked, watching=True))
        registry.add_form(
            SAVE, lookup.forms(self.save_sent, watching=True), lookup.forms(self.save_opened_again, watching=True)
        )

    async def save_clicked(self, interaction: Interaction, job: Job, member: Member) -> None:
        await self.save_opened_again(interaction, job, member, {})

    async def save_opened_again(
        self, interaction: Interaction, job: Job, member: Member, fields: Mapping[str, str]
    ) -> None:
        label = self._catalogue.label(job.request.model)
        form = SavePresetForm(job, label, is_own=job.owner_id == member.id, may_be_servers=member.manages)
        await open_form(interaction, refilled(form, fields, interaction.guild))

    async def save_sent(self, interaction: Interaction, job: Job, member: Member, fields: Mapping[str, str]) -> None:
        kept = set(chosen_in(interaction, KEEP)) - (set() if job.owner_id == member.id else {PROMPT})
        preset = preset_of(job.request, fields, kept)
        saved = await self._presets.add(member, preset, for_server=is_for_server(fields))
        await reply(interaction, view=self._told(interaction, member, saved))

    def _told(self, interaction: Interaction, member: Member, saved: Preset) -> LayoutView:
        """With buttons to use it, except in direct messages, which have no server."""
        if interaction.guild_id is None:
            return Note(phrases.saved(saved))
        reader = PresetReader(manages=member.manages, catalogue=self._catalogue)
        return PresetPage(saved, reader, phrases.saved(saved))
