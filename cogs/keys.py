"""/keys: keys for video services, stored by a member or, for the server, by a manager."""

from __future__ import annotations

from collections.abc import Mapping

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.domain.errors import BadRequest
from bot.domain.messages import Message
from bot.interaction_registry import Interaction, InteractionRegistry
from bot.jobs.use_cases.keys.manage import NO_SUCH_KEY, OwnKeys
from bot.ui.dialogs.keys.form import VERB, KeyForm, entered, read_place
from bot.ui.interactions.members import member_of
from bot.ui.interactions.responses import open_form, show, update
from bot.ui.interactions.selects import chosen
from bot.ui.screens.keys.page import (
    AddKeySelect,
    KeysPage,
    RemoveKeyButton,
    RemoveKeyQuestion,
    RemoveKeySelect,
    service_of,
)
from bot.ui.text.phrases.access import keys as phrases


class Keys(commands.Cog):
    """Each choice and each form is authorized again. What was entered in a form is never kept."""

    def __init__(self, registry: InteractionRegistry, *, own_keys: OwnKeys) -> None:
        self._own_keys = own_keys
        registry.add_button(AddKeySelect, self.service_chosen)
        registry.add_button(RemoveKeySelect, self.key_chosen)
        registry.add_button(RemoveKeyButton, self.remove_clicked)
        registry.add_form(VERB, self.key_sent)

    @app_commands.command(description=locale_str("Pay for videos with a key of your own, or store one for the server"))
    async def keys(self, interaction: Interaction) -> None:
        await self._show(interaction)

    async def _show(self, interaction: Interaction, said: Message | None = None) -> None:
        await show(interaction, KeysPage(await self._own_keys.overview(await member_of(interaction)), said))

    async def service_chosen(self, interaction: Interaction, _: AddKeySelect) -> None:
        place = read_place(chosen(interaction))
        await self._own_keys.check_may_add(await member_of(interaction), place)
        await open_form(interaction, KeyForm(place))

    async def key_sent(self, interaction: Interaction, about: str, fields: Mapping[str, str]) -> None:
        member = await member_of(interaction)
        stored = await self._own_keys.add(member, entered(about, fields))
        overview = await self._own_keys.overview(member)
        said = phrases.added(stored, service_of(stored.service, overview))
        await show(interaction, KeysPage(overview, said))

    async def key_chosen(self, interaction: Interaction, _: RemoveKeySelect) -> None:
        overview, account = await self._own_keys.overview(await member_of(interaction)), chosen(interaction)
        stored = next((each for each in overview.keys if each.key.account == account), None)
        if stored is None:
            raise BadRequest(NO_SUCH_KEY)
        await update(interaction, RemoveKeyQuestion(stored, overview))

    async def remove_clicked(self, interaction: Interaction, button: RemoveKeyButton) -> None:
        if button.account is None:
            await self._show(interaction)
            return
        left = await self._own_keys.remove(await member_of(interaction), button.account)
        await self._show(interaction, phrases.removed(left))
