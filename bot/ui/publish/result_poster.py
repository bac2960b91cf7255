"""Delivers a finished video: the file itself, a smaller copy, a link, or a note where it is kept."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import replace
from datetime import timedelta
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Any

import discord
from discord.ui import LayoutView

from bot.data_classes import value_object, wired
from bot.domain.errors import Undeliverable
from bot.domain.job import Job, PostedMessage
from bot.domain.links import PlayerLinks
from bot.domain.messages import Message, joined
from bot.domain.ports.clock import Clock
from bot.domain.ports.files import FileStore
from bot.domain.video import StoredVideo
from bot.jobs.delivery.previews import Previews
from bot.jobs.delivery.upload_limits import UNBOOSTED, UploadLimits
from bot.network.drive import DRIVE
from bot.ui.cards.job_card import NO_FACTS, POSTER, ResultPost
from bot.ui.cards.lookup import ResultLookup
from bot.ui.cards.showcase_post import ShowcaseFacts, ShowcasePost
from bot.ui.interactions.discord_errors import is_too_large, refuses_the_reference
from bot.ui.text.phrases import results
from bot.ui.text.phrases.results import ResultFacts

log = logging.getLogger(__name__)

MOST_COPIES = 2  # attempts to upload a smaller copy, the second with half the bytes
LINK_LASTS = timedelta(days=7)


@value_object
class Occasion:
    """Why a result is posted. Its owner is notified, unless somebody just asked to see it again."""

    nonce: str  # if it is repeated, Discord returns the message that it already has
    card: PostedMessage | None = None  # the message to reply to
    late: bool = False
    asked_by: int | None = None  # who asked to see it again
    said: Message | None = None  # an extra sentence on the message
    original: bool = False  # post the original file, even if it does not play everywhere
    about: ResultFacts = NO_FACTS
    poster: bytes | None = None
    silent: bool = False  # do not notify its owner
    showcase: ShowcaseFacts | None = None  # for a showcase, in which nobody is notified


@value_object
class Attempt:
    """The content of one attempt to post. View and file are created for each attempt, as neither can be sent twice."""

    job: Job
    file: Path | None
    note: Message | None = None
    link: str | None = None

    def as_message(self, occasion: Occasion, content: BufferedReader | None) -> dict[str, Any]:
        """`content`: the file, opened."""
        name = None if self.file is None else file_name(self.job, self.file.suffix)
        files = [] if content is None else [discord.File(content, name)]
        # In addition to the video, which stays the first file; if a still replaces the video, it is the poster itself.
        poster = occasion.poster if name is not None and name.endswith(".mp4") else None
        if poster is not None:
            files.append(discord.File(BytesIO(poster), POSTER))
        return {"view": self._view(occasion, name, has_poster=poster is not None), "files": files}

    def _view(self, occasion: Occasion, name: str | None, *, has_poster: bool) -> LayoutView:
        note = self._note(occasion)
        if occasion.showcase is not None:
            return ShowcasePost(self.job, name, occasion.about, occasion.showcase, note=note, link=self.link)
        return ResultPost(
            self.job,
            name,
            occasion.about,
            has_poster=has_poster,
            late=occasion.late,
            note=note,
            link=self.link,
            asked_by=occasion.asked_by,
        )

    def _note(self, occasion: Occasion) -> Message | None:
        said = [each for each in (occasion.said, self.note) if each]
        return joined(*said, by="\n-# ") if said else None


@wired
class ResultPoster:
    """The ways to post a video, best first. `links` is None if people can't reach this machine.

    `shares_database`: other processes may use the same database, each with its own files.
    """

    client: discord.Client
    files: FileStore
    previews: Previews
    limits: UploadLimits
    links: PlayerLinks | None
    clock: Clock
    lookup: ResultLookup
    shares_database: bool = False

    async def post(self, job: Job, occasion: Occasion) -> discord.Message:
        """Post the result in the best way that the channel allows.

        Raises Undeliverable, Unavailable, and errors of discord.py and the network. A file that is too large costs at
        most three uploads and never fails the post.
        """
        job = self._limited(job)
        if job.video is None:
            raise Undeliverable(results.DELETED)
        in_showcase = occasion.showcase is not None
        about = await self.lookup.facts(job, with_budget=occasion.asked_by is None and not in_showcase)
        poster = None if in_showcase else await self.lookup.poster(job)
        occasion = replace(occasion, about=about, poster=poster)
        try:
            return await self._best_way(job, job.video, occasion)
        except FileNotFoundError as error:
            log.error("%s: %s", job.id, error)  # noqa: TRY400 (the trace would say no more)
            raise Undeliverable(results.ELSEWHERE if self.shares_database else results.MISSING) from error

    def _limited(self, job: Job) -> Job:
        """With the current limit of its place: direct messages have no boosts, and those of a server may have ended."""
        guild = None if job.private else self.client.get_guild(job.guild_id)
        if guild is None:
            taken = UNBOOSTED if job.private else job.upload_limit
        else:
            taken = job.upload_limit if guild.unavailable else max(guild.filesize_limit, UNBOOSTED)
        return replace(job, upload_limit=min(job.upload_limit, taken))

    async def _best_way(self, job: Job, video: StoredVideo, occasion: Occasion) -> discord.Message:
        whole_first = video.plays_everywhere or occasion.original
        if whole_first and (sent := await self._whole(job, video, occasion)):
            return sent
        if sent := await self._fitted(job, video, occasion):
            return sent
        if not whole_first and (sent := await self._whole(job, video, occasion)):
            return sent
        return await self._elsewhere(job, video, occasion)

    async def _whole(self, job: Job, video: StoredVideo, occasion: Occasion) -> discord.Message | None:
        if video.bytes > await self.limits.of(job):
            return None
        note = None if video.plays_everywhere else results.odd_note(video)
        async with self.files.local(video.video) as path:
            return await self._or_remember(Attempt(job=job, file=path, note=note), video.bytes, occasion)

    async def _fitted(self, job: Job, video: StoredVideo, occasion: Occasion) -> discord.Message | None:
        for _ in range(MOST_COPIES):
            async with self.previews.fitted(video, await self.limits.of(job)) as path:
                if path is None:
                    return None
                size = (await DRIVE.quick(path.stat)).st_size
                attempt = Attempt(job=job, file=path, note=results.preview_note(video, size))
                if sent := await self._or_remember(attempt, size, occasion):
                    return sent
        return None

    async def _elsewhere(self, job: Job, video: StoredVideo, occasion: Occasion) -> discord.Message:
        """A still, and where the video is."""
        until = self.clock.now() + LINK_LASTS
        link = self.links.to(job.id, until) if self.links else None
        note = results.link_note(video, until) if link else results.kept_note(video)
        with contextlib.suppress(FileNotFoundError):  # the text matters, the still is optional
            async with self.files.local(video.poster) as poster:
                attempt = Attempt(job=job, file=poster, note=note, link=link)
                if sent := await self._unless_too_large(attempt, occasion):
                    return sent
        return await self._send(Attempt(job=job, file=None, note=note, link=link), occasion)

    async def _or_remember(self, attempt: Attempt, size: int, occasion: Occasion) -> discord.Message | None:
        """Post a video of `size` bytes; None if Discord finds it too large, which is remembered.

        The poster is included only if it fits into the message together with the video.
        """
        if occasion.poster is not None and size + len(occasion.poster) > await self.limits.of(attempt.job):
            occasion = replace(occasion, poster=None)
        sent = await self._unless_too_large(attempt, occasion)
        if sent is None:
            log.info("%s: Discord did not take %d bytes", attempt.job.id, size)
            await self.limits.refused(attempt.job, size)
        return sent

    async def _unless_too_large(self, attempt: Attempt, occasion: Occasion) -> discord.Message | None:
        try:
            return await self._send(attempt, occasion)
        except discord.HTTPException as error:
            if is_too_large(error):
                return None
            raise

    async def _send(self, attempt: Attempt, occasion: Occasion) -> discord.Message:
        try:
            return await self._send_once(attempt, occasion)
        except discord.HTTPException as error:
            if occasion.card is None or not refuses_the_reference(error):
                raise
            return await self._send_once(attempt, replace(occasion, card=None))

    async def _send_once(self, attempt: Attempt, occasion: Occasion) -> discord.Message:
        if attempt.file is None:
            return await self._send_content(attempt, occasion, None)
        async with DRIVE.opened(attempt.file) as content:
            return await self._send_content(attempt, occasion, content)

    async def _send_content(
        self, attempt: Attempt, occasion: Occasion, content: BufferedReader | None
    ) -> discord.Message:
        job, card, message = attempt.job, occasion.card, attempt.as_message(occasion, content)
        if card is not None:
            message["reference"] = discord.MessageReference(
                message_id=card.message_id, channel_id=card.channel_id, fail_if_not_exists=False
            )
        notified = [] if occasion.asked_by or occasion.silent else [discord.Object(job.owner_id)]
        return await self.client.get_partial_messageable(job.channel_id).send(
            **message,
            nonce=occasion.nonce,
            silent=occasion.silent,
            allowed_mentions=discord.AllowedMentions(everyone=False, roles=False, users=notified, replied_user=False),
        )


def file_name(job: Job, ending: str = ".mp4") -> str:
    """The name of a file on Discord, which plays videos by their extension."""
    return f"kinora-{job.id}{ending}"
