"""The posters of videos: read from the file store, and uploaded under names of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from io import BytesIO

import discord

from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.ports.files import FileStore
from bot.ui.cards.stored_files import content_of

HEAVIEST_POSTER = 512 * 1024  # bytes; several are uploaded with a page, and one with each video

Poster = Callable[[FileStore, Job], Awaitable[bytes | None]]


async def still_poster(files: FileStore, job: Job) -> bytes | None:
    """None if there is none, or it is unusually large: the video matters, its poster is optional."""
    return None if job.video is None else await content_of(files, job.video.poster, HEAVIEST_POSTER)


async def moving_poster(files: FileStore, job: Job) -> bytes | None:
    """Likewise the moving one, or the still one if there is no other."""
    if job.video is None:
        return None
    moving = await content_of(files, job.video.moving_poster, HEAVIEST_POSTER)
    return moving or await still_poster(files, job)


async def posters_of(files: FileStore, jobs: Iterable[Job], poster: Poster = still_poster) -> Mapping[JobId, bytes]:
    """Those that there are, read at the same time."""
    given = list(jobs)
    found = await asyncio.gather(*(poster(files, job) for job in given))
    return {job.id: data for job, data in zip(given, found, strict=True) if data is not None}


def poster_name(job_id: JobId) -> str:
    """The name under which the poster of one of several videos is uploaded."""
    return f"poster-{job_id}.webp"


def poster_files(posters: Mapping[JobId, bytes]) -> list[discord.File]:
    return [discord.File(BytesIO(data), poster_name(job_id)) for job_id, data in posters.items()]
