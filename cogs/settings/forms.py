"""The forms behind the pages of /settings: which one a button opens, and what happens with the input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord.ext import commands

from bot.domain.access.everyone import named_role
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.messages import Message
from bot.domain.money.amounts import entered_usd
from bot.domain.money.usd import FREE
from bot.domain.retention.rounds import entered_days
from bot.domain.texts.times.lengths import whole_seconds
from bot.domain.video import Size
from bot.interaction_registry import FormHandler, InteractionRegistry
from bot.jobs.retention.server_storage import ServerStorage
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.budgets import BudgetSettings
from bot.jobs.use_cases.defaults import OrderDefaults
from bot.jobs.use_cases.quotes.confirming import PriceConfirmation
from bot.ui.dialogs import settings_forms as forms
from bot.ui.dialogs.drafts import refilled
from bot.ui.dialogs.forms import Form, id_chosen_in
from bot.ui.interactions.members import check_is_no_bot, check_no_bots_role, manager_of
from bot.ui.interactions.responses import open_form
from bot.ui.screens.settings.budgets import BudgetsPage
from bot.ui.screens.settings.controls import SettingsForm, SettingsFormButton
from bot.ui.screens.settings.defaults import DefaultsPage
from bot.ui.screens.settings.hub import SettingsHub
from bot.ui.screens.settings.storage.page import StoragePage
from bot.ui.screens.settings.time_zone import TimeZonePage
from bot.ui.text.phrases import budgets as words
from bot.ui.text.phrases.settings import forms as phrases
from bot.ui.text.phrases.settings.rules import rules_changed
from bot.ui.text.phrases.values import lines


class SettingsFormsCog(commands.Cog):
    """Each press and each form is authorized again: its member may no longer be a manager."""

    def __init__(
        self,
        registry: InteractionRegistry,
        *,
        authorization: Authorization,
        hub: SettingsHub,
        budgets: BudgetSettings,
        confirmation: PriceConfirmation,
        defaults: OrderDefaults,
        storage: ServerStorage,
    ) -> None:
        self._authorization = authorization
        self._hub = hub
        self._budgets = budgets
        self._confirmation = confirmation
        self._defaults = defaults
        self._storage = storage
        registry.add_button(SettingsFormButton, self.form_clicked)
        for form, sent in {
            SettingsForm.DEFAULTS: self.defaults_sent,
            SettingsForm.BUDGET: self.budget_sent,
            SettingsForm.POOL: self.pool_sent,
            SettingsForm.GRANT: self.grant_sent,
            SettingsForm.ASKING: self.asking_sent,
            SettingsForm.ZONE: self.zone_sent,
            SettingsForm.KEEP: self.keep_sent,
        }.items():
            registry.add_form(form, sent, self._opened_again(form))

    async def form_clicked(self, interaction: discord.Interaction[Any], button: SettingsFormButton) -> None:
        member = await manager_of(interaction, self._authorization)
        await open_form(interaction, await self._form(button.form, member))

    def _opened_again(self, form: SettingsForm) -> FormHandler:
        async def opened(interaction: discord.Interaction[Any], _: str, fields: Mapping[str, str]) -> None:
            member = await manager_of(interaction, self._authorization)
            await open_form(interaction, refilled(await self._form(form, member), fields, interaction.guild))

        return opened

    async def _form(self, form: SettingsForm, member: Member) -> Form:
        match form:
            case SettingsForm.POOL:
                return forms.pool_form(form)
            case SettingsForm.GRANT:
                return forms.grant_form(form)
            case SettingsForm.ASKING:
                return forms.asking_form(form, await self._confirmation.bounds(member.guild_id))
            case SettingsForm.DEFAULTS:
                options = await self._defaults.preferences.of(member.guild_id)
                return forms.defaults_form(form, options, self._defaults.catalogue)
            case SettingsForm.KEEP:
                return forms.keep_form(form, await self._storage.preferences.of(member.guild_id))
            case SettingsForm.ZONE:
                return forms.zone_form(form, await self._budgets.guilds.guild_settings(member.guild_id))
            case SettingsForm.BUDGET:
                return forms.budget_form(form, await self._budgets.guilds.guild_settings(member.guild_id))

    async def budget_sent(self, interaction: discord.Interaction[Any], _: str, fields: Mapping[str, str]) -> None:
        member = await manager_of(interaction, self._authorization)
        change = await self._budgets.set_budget(member, entered_usd(forms.needed(fields, forms.DOLLARS)))
        await self._hub.show(interaction, member, BudgetsPage.id, lines(*rules_changed(change)))

    async def pool_sent(self, interaction: discord.Interaction[Any], _: str, fields: Mapping[str, str]) -> None:
        member, role = await manager_of(interaction, self._authorization), id_chosen_in(interaction, forms.ROLE)
        amount = entered_usd(forms.needed(fields, forms.DOLLARS))
        if amount != FREE:
            check_no_bots_role(interaction, [role])
        await self._budgets.set_pool(member, role, amount)
        await self._hub.show(
            interaction, member, BudgetsPage.id, words.pool_set(named_role(role, member.guild_id), amount)
        )

    async def grant_sent(self, interaction: discord.Interaction[Any], _: str, fields: Mapping[str, str]) -> None:
        member, to = await manager_of(interaction, self._authorization), id_chosen_in(interaction, forms.MEMBER)
        check_is_no_bot(interaction, to)
        said = await self._granted(member, to, forms.needed(fields, forms.DOLLARS), forms.entered(fields, forms.UNTIL))
        await self._hub.show(interaction, member, BudgetsPage.id, said)

    async def _granted(self, member: Member, to: int, dollars: str, until: str | None) -> Message:
        amount = entered_usd(dollars)
        if amount == FREE:
            return words.taken_back(to, await self._budgets.take_back(member, to))
        return words.granted(await self._budgets.grant(member, to, amount, until))

    async def asking_sent(self, interaction: discord.Interaction[Any], _: str, fields: Mapping[str, str]) -> None:
        member = await manager_of(interaction, self._authorization)
        typed = [forms.entered(fields, field) for field in (forms.ABOVE, forms.AT_MOST)]
        above, at_most = (None if each is None else entered_usd(each) for each in typed)
        await self._confirmation.choose(member, above=above, at_most=at_most)
        await self._hub.show(interaction, member, BudgetsPage.id)

    async def defaults_sent(self, interaction: discord.Interaction[Any], _: str, fields: Mapping[str, str]) -> None:
        member, model = await manager_of(interaction, self._authorization), forms.entered(fields, forms.MODEL)
        length, size = forms.entered(fields, forms.SECONDS), forms.entered(fields, forms.SIZE)
        await self._defaults.choose(member, model, _length(length), _size(size))
        await self._hub.show(interaction, member, DefaultsPage.id)

    async def zone_sent(self, interaction: discord.Interaction[Any], _: str, fields: Mapping[str, str]) -> None:
        member = await manager_of(interaction, self._authorization)
        await self._budgets.set_time_zone(member, forms.needed(fields, forms.ZONE))
        await self._hub.show(interaction, member, TimeZonePage.id)

    async def keep_sent(self, interaction: discord.Interaction[Any], _: str, fields: Mapping[str, str]) -> None:
        member = await manager_of(interaction, self._authorization)
        await self._storage.keep_for(member, entered_days(forms.entered(fields, forms.DAYS) or ""))
        await self._hub.show(interaction, member, StoragePage.id)


def _length(typed: str | None) -> int | None:
    if typed is None:
        return None
    seconds = whole_seconds(typed)
    if seconds is None:
        raise BadRequest(phrases.no_length(typed))
    return seconds


def _size(typed: str | None) -> Size | None:
    try:
        return None if typed is None else Size.of(typed)
    except ValueError:
        raise BadRequest(phrases.no_size(typed or "")) from None
