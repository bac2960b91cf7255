"""Cards and posts of orders in bulk actions, for which there is no interaction to answer."""

from __future__ import annotations

import logging

import discord

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.ports.messages import MessageStore
from bot.ui.cards.rendering import CardKeeper, CardRenderer
from bot.ui.dialogs.ordering import post_card
from bot.ui.interactions.discord_errors import TROUBLE
from bot.ui.publish.repost import RepostVideo

log = logging.getLogger(__name__)


@wired
class DiscordBulkMessages:
    """The BulkMessages."""

    client: discord.Client
    renderer: CardRenderer
    cards: CardKeeper
    messages: MessageStore
    repost: RepostVideo

    async def show_card(self, job: Job) -> None:
        if (await self.messages.shown(job.id)).card is not None:
            return
        try:
            await post_card(self.client, job, self.renderer, self.cards)
        except TROUBLE as error:
            log.info("%s is ordered again, but Discord did not take its card: %s", job.id, error)
            self.cards.seek(job)  # Discord may have accepted it although the response was lost

    async def remove_posts(self, job_id: JobId) -> bool:
        try:
            return await self.repost.remove_posts(self.client, job_id)
        except TROUBLE as error:
            log.info("the messages that show %s could not be removed yet: %s", job_id, error)
            return False
