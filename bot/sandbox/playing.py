"""A demo runs as long as its folder is its own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from bot.sandbox.folder import HeldFolder
from bot.sandbox.keeper import BotKeeper
from bot.sandbox.usage import CannotPlay

T = TypeVar("T")


async def while_held(folder: HeldFolder, keeper: BotKeeper, play: Coroutine[Any, Any, T]) -> T:
    """The result of `play`. CannotPlay once the folder was deleted or moved.

    The bot is then killed at once. It opens its database by name, and would run the next demo's jobs with this demo's
    services.
    """
    playing = asyncio.create_task(play, name="demo")
    losing = asyncio.create_task(folder.lost(), name="watch the folder")
    try:
        await asyncio.wait({playing, losing}, return_when=asyncio.FIRST_COMPLETED)
        if playing.done():
            return playing.result()
        await keeper.kill()
    finally:
        for task in (playing, losing):
            task.cancel()
        await asyncio.gather(playing, losing, return_exceptions=True)
    raise CannotPlay(
        f"{folder.folder} was deleted or moved while this demo ran, with its videos and its database, so the demo has "
        "ended. Start it again."
    )
