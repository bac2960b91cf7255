"""Messages to an owner in addition to the one with their video."""

from __future__ import annotations

import discord

from bot.data_classes import wired
from bot.domain.job import Job, PostedMessage
from bot.ui.cards.job_card import link_to
from bot.ui.cards.languages import ServerLanguages
from bot.ui.interactions.discord_errors import our_errors
from bot.ui.publish.own_messages import place_of
from bot.ui.text.phrases.access import me as phrases
from bot.ui.text.phrases.studio import batches
from bot.ui.text.render import render


@wired
class DiscordOwnerMessages:
    """The OwnerChannel."""

    client: discord.Client
    languages: ServerLanguages

    async def send_link(self, job: Job, result: PostedMessage, *, nonce: str) -> PostedMessage:
        async with self.languages.reading(job.guild_id):
            said = render(phrases.is_done(job, link_to(job, result)))
        with our_errors():
            direct = await self.client.create_dm(discord.Object(job.owner_id))
            none = discord.AllowedMentions.none()
            return place_of(await direct.send(said, nonce=nonce, allowed_mentions=none, suppress_embeds=True))

    async def say_ready(
        self, lead: Job, card: PostedMessage, there: int, ordered: int, *, direct: bool, nonce: str
    ) -> PostedMessage:
        owner = discord.Object(lead.owner_id)
        async with self.languages.reading(lead.guild_id):
            linked = render(batches.is_ready(there, ordered, link_to(lead, card)))
            said = render(batches.ready(lead.owner_id, there, ordered))
        with our_errors():
            if direct:
                channel = await self.client.create_dm(owner)
                return place_of(await channel.send(linked, nonce=nonce, suppress_embeds=True))
            beside = self.client.get_partial_messageable(card.channel_id)
            answered = discord.MessageReference(
                message_id=card.message_id, channel_id=card.channel_id, fail_if_not_exists=False
            )
            mentions = discord.AllowedMentions(everyone=False, roles=False, users=[owner])
            return place_of(await beside.send(said, nonce=nonce, reference=answered, allowed_mentions=mentions))

    async def say_closed(self, job: Job, result: PostedMessage, *, nonce: str) -> PostedMessage:
        channel = self.client.get_partial_messageable(result.channel_id)
        owner = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(job.owner_id)])
        async with self.languages.reading(job.guild_id):
            said = render(phrases.direct_closed(job.owner_id))
        with our_errors():
            return place_of(await channel.send(said, nonce=nonce, allowed_mentions=owner))
