"""Cases as messages in a server's channel, and notifications of members about them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import discord

from bot.data_classes import wired
from bot.domain.errors import Unavailable, Undeliverable
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.moderation.channel import CaseNews, CaseOutcome
from bot.domain.ports.messages import MessageStore
from bot.jobs.use_cases.browse import BrowseVideos
from bot.jobs.use_cases.studio.contests.known import KnownContests
from bot.ui.cards.case_card import CaseCard
from bot.ui.cards.job_card import link_to
from bot.ui.cards.languages import ServerLanguages
from bot.ui.cards.posters import poster_name
from bot.ui.dialogs.confirmations import Note
from bot.ui.interactions.discord_errors import gone_is_fine, our_errors
from bot.ui.publish.covering import cover_post
from bot.ui.publish.own_messages import NOBODY, find_beginning, message_at, place_of, post_view
from bot.ui.text.phrases.moderation import reports
from bot.ui.text.render import in_all_languages


@wired
class DiscordCases:
    """The CaseChannel."""

    client: discord.Client
    browse: BrowseVideos
    messages: MessageStore
    contests: KnownContests
    languages: ServerLanguages

    def guilds(self) -> Collection[int]:
        return [guild.id for guild in self.client.guilds]

    async def post(self, channel_id: int, news: CaseNews, *, nonce: str) -> PostedMessage:
        view = await self._card(news)
        return place_of(await post_view(self.client, channel_id, view, nonce=nonce))

    async def edit(self, card: PostedMessage, news: CaseNews) -> bool:
        view = await self._card(news)
        with gone_is_fine():
            await message_at(self.client, card).edit(view=view, allowed_mentions=NOBODY)
            return True
        return False

    async def find_posted(self, channel_id: int, job_id: JobId, since: datetime) -> PostedMessage | None:
        found = await find_beginning(self.client, channel_id, since, in_all_languages(reports.begins(job_id)))
        return None if found is None else place_of(found)

    async def cover(self, job: Job, *, covered: bool) -> None:
        shown = await self.messages.shown(job.id)
        troubles = list[Undeliverable | Unavailable]()
        posts = [shown.result, shown.card, *await self.messages.copies(job.id)]
        for post in dict.fromkeys(post for post in posts if post is not None):
            # The card of a batch shows other videos, too.
            only = poster_name(job.id) if job.batch is not None and post == shown.card else None
            try:
                await cover_post(self.client, post, covered=covered, only=only)
            except (Undeliverable, Unavailable) as trouble:
                troubles.append(trouble)  # the others are covered all the same
        await self.contests.redraw([job.id])  # the result of a contest shows its poster
        if troubles:
            raise troubles[0]

    async def tell(self, outcome: CaseOutcome, *, nonce: str) -> None:
        guild = self.client.get_guild(outcome.guild_id)
        async with self.languages.reading(outcome.guild_id):
            view = Note(reports.outcome(outcome, None if guild is None else guild.name))
        with our_errors():
            channel = await self.client.create_dm(discord.Object(outcome.user_id))
            await channel.send(view=view, nonce=nonce, silent=True, allowed_mentions=NOBODY)

    async def _card(self, news: CaseNews) -> CaseCard:
        result = (await self.messages.shown(news.job.id)).result if news.case.is_open else None
        link = None if result is None else link_to(news.job, result)
        async with self.languages.reading(news.job.guild_id):
            return CaseCard(news, self.browse.label(news.job), link)
