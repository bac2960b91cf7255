"""Webhooks: the server's list, and a single one with its deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from discord import ButtonStyle
from discord.ui import ActionRow

from bot.data_classes import wired
from bot.domain.messages import Message
from bot.domain.webhooks.deliveries import Delivery
from bot.domain.webhooks.webhook import MOST, Webhook
from bot.jobs.use_cases.webhooks.manage import GuildWebhooks
from bot.ui.screens.settings.controls import OpenSettingsButton
from bot.ui.screens.settings.pages import PageContent, PageList, Visit
from bot.ui.screens.webhooks.controls import AddWebhookButton, WebhookAct, WebhookButton, WebhookSelect
from bot.ui.text.phrases.settings import hub
from bot.ui.text.phrases.settings import webhooks as phrases
from bot.ui.text.phrases.values import small


@wired
class WebhooksPage:
    webhooks: GuildWebhooks

    id: ClassVar[str] = "webhooks"
    title: ClassVar[Message] = phrases.WEBHOOKS
    about: ClassVar[Message] = phrases.WEBHOOKS_ARE

    async def summary(self, visit: Visit) -> Message:
        found = await self.webhooks.of(visit.member)
        return phrases.summary(len(found), sum(each.disabled_at is not None for each in found))

    async def content(self, visit: Visit) -> PageContent:
        found = await self.webhooks.of(visit.member)
        rows: list[ActionRow[Any]] = [ActionRow(WebhookSelect(found))] if found else []
        if self.webhooks.is_on and len(found) < MOST:
            rows.append(ActionRow(AddWebhookButton()))
        listing = PageList(
            title=hub.heading(self.title),
            rows=[phrases.row(number, each) for number, each in enumerate(found, 1)],
            empty=phrases.NONE_YET,
        )
        return PageContent(parts=[listing, small(phrases.HOW) if self.webhooks.is_on else phrases.OFF], rows=rows)


def one_webhook(webhook: Webhook, deliveries: Sequence[Delivery], said: Message | None = None) -> PageContent:
    """`said`: what was just done."""
    acts = [(WebhookAct.TEST, phrases.TEST), (WebhookAct.ROTATE, phrases.ROTATE), (WebhookAct.REMOVE, phrases.REMOVE)]
    if webhook.disabled_at is not None:
        acts.insert(0, (WebhookAct.ENABLE, phrases.ENABLE))
    buttons = [WebhookButton(act, webhook.id, text) for act, text in acts]
    listing = PageList(
        title=phrases.DELIVERIES, rows=[phrases.delivery(each) for each in deliveries], empty=phrases.NO_DELIVERIES
    )
    parts = [part for part in (said, phrases.about(webhook), listing) if part is not None]
    return PageContent(parts=parts, rows=[ActionRow(*buttons, OpenSettingsButton(WebhooksPage.id, phrases.BACK))])


def really_remove(webhook: Webhook) -> PageContent:
    yes = WebhookButton(WebhookAct.REALLY, webhook.id, phrases.REALLY, ButtonStyle.danger)
    no = WebhookButton(WebhookAct.SHOW, webhook.id, phrases.KEEP)
    return PageContent(parts=[phrases.really(webhook)], rows=[ActionRow(yes, no)])
