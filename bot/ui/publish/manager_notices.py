"""Notices for managers as messages in a server's channel."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import discord
from discord.ui import LayoutView

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.messages import Message
from bot.domain.notices.troubles import Notice, OrderNeedsApproval, OrderNeedsManager
from bot.domain.ports.messages import MessageStore
from bot.ui.cards.job_card import link_to
from bot.ui.cards.languages import ServerLanguages
from bot.ui.cards.notice_card import ClosedNotice, NoticeCard
from bot.ui.cards.request_card import DecidedRequest, RequestCard
from bot.ui.interactions.discord_errors import our_errors
from bot.ui.publish.own_messages import NOBODY, find_beginning, message_at, post_view
from bot.ui.text.phrases import notices
from bot.ui.text.phrases.access import approvals
from bot.ui.text.render import in_all_languages


@wired
class DiscordNotices:
    """The NoticeChannel."""

    client: discord.Client
    messages: MessageStore
    languages: ServerLanguages

    def guilds(self) -> Collection[int]:
        return [guild.id for guild in self.client.guilds]

    async def post(self, channel_id: int, notice: Notice, *, nonce: str) -> int:
        link = await self._link(notice)
        async with self.languages.reading_at(channel_id):
            view = card_of(notice, link)
        return (await post_view(self.client, channel_id, view, nonce=nonce)).id

    async def find_posted(self, channel_id: int, notice: Notice, since: datetime) -> int | None:
        """None also if the bot may not read there: then it depends on Discord's own memory of nonces."""
        found = await find_beginning(self.client, channel_id, since, in_all_languages(_heading(notice)))
        return None if found is None else found.id

    async def close(self, channel_id: int, message_id: int, job_id: JobId) -> None:
        async with self.languages.reading_at(channel_id):
            view = ClosedNotice(job_id)
        await self._replace(channel_id, message_id, view)

    async def close_request(self, channel_id: int, message_id: int, job: Job) -> None:
        async with self.languages.reading(job.guild_id):
            view = DecidedRequest(job)
        await self._replace(channel_id, message_id, view)

    async def _replace(self, channel_id: int, message_id: int, view: LayoutView) -> None:
        place = PostedMessage(channel_id=channel_id, message_id=message_id)
        with our_errors():
            await message_at(self.client, place).edit(view=view, allowed_mentions=NOBODY)

    async def _link(self, notice: Notice) -> str | None:
        """To the card of an order, unless that is in direct messages, where managers cannot see it."""
        if not isinstance(notice, OrderNeedsManager | OrderNeedsApproval) or notice.job.private:
            return None
        card = (await self.messages.shown(notice.job.id)).card
        return None if card is None else link_to(notice.job, card)


def card_of(notice: Notice, link: str | None = None) -> LayoutView:
    if isinstance(notice, OrderNeedsApproval):
        return RequestCard(notice.job, notice.model, notice.left, link, notice.others)
    return NoticeCard(notice, link)


def _heading(notice: Notice) -> Message:
    return approvals.heading(notice.job) if isinstance(notice, OrderNeedsApproval) else notices.heading(notice)
