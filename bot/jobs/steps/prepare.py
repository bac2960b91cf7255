"""The inputs of an order: its prompt, its picture, its original."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from bot.domain.job import Job
from bot.domain.media import FramePosition
from bot.domain.models.card import ModelCard
from bot.domain.ports.provider import Order
from bot.domain.video import BY_FILE, BY_ID, Picture, RemixMethod
from bot.jobs.context import StepContext
from bot.jobs.ordering.remix_methods import remote_id
from bot.jobs.ordering.remix_prompts import remix_prompt

STILLS = {RemixMethod.FRAME: FramePosition.FIRST, RemixMethod.LAST_FRAME: FramePosition.LAST}


@asynccontextmanager
async def prepared_order(
    context: StepContext, job: Job, card: ModelCard, source: Job | None = None, method: RemixMethod | None = None
) -> AsyncIterator[Order]:
    """The order, with its files open. Raises FileNotFoundError and SpoiltVideo."""
    request = job.request
    async with AsyncExitStack() as open_files:
        pictures = [await _png(context, picture) for picture in request.pictures]
        picture, source_file = pictures.pop(0) if request.picture is not None else None, None
        if source is not None and source.video is not None and method in BY_FILE:
            source_file = await open_files.enter_async_context(context.files.local(source.video.video))
        if method in STILLS and source_file is not None:
            picture = await context.media.still(source_file, request.size, STILLS[method])
        words = (
            remix_prompt(method, request.prompt, source.request, request.aim) if source and method else request.prompt
        )
        yield Order(
            card=card,
            prompt=words,
            seconds=request.seconds,
            size=request.size,
            method=method,
            picture=picture,
            source_id=remote_id(source) if source and method in BY_ID else None,
            source_file=source_file if method is RemixMethod.SOURCE else None,
            options=request.options.with_pictures(pictures),
        )


async def _png(context: StepContext, picture: Picture) -> bytes:
    """Raises FileNotFoundError."""
    return await context.files.read(picture.key)
