"""Whether there is room for a video that is ordered now."""

from __future__ import annotations

from bot.domain.messages import Message, msg
from bot.jobs.context import StepContext

ROOM_FOR_A_VIDEO = 500 * 1024 * 1024  # bytes free on disk before another video is ordered
READ_ONLY = msg("The bot can't store files now. Orders wait until that's fixed.")
DISK_FULL = msg("The bot's disk is full. Orders wait until there's room.")
QUOTA_FULL = msg("The bot's storage is full. Orders wait until there's room.")


async def lack_of_room(context: StepContext) -> Message | None:
    """Why nothing is ordered now; None if there is room."""
    if await context.files.free_bytes() < ROOM_FOR_A_VIDEO:
        return DISK_FULL
    if not await context.files.writable():
        return READ_ONLY
    use = await context.quota.use()
    return QUOTA_FULL if use is not None and use.is_full else None
