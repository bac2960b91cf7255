"""The only author of messages about jobs: redraws cards as jobs change, and posts each finished video once."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import discord

from bot.client import VideoBot
from bot.domain.errors import Unavailable, Undeliverable
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.phases import Posting, Queued, Undelivered, name_of
from bot.ui.buttons import job_of
from bot.ui.card_files import draw
from bot.ui.cards import ResultPost
from bot.ui.editor import LEAST_GAP, CardEditor

log = logging.getLogger(__name__)

NONCE_HOLDS = timedelta(minutes=2)  # Discord answers a repeated nonce with the first message for "a few minutes"
MOST_OUTDATED = 500  # cards redrawn after a start
SERVER_TROUBLE = 500  # HTTP status from which on the fault is Discord's and passes
HISTORY_TO_SEARCH = 200  # messages after the intent to post; ours is among the first

NO_ACCESS = "I cannot post in its channel any more."
NO_CHANNEL = "Its channel is gone."
NO_FILE = "Its file is not here any more."
REFUSED = {
    40005: "It is too large for this channel.",
    50007: "Your direct messages are closed to me.",
    50278: "Your direct messages are closed to me.",
    160005: "Its thread is locked.",
    200000: "The server's AutoMod refused it.",
    200001: "The server's AutoMod refused it.",
    20009: "Discord's own filter refused it for this channel.",
}


class Announcer:
    def __init__(self, client: VideoBot, *, least_gap: float = LEAST_GAP) -> None:
        self._client = client
        self._editor = CardEditor(self._redraw, least_gap=least_gap)
        self._refreshing: set[asyncio.Task[None]] = set()

    # Cards

    def heard(self, job: Job) -> None:
        """A job has changed: its card follows, and so do the cards behind it in line."""
        self._editor.want(job.channel_id, job.id, urgent=job.is_at_rest or job.cancel_asked_by is not None)
        if not isinstance(job.phase, Queued):
            task = asyncio.create_task(self._refresh_line(job.guild_id), name="refresh the line")
            self._refreshing.add(task)
            task.add_done_callback(self._refreshing.discard)

    async def catch_up(self) -> None:
        """Redraw the cards of jobs that moved on while nobody was there to draw; for the start of the process."""
        for job in await self._client.messages.outdated_cards(MOST_OUTDATED):
            self._editor.want(job.channel_id, job.id, urgent=False)

    async def close(self) -> None:
        for task in self._refreshing:
            task.cancel()
        await asyncio.gather(*self._refreshing, return_exceptions=True)
        await self._editor.close()

    async def _refresh_line(self, guild_id: int) -> None:
        for waiting in await self._client.jobs.waiting(guild_id):
            self._editor.want(waiting.channel_id, waiting.id, urgent=False)

    async def _redraw(self, job_id: JobId) -> None:
        job = await self._client.jobs.find(job_id)
        card = (await self._client.messages.shown(job_id)).card
        if job is None or card is None:
            return
        drawn = await draw(self._client, job)
        try:
            await self._message(card).edit(**drawn.as_edit())
        except discord.HTTPException as error:
            # The card was deleted, or its thread archived: the result is a message of its own, so nothing is lost.
            log.info("the card of %s could not be edited: %s (%s)", job_id, error.text, error.code)
            if error.status >= SERVER_TROUBLE:
                return
        await self._client.messages.remember_drawn(job_id, name_of(job.phase))

    def _message(self, place: PostedMessage) -> discord.PartialMessage:
        return self._client.get_partial_messageable(place.channel_id).get_partial_message(place.message_id)

    # Results

    async def deliver(self, job: Job, *, again: bool) -> None:
        """Post the video of a job once; see `bot.domain.ports.Courier`."""
        places = await self._client.messages.shown(job.id)
        if places.result is not None:
            return
        try:
            message = (await self._find_posted(job) if again else None) or await self._post(job, places.card)
        except discord.HTTPException as error:
            raise _translated(error) from error
        except (OSError, RuntimeError) as error:
            raise Unavailable("Discord cannot be reached.") from error
        posted = PostedMessage(channel_id=message.channel.id, message_id=message.id)
        await self._client.messages.remember_result(job.id, posted)

    async def repost(self, job: Job, *, asked_by: int, nonce: str) -> PostedMessage:
        """Post a kept video once more, whether or not it was ever shown; see `bot.domain.ports.Reposter`."""
        if job.video is not None and job.video.bytes > job.upload_limit:
            raise Undeliverable(REFUSED[40005])
        # What its owner still waits for is news to them; all else is asked for by somebody who is looking.
        news = isinstance(job.phase, Undelivered) and (not job.private or asked_by == job.owner_id)
        post = ResultPost(job, file_name(job), late=news, asked_by=None if news else asked_by)
        try:
            message = await self._send(job, post, nonce=nonce, notified=[job.owner_id] if news else [])
        except discord.HTTPException as error:
            raise _translated(error) from error
        except FileNotFoundError as error:
            raise Undeliverable(NO_FILE) from error
        except (OSError, RuntimeError) as error:
            raise Unavailable("Discord cannot be reached.") from error
        return PostedMessage(channel_id=message.channel.id, message_id=message.id)

    async def _post(self, job: Job, card: PostedMessage | None) -> discord.Message:
        post = ResultPost(job, file_name(job))
        return await self._send(job, post, nonce=f"k1-{job.id}-result", notified=[job.owner_id], answers=card)

    async def _send(
        self, job: Job, post: ResultPost, *, nonce: str, notified: list[int], answers: PostedMessage | None = None
    ) -> discord.Message:
        if job.video is None:
            raise Undeliverable("Its files were deleted.")
        channel = self._client.get_partial_messageable(job.channel_id)
        reference: dict[str, Any] = {}  # discord.py has no value that stands for none
        if answers is not None:
            reference["reference"] = discord.MessageReference(
                message_id=answers.message_id, channel_id=answers.channel_id, fail_if_not_exists=False
            )
        async with self._client.files.local(job.video.video) as path:
            return await channel.send(
                view=post,
                file=discord.File(path, file_name(job)),
                nonce=nonce,
                allowed_mentions=discord.AllowedMentions(
                    everyone=False, roles=False, users=[discord.Object(id_) for id_ in notified], replied_user=False
                ),
                **reference,
            )

    async def _find_posted(self, job: Job) -> discord.Message | None:
        """The result an earlier try may have posted. While Discord still knows the nonce, repeating it finds it too."""
        since = job.phase.since if isinstance(job.phase, Posting) else None
        if since is None or datetime.now(UTC) - since < NONCE_HOLDS:
            return None
        channel = self._client.get_partial_messageable(job.channel_id)
        async for message in channel.history(after=since - timedelta(minutes=1), limit=HISTORY_TO_SEARCH):
            ours = self._client.user is not None and message.author.id == self._client.user.id
            if ours and job_of(message) == job.id and _plays(message):
                return message
        return None


def file_name(job: Job) -> str:
    """What the video is called on Discord, which knows by the ending that it plays."""
    return f"kinora-{job.id}.mp4"


def _plays(message: discord.Message) -> bool:
    return any(component.type is discord.ComponentType.media_gallery for component in _flat(message))


def _flat(message: discord.Message) -> list[discord.Component]:
    inner = [c for component in message.components for c in getattr(component, "children", ())]
    return [*message.components, *inner]


def _translated(error: discord.HTTPException) -> Exception:
    """Discord's refusal in our words: final ones keep the video aside, passing ones are tried again."""
    if error.code in REFUSED:
        return Undeliverable(REFUSED[error.code])
    if isinstance(error, discord.NotFound):
        return Undeliverable(NO_CHANNEL)
    if isinstance(error, discord.Forbidden):
        return Undeliverable(NO_ACCESS)
    if error.status == 413:
        return Undeliverable(REFUSED[40005])
    if error.status < 500 and error.status != 429:
        return Undeliverable(f"Discord refused it: {error.text[:200]}")
    return Unavailable("Discord is in trouble.", None)
