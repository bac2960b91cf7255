"""/me: what a member chose for themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.client import InteractionRegistry
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.access.preferences import Notify
from bot.domain.errors import BadRequest
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.me.preferences import OwnPreferences
from bot.ui.dialogs.me_forms import AskAboveForm, amount_in
from bot.ui.interactions.members import member_of
from bot.ui.interactions.responses import open_form, reply, update
from bot.ui.interactions.selects import chosen
from bot.ui.screens.me.preferences import MeButton, MeForm, MeFormButton, NotifySelect, PreferencesPage
from bot.ui.text.phrases import errors


class Me(commands.Cog):
    def __init__(
        self, registry: InteractionRegistry, *, authorization: Authorization, preferences: OwnPreferences
    ) -> None:
        self._authorization = authorization
        self._preferences = preferences
        registry.add_button(MeButton, self.clicked)
        registry.add_button(MeFormButton, self.form_clicked)
        registry.add_button(NotifySelect, self.notify_chosen)
        registry.add_form(MeForm.ASK_ABOVE, self.ask_above_sent)

    @app_commands.command(description=locale_str("Your preferences, and what Kinora keeps of you"))
    async def me(self, interaction: discord.Interaction[Any]) -> None:
        await self._show(interaction, await self._member(interaction))

    async def _member(self, interaction: discord.Interaction[Any]) -> Member:
        member = await member_of(interaction)
        await self._authorization.authorize(member, Act.OWN_DATA)
        return member

    async def _show(self, interaction: discord.Interaction[Any], member: Member) -> None:
        is_closed = await self._preferences.is_closed(member.id)
        page = PreferencesPage(await self._preferences.of(member.id), closed=is_closed)
        await (update(interaction, page) if interaction.message else reply(interaction, view=page))

    async def clicked(self, interaction: discord.Interaction[Any], _: MeButton) -> None:
        await self._show(interaction, await self._member(interaction))

    async def form_clicked(self, interaction: discord.Interaction[Any], button: MeFormButton) -> None:
        member = await self._member(interaction)
        known = await self._preferences.of(member.id)
        await open_form(interaction, AskAboveForm(button.form, known.confirm_above))

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
