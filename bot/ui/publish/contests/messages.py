"""The cards and results of contests: posted, changed, and found again after a crash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import discord
from discord.ui import LayoutView

from bot.data_classes import wired
from bot.domain.errors import Undeliverable
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.ports.files import FileStore
from bot.domain.ports.messages import MessageStore
from bot.domain.ports.publishing import VenueCheck
from bot.domain.ports.studio.contests import ContestCard, ContestResult
from bot.domain.studio.contests.contest import Contest
from bot.jobs.use_cases.me.preferences import OwnPreferences
from bot.jobs.use_cases.moderation.spoilers import SpoilerRules
from bot.ui.cards.contests.card import ContestMessage, ContestResultMessage, ShownWinners, shown_winners
from bot.ui.cards.job_card import link_to
from bot.ui.cards.languages import ServerLanguages
from bot.ui.cards.posters import poster_files, posters_of
from bot.ui.interactions.discord_errors import gone_is_fine, our_errors
from bot.ui.publish.own_messages import find_beginning
from bot.ui.text.phrases.studio import contest_ends
from bot.ui.text.phrases.studio import contests as phrases
from bot.ui.text.render import in_all_languages


@wired
class DiscordContests:
    """The ContestChannel."""

    client: discord.Client
    messages: MessageStore
    files: FileStore
    spoilers: SpoilerRules
    venues: VenueCheck
    choices: OwnPreferences
    languages: ServerLanguages

    async def post_card(self, card: ContestCard, *, nonce: str) -> int:
        async with self.languages.reading(card.contest.guild_id):
            view = ContestMessage(card)
        with our_errors():
            sent = await self._channel(card.contest).send(
                view=view, nonce=nonce, allowed_mentions=discord.AllowedMentions.none()
            )
        return sent.id

    async def edit_card(self, card: ContestCard) -> bool:
        async with self.languages.reading(card.contest.guild_id):
            view = ContestMessage(card)
        return await self._edited(card.contest, card.contest.card_id, view)

    async def post_result(self, result: ContestResult, *, nonce: str) -> int:
        """The winners are notified in the way that they chose for their videos."""
        try:
            return await self._posted(result, nonce, with_posters=True)
        except Undeliverable:
            return await self._posted(result, nonce, with_posters=False)  # perhaps only files are not allowed there

    async def _posted(self, result: ContestResult, nonce: str, *, with_posters: bool) -> int:
        first = dict.fromkeys(each.member_id for each in shown_winners(result))
        told = [discord.Object(id_) for id_ in first if not (await self.choices.of(id_)).is_silent(direct=False)]
        view, posters = await self._drawn(result, with_posters=with_posters)
        with our_errors():
            sent = await self._channel(result.contest).send(
                view=view,
                files=poster_files(posters),
                nonce=nonce,
                allowed_mentions=discord.AllowedMentions(everyone=False, roles=False, users=told),
            )
        return sent.id

    async def edit_result(self, result: ContestResult) -> bool:
        contest = result.contest
        try:
            return await self._edited(contest, contest.result_id, *await self._drawn(result, with_posters=True))
        except Undeliverable:
            return await self._edited(contest, contest.result_id, *await self._drawn(result, with_posters=False))

    async def find_card(self, contest: Contest) -> int | None:
        return await self._found(contest, contest.started_at, phrases.heading(contest))

    async def find_result(self, contest: Contest) -> int | None:
        since = contest.ended_at or contest.times.vote_until
        return await self._found(contest, since, contest_ends.result_heading(contest))

    async def _found(self, contest: Contest, since: datetime, heading: Message) -> int | None:
        found = await find_beginning(self.client, contest.channel_id, since, in_all_languages(heading))
        return None if found is None else found.id

    async def _edited(
        self, contest: Contest, message_id: int | None, view: LayoutView, posters: Mapping[JobId, bytes] | None = None
    ) -> bool:
        if message_id is None:
            return False
        message = self._channel(contest).get_partial_message(message_id)
        with gone_is_fine():
            await message.edit(
                view=view, attachments=poster_files(posters or {}), allowed_mentions=discord.AllowedMentions.none()
            )
            return True
        return False

    async def _drawn(
        self, result: ContestResult, *, with_posters: bool
    ) -> tuple[ContestResultMessage, Mapping[JobId, bytes]]:
        jobs = [each.job for each in shown_winners(result) if each.job is not None]
        pictured = [job for job in jobs if with_posters and await self._may_be_shown(job, result.contest)]
        posters = await posters_of(self.files, pictured)
        shown = {job.id: (job, (await self.messages.shown(job.id)).result) for job in jobs}
        about = ShownWinners(
            links={job_id: link_to(job, post) for job_id, (job, post) in shown.items() if post is not None},
            posters=frozenset(posters),
            covered=frozenset([job.id for job in jobs if await self.spoilers.covers(job)]),
        )
        async with self.languages.reading(result.contest.guild_id):
            return ContestResultMessage(result, about), posters

    async def _may_be_shown(self, job: Job, contest: Contest) -> bool:
        """The channel may be less restricted than when the video was entered."""
        try:
            await self.venues.check_may_post(replace(job, channel_id=contest.channel_id))
        except Undeliverable:
            return False
        return True

    def _channel(self, contest: Contest) -> discord.PartialMessageable:
        return self.client.get_partial_messageable(contest.channel_id, guild_id=contest.guild_id)
