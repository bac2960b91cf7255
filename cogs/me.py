"""/me: what a member chose for themselves, what is stored about them, and erasing it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.access.preferences import Notify
from bot.domain.errors import BadRequest
from bot.interaction_registry import InteractionRegistry
from bot.jobs.delivery.upload_limits import ROOM
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.me.erase import EraseMembers
from bot.jobs.use_cases.me.export import ExportData
from bot.jobs.use_cases.me.preferences import OwnPreferences
from bot.jobs.use_cases.studio.showcase.choices import Showcase
from bot.network.drive import DRIVE
from bot.ui.dialogs.drafts import refilled
from bot.ui.dialogs.me.forms import CONFIRMED, AskAboveForm, EraseForm, amount_in
from bot.ui.interactions.discord_errors import is_too_large
from bot.ui.interactions.members import member_of, upload_limit
from bot.ui.interactions.responses import open_form, reply, show, think
from bot.ui.interactions.selects import chosen
from bot.ui.screens.me.own_data import EXPORT_NAME, EraseQuestion, ErasurePage, ExportScreen, StoredPage
from bot.ui.screens.me.preferences import MeAct, MeButton, MeForm, MeFormButton, NotifySelect, PreferencesPage
from bot.ui.text.phrases import errors
from bot.ui.text.phrases.access import own_data

SOON = 0.5  # seconds until an erasure is shown: a small one is over by then


class Me(commands.Cog):
    def __init__(
        self,
        registry: InteractionRegistry,
        *,
        authorization: Authorization,
        preferences: OwnPreferences,
        erasing: EraseMembers,
        exports: ExportData,
        showcase: Showcase,
    ) -> None:
        self._authorization = authorization
        self._preferences = preferences
        self._erasing = erasing
        self._exports = exports
        self._showcase = showcase
        registry.add_button(MeButton, self.clicked)
        registry.add_button(MeFormButton, self.form_clicked)
        registry.add_button(NotifySelect, self.notify_chosen)
        registry.add_form(MeForm.ASK_ABOVE, self.ask_above_sent, self.ask_above_opened_again)
        registry.add_form(MeForm.ERASE, self.erase_sent)

    @app_commands.command(description=locale_str("Your preferences, and what Kinora keeps of you"))
    async def me(self, interaction: discord.Interaction[Any]) -> None:
        await self._show(interaction, await self._member(interaction))

    async def _member(self, interaction: discord.Interaction[Any]) -> Member:
        member = await member_of(interaction)
        await self._authorization.authorize(member, Act.OWN_DATA)
        return member

    async def _show(self, interaction: discord.Interaction[Any], member: Member) -> None:
        is_closed = await self._preferences.is_closed(member.id)
        await show(interaction, PreferencesPage(await self._preferences.of(member.id), closed=is_closed))

    async def clicked(self, interaction: discord.Interaction[Any], button: MeButton) -> None:
        member = await self._member(interaction)
        match button.act:
            case MeAct.PREFERENCES:
                await self._show(interaction, member)
            case MeAct.STORED:
                await show(interaction, StoredPage(await self._erasing.stored(member.id)))
            case MeAct.EXPORT:
                await self._export(interaction, member)
            case MeAct.ERASE:
                await self._ask_to_erase(interaction, member)
            case MeAct.SHOWCASE_ON | MeAct.SHOWCASE_OFF:
                await self._showcase.choose(member.id, shown=button.act is MeAct.SHOWCASE_ON)
                await self._show(interaction, member)
            case MeAct.STATUS:
                await self._show_erasure(interaction, member)

    async def _export(self, interaction: discord.Interaction[Any], member: Member) -> None:
        await think(interaction, ephemeral=True)
        await self._exports.check_turn(member.id)
        try:
            await self._send_export(interaction, member)
        except BaseException:
            await self._exports.give_turn_back(member.id)
            raise

    async def _send_export(self, interaction: discord.Interaction[Any], member: Member) -> None:
        """Discord may accept less than it says: then retry once, with fewer videos."""
        most = int(ROOM * upload_limit(interaction))
        for limit in (most, most // 2):
            async with self._exports.made(member.id, limit) as export:
                if export.bytes > limit:
                    break
                try:
                    async with DRIVE.opened(export.path) as content:
                        file = discord.File(content, EXPORT_NAME)
                        await reply(interaction, view=ExportScreen(export), files=[file])
                except discord.HTTPException as error:
                    if not is_too_large(error):
                        raise
                else:
                    return
        raise BadRequest(own_data.EXPORT_TOO_LARGE)

    async def _ask_to_erase(self, interaction: discord.Interaction[Any], member: Member) -> None:
        status = await self._erasing.status(member.id)
        if status is not None and status.erasure.ended_at is None:
            await show(interaction, ErasurePage(status))
            return
        found = await self._erasing.stored(member.id)
        await show(interaction, EraseQuestion(found) if found.any else StoredPage(found))

    async def _show_erasure(self, interaction: discord.Interaction[Any], member: Member) -> None:
        status = await self._erasing.status(member.id)
        if status is None:
            await self._show(interaction, member)
        else:
            await show(interaction, ErasurePage(status))

    async def erase_sent(self, interaction: discord.Interaction[Any], _: str, fields: Mapping[str, str]) -> None:
        member = await self._member(interaction)
        await self._erasing.begin(member.id, fields.get(CONFIRMED, ""))
        await asyncio.sleep(SOON)
        await self._show_erasure(interaction, member)

    async def form_clicked(self, interaction: discord.Interaction[Any], button: MeFormButton) -> None:
        member = await self._member(interaction)
        if button.form is MeForm.ERASE:
            await open_form(interaction, EraseForm(button.form))
            return
        known = await self._preferences.of(member.id)
        await open_form(interaction, AskAboveForm(button.form, known.confirm_above))

    async def ask_above_opened_again(
        self, interaction: discord.Interaction[Any], _: str, fields: Mapping[str, str]
    ) -> None:
        await self._member(interaction)
        await open_form(interaction, refilled(AskAboveForm(MeForm.ASK_ABOVE, None), fields, interaction.guild))

    async def notify_chosen(self, interaction: discord.Interaction[Any], _: NotifySelect) -> None:
        member, wanted = await self._member(interaction), chosen(interaction)
        if wanted not in set(Notify):
            raise BadRequest(errors.OTHER_FORM)
        await self._preferences.change(member.id, lambda known: replace(known, notify=Notify(wanted)))
        await self._show(interaction, member)

    async def ask_above_sent(self, interaction: discord.Interaction[Any], _: str, fields: Mapping[str, str]) -> None:
        member, amount = await self._member(interaction), amount_in(fields)
        await self._preferences.change(member.id, lambda known: replace(known, confirm_above=amount))
        await self._show(interaction, member)
