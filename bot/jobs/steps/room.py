"""Whether there is room for a video that is ordered now."""

from __future__ import annotations

from bot.domain.messages import Message, msg
from bot.domain.ports.files import FileStore
from bot.jobs.context import StepContext

ROOM_FOR_A_VIDEO = 500 * 1024 * 1024  # bytes free on disk before another video is ordered
READ_ONLY = msg("The bot can't store files now. Orders wait until that's fixed.")
DISK_FULL = msg("The bot's disk is full. Orders wait until there's room.")
QUOTA_FULL = msg("The bot's storage is full. Orders wait until there's room.")


async def lack_of_room(context: StepContext) -> Message | None:
    """Why nothing is ordered now; None if there is room."""
    free = await room_in(context.files)
    if free is None:
        return READ_ONLY
    if free < ROOM_FOR_A_VIDEO:
        return DISK_FULL
    use = await context.quota.use()
    return QUOTA_FULL if use is not None and use.is_full else None


async def room_in(files: FileStore) -> int | None:
    """Bytes free on disk. None if files can't be stored at all: a disk may be read-only, broken, gone, or silent.

    A full disk is not written to: that can't succeed, and would look as if it took no files at all.
    """
    try:
        free = await files.free_bytes()
    except OSError:
        return None
    return free if free < ROOM_FOR_A_VIDEO or await files.writable() else None
