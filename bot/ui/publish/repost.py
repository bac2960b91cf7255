"""Shows a kept video again where somebody asks for it.

It is free, and also delivers what could not be posted before.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord

from bot.data_classes import wired
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, NotFound, Unavailable, Undeliverable
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.phases import Posting
from bot.domain.ports.files import FileStore
from bot.domain.ports.messages import MessageStore
from bot.domain.ports.publishing import Reposter
from bot.jobs.delivery.routes import DIRECT_CLOSED
from bot.jobs.delivery.upload_limits import UNBOOSTED
from bot.jobs.use_cases.browse import BrowseVideos
from bot.jobs.use_cases.manage import ManageVideos
from bot.jobs.use_cases.moderation.venues import VenueRules
from bot.network.drive import DRIVE
from bot.ui.cards.job_card import ResultPost, link_to
from bot.ui.cards.lookup import ResultLookup
from bot.ui.dialogs.confirmations import Note
from bot.ui.interactions.discord_errors import is_passing
from bot.ui.interactions.members import check_channel, upload_limit
from bot.ui.interactions.responses import reply, think
from bot.ui.publish.own_messages import message_at
from bot.ui.publish.result_poster import file_name
from bot.ui.text.phrases import errors, results
from bot.ui.text.render import render


@wired
class RepostVideo:
    """Posts it again, and notes the new place."""

    reposter: Reposter
    browse: BrowseVideos
    manage: ManageVideos
    messages: MessageStore
    files: FileStore
    lookup: ResultLookup
    venues: VenueRules

    async def show_again(self, interaction: discord.Interaction[Any], job: Job, member: Member) -> None:
        """Post a video that the member may see as a new message; private ones go to the asker's direct messages."""
        check_showable(job)
        if not job.private:
            check_channel(interaction)
            await self.venues.check_may_use(member, job.id)
        await think(interaction, ephemeral=True)
        try:
            addressed = await _addressed(interaction, job)
            posted = await self.reposter.repost(addressed, asked_by=member.id, nonce=f"k1-{interaction.id}")
        except Undeliverable as no:
            await self._not_taken(interaction, job, member, no)
            return
        except Unavailable as later:
            raise Unavailable(results.not_posted_now(job, later.message)) from later
        await self._remember(interaction.client, job, member, posted)
        await reply(interaction, view=Note(results.is_shown(job, link_to(job, posted))))

    async def _not_taken(
        self, interaction: discord.Interaction[Any], job: Job, member: Member, no: Undeliverable
    ) -> None:
        if job.private and job.owner_id == member.id and interaction.guild_id is not None:
            await self._show_alone(interaction, job, no)
            return
        raise Undeliverable(results.not_posted_there(job, no.message)) from no

    async def _show_alone(self, interaction: discord.Interaction[Any], job: Job, why: Undeliverable) -> None:
        """Show a private video only to its owner, in an ephemeral reply, which does not count as delivery."""
        check_channel(interaction)
        if job.video is None or job.video.bytes > interaction.filesize_limit:
            raise Undeliverable(results.too_large_here(job, why.message)) from why
        async with self.files.local(job.video.video) as path:
            about = await self.lookup.facts(job, with_budget=False)
            view = ResultPost(job, file_name(job), about, asked_by=job.owner_id)
            async with DRIVE.opened(path) as content:
                await reply(interaction, view=view, files=[discord.File(content, file_name(job))])
        await reply(interaction, content=render(results.only_for_you(why.message)))

    async def _remember(self, client: discord.Client, job: Job, member: Member, posted: PostedMessage) -> None:
        """Note where it is shown, and that it is delivered. Raises NotFound if it was deleted meanwhile."""
        if job.private and job.owner_id != member.id:
            await self.messages.remember_copy(job.id, posted)  # a manager has seen it; its owner still has to get it
        else:
            await self.messages.remember_repost(job.id, posted)
            await self.manage.delivered(job.id)
        now = await self.browse.find(job.id)
        if now is None or now.deleted:
            # Deleting marks the job before it looks for messages, so at least one of the two finds this message.
            await remove_message(client, posted)
            raise NotFound(results.deleted_just_now(job))

    async def remove_posts(self, client: discord.Client, job_id: JobId) -> bool:
        """Remove the messages that show a deleted video. Returns whether all are gone."""
        shown = await self.messages.shown(job_id)
        noted = [*([shown.result] if shown.result else []), *await self.messages.copies(job_id)]
        # The card of a batch shows other videos, too; it is redrawn without this one.
        posts = [post for post in noted if shown.card is None or post.message_id != shown.card.message_id]
        are_gone = all([await remove_message(client, post) for post in posts])
        if are_gone:
            await self.messages.forget_result(job_id)  # there is no message left to link to
        return are_gone


def check_showable(job: Job) -> None:
    """Raises BadRequest, with the reason, if there is no video to show."""
    if isinstance(job.phase, Posting) and job.video is not None:
        raise BadRequest(results.being_posted(job))
    if job.video is None:
        raise BadRequest(results.why_gone(job))


async def _addressed(interaction: discord.Interaction[Any], job: Job) -> Job:
    """The job with the channel in which to show it, and that channel's upload limit."""
    if not job.private or interaction.guild_id is None:
        if interaction.channel_id is None:
            raise BadRequest(errors.CHANNEL_ONLY)
        return replace(job, channel_id=interaction.channel_id, upload_limit=upload_limit(interaction))
    try:
        channel = await interaction.client.create_dm(interaction.user)
    except discord.Forbidden as error:
        if is_passing(error):
            raise
        raise Undeliverable(DIRECT_CLOSED) from error
    return replace(job, channel_id=channel.id, upload_limit=min(interaction.filesize_limit, UNBOOSTED))


async def remove_message(client: discord.Client, posted: PostedMessage) -> bool:
    """Whether the message is gone, now or before."""
    try:
        await message_at(client, posted).delete()
    except discord.HTTPException as error:
        return isinstance(error, discord.NotFound) and not is_passing(error)
    return True
