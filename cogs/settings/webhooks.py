"""The webhooks page of /settings: adding one, and managing each."""

from __future__ import annotations

from collections.abc import Mapping

from discord.ext import commands

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.messages import Message
from bot.interaction_registry import Interaction, InteractionRegistry
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.webhooks.manage import GuildWebhooks
from bot.ui.dialogs.forms import chosen_in
from bot.ui.dialogs.webhooks.form import ADDRESS, EVENTS, VERB, WebhookForm
from bot.ui.interactions.members import manager_of
from bot.ui.interactions.responses import open_form, show
from bot.ui.interactions.selects import chosen
from bot.ui.screens.settings.hub import SettingsHub
from bot.ui.screens.settings.pages import PageContent
from bot.ui.screens.webhooks.controls import AddWebhookButton, WebhookAct, WebhookButton, WebhookSelect
from bot.ui.screens.webhooks.page import WebhooksPage, one_webhook, really_remove
from bot.ui.text.phrases import errors
from bot.ui.text.phrases.settings import webhooks as phrases


class WebhooksCog(commands.Cog):
    """Each press and each form is authorized again: its member may no longer be a manager."""

    def __init__(
        self, registry: InteractionRegistry, *, authorization: Authorization, hub: SettingsHub, webhooks: GuildWebhooks
    ) -> None:
        self._authorization = authorization
        self._hub = hub
        self._webhooks = webhooks
        registry.add_button(AddWebhookButton, self.add_clicked)
        registry.add_button(WebhookSelect, self.chosen)
        registry.add_button(WebhookButton, self.clicked)
        registry.add_form(VERB, self.added)

    async def add_clicked(self, interaction: Interaction, _: AddWebhookButton) -> None:
        await self._webhooks.check_may_add(await manager_of(interaction, self._authorization))
        await open_form(interaction, WebhookForm())

    async def added(self, interaction: Interaction, _: str, fields: Mapping[str, str]) -> None:
        member = await manager_of(interaction, self._authorization)
        if ADDRESS not in fields:
            raise BadRequest(errors.OTHER_FORM)
        made = await self._webhooks.add(member, fields[ADDRESS], chosen_in(interaction, EVENTS))
        await self._show_one(interaction, member, made.webhook.id, phrases.added(made))

    async def chosen(self, interaction: Interaction, _: WebhookSelect) -> None:
        await self._show_one(interaction, await manager_of(interaction, self._authorization), chosen(interaction))

    async def clicked(self, interaction: Interaction, button: WebhookButton) -> None:
        member, webhook_id = await manager_of(interaction, self._authorization), button.webhook_id
        match button.act:
            case WebhookAct.REMOVE:
                webhook, _ = await self._webhooks.one(member, webhook_id)
                await self._show(interaction, really_remove(webhook))
            case WebhookAct.REALLY:
                await self._webhooks.remove(member, webhook_id)
                await self._hub.show(interaction, member, WebhooksPage.id, phrases.REMOVED)
            case WebhookAct.TEST:
                said = phrases.tested(await self._webhooks.test(member, webhook_id))
                await self._show_one(interaction, member, webhook_id, said)
            case WebhookAct.ROTATE:
                said = phrases.rotated(await self._webhooks.rotate(member, webhook_id))
                await self._show_one(interaction, member, webhook_id, said)
            case WebhookAct.ENABLE:
                await self._webhooks.enable(member, webhook_id)
                await self._show_one(interaction, member, webhook_id, phrases.ENABLED)
            case WebhookAct.SHOW:
                await self._show_one(interaction, member, webhook_id)

    async def _show_one(
        self, interaction: Interaction, member: Member, webhook_id: str, said: Message | None = None
    ) -> None:
        await self._show(interaction, one_webhook(*await self._webhooks.one(member, webhook_id), said))

    async def _show(self, interaction: Interaction, content: PageContent) -> None:
        await show(interaction, self._hub.framed(content, WebhooksPage.id))
