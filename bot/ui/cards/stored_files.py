"""Reads stored files of a job to show them."""

from __future__ import annotations

from bot.domain.errors import StoreAway
from bot.domain.ports.files import FileStore, LargeFile


async def content_of(files: FileStore, key: str, most: int | None = None) -> bytes | None:
    """None if it was never made or has been deleted, has more than `most` bytes, or is currently unavailable."""
    try:
        return await files.read(key, most)
    except (FileNotFoundError, LargeFile, StoreAway):
        return None
