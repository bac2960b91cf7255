"""/presets: browse, use, create, change, copy and remove them; export to a file, and import from one."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.domain.access.members import Member
from bot.domain.messages import Message
from bot.domain.models.catalogue import Catalogue
from bot.domain.studio.named import SERVERS
from bot.domain.studio.preset_files import LARGEST_FILE
from bot.domain.studio.presets import Preset
from bot.interaction_registry import Interaction, InteractionRegistry
from bot.jobs.use_cases.presets.files import PresetFiles
from bot.jobs.use_cases.presets.manage import Presets
from bot.ui.dialogs.confirmations import Note
from bot.ui.dialogs.create_form import CreateForms
from bot.ui.dialogs.presets.edit_forms import PresetForms, fields_of
from bot.ui.dialogs.presets.imported import ImportedScreen
from bot.ui.interactions.attachments import fetch_file
from bot.ui.interactions.members import as_now, member_of
from bot.ui.interactions.responses import open_form, reply, show, think, update
from bot.ui.interactions.selects import chosen
from bot.ui.screens.presets.buttons import (
    NEW,
    PresetAct,
    PresetButton,
    PresetForm,
    PresetFormButton,
    PresetsButton,
    PresetSelect,
)
from bot.ui.screens.presets.pages import (
    PresetPage,
    PresetReader,
    PresetsPage,
    RemovePresetQuestion,
)
from bot.ui.text.phrases.studio import preset_files as file_phrases
from bot.ui.text.phrases.studio import presets as phrases
from bot.ui.text.render import render

FILE_NAME = "presets.json"


class PresetPages(commands.Cog):
    """`hosts`: Discord's own, from which files are fetched."""

    def __init__(
        self,
        registry: InteractionRegistry,
        *,
        presets: Presets,
        catalogue: Catalogue,
        create_forms: CreateForms,
        hosts: frozenset[str],
    ) -> None:
        self._presets = presets
        self._files = PresetFiles(presets=presets)
        self._catalogue = catalogue
        self._forms = PresetForms(catalogue)
        self._create_forms = create_forms
        self._hosts = hosts
        registry.add_button(PresetsButton, self.list_clicked)
        registry.add_button(PresetSelect, self.chosen)
        registry.add_button(PresetButton, self.clicked)
        registry.add_button(PresetFormButton, self.form_clicked)
        registry.add_form(PresetForm.EDIT, self.edit_sent, self.edit_opened_again)
        registry.add_form(PresetForm.OPTIONS, self.options_sent, self.options_opened_again)

    @app_commands.command(description=locale_str("Your presets and the server's: settings and a style for /create"))
    @app_commands.describe(
        file=locale_str("A file of presets to add, as Export makes it"),
        for_server=locale_str("Add those in the file to the server's, for members with Manage Server"),
    )
    async def presets(
        self,
        interaction: Interaction,
        *,
        file: discord.Attachment | None = None,
        for_server: bool = False,
    ) -> None:
        member = await member_of(interaction)
        if file is None:
            await self._show_all(interaction, member)
        else:
            await self._add(interaction, member, file, for_server=for_server)

    async def _show_all(self, interaction: Interaction, member: Member, said: Message | None = None) -> None:
        await show(interaction, PresetsPage(await self._presets.listed(member), self._reader(member), said))

    def _reader(self, member: Member) -> PresetReader:
        return PresetReader(manages=member.manages, catalogue=self._catalogue)

    async def _add(
        self, interaction: Interaction, member: Member, file: discord.Attachment, *, for_server: bool
    ) -> None:
        await self._presets.authorize(member, for_server=for_server)
        await think(interaction, ephemeral=True)
        data = await fetch_file(file.url, file.size, self._hosts, LARGEST_FILE)
        imported = await self._files.add(member, data, for_server=for_server)

        async def replace_them(pressed: Interaction) -> None:
            replaced = await self._files.replace(await as_now(pressed, member), imported.known)
            await update(pressed, Note(file_phrases.replaced(replaced)))

        await reply(interaction, view=ImportedScreen(imported, replace_them))

    async def list_clicked(self, interaction: Interaction, button: PresetsButton) -> None:
        member = await member_of(interaction)
        if button.what == "list":
            await self._show_all(interaction, member)
            return
        for_server = button.what.endswith(SERVERS)
        written = await self._files.export(member, for_server=for_server)
        file, said = discord.File(BytesIO(written.encode()), FILE_NAME), phrases.exported(for_server=for_server)
        await reply(interaction, content=render(said), files=[file])

    async def chosen(self, interaction: Interaction, _: PresetSelect) -> None:
        member = await member_of(interaction)
        await self._show(interaction, member, await self._presets.marked(member, chosen(interaction)))

    async def _show(
        self, interaction: Interaction, member: Member, preset: Preset, said: Message | None = None
    ) -> None:
        await show(interaction, PresetPage(preset, self._reader(member), said))

    async def clicked(self, interaction: Interaction, button: PresetButton) -> None:
        member = await member_of(interaction)
        preset = await self._presets.marked(member, button.mark)
        match button.act:
            case PresetAct.OPEN:
                await self._show(interaction, member, preset)
            case PresetAct.COPY:
                copied = await self._presets.add(member, preset, for_server=not preset.is_servers)
                await self._show(interaction, member, copied, phrases.saved(copied))
            case PresetAct.REMOVE:
                await self._presets.authorize(member, for_server=preset.is_servers)
                await show(interaction, RemovePresetQuestion(preset))
            case PresetAct.REALLY_REMOVE:
                await self._presets.remove(member, preset)
                await self._show_all(interaction, member, phrases.removed(preset))

    async def form_clicked(self, interaction: Interaction, button: PresetFormButton) -> None:
        member = await member_of(interaction)
        preset = Preset(name="") if button.mark == NEW else await self._presets.marked(member, button.mark)
        if button.form is PresetForm.USE:
            await self._create_forms.begin_with_preset(interaction, member, preset)
            return
        await self._presets.authorize(member, for_server=preset.is_servers)
        make = self._forms.edit if button.form is PresetForm.EDIT else self._forms.options
        await open_form(interaction, make(button.form, button.mark, fields_of(preset)))

    async def edit_opened_again(self, interaction: Interaction, mark: str, fields: Mapping[str, str]) -> None:
        await open_form(interaction, self._forms.edit(PresetForm.EDIT, mark, fields))

    async def options_opened_again(self, interaction: Interaction, mark: str, fields: Mapping[str, str]) -> None:
        await open_form(interaction, self._forms.options(PresetForm.OPTIONS, mark, fields))

    async def edit_sent(self, interaction: Interaction, mark: str, fields: Mapping[str, str]) -> None:
        member = await member_of(interaction)
        if mark == NEW:
            made = await self._presets.add(member, self._forms.edited(Preset(name=""), fields))
            await self._show(interaction, member, made, phrases.saved(made))
            return
        before = await self._presets.marked(member, mark)
        await self._changed(interaction, member, before, self._forms.edited(before, fields))

    async def options_sent(self, interaction: Interaction, mark: str, fields: Mapping[str, str]) -> None:
        member = await member_of(interaction)
        before = await self._presets.marked(member, mark)
        await self._changed(interaction, member, before, self._forms.with_options(before, fields))

    async def _changed(self, interaction: Interaction, member: Member, before: Preset, after: Preset) -> None:
        preset = await self._presets.change(member, before, after)
        await self._show(interaction, member, preset, phrases.changed(preset))
