"""Reads stored files of a job to show them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.domain.errors import StoreAway
from bot.domain.ports.files import FileStore


async def content_of(files: FileStore, key: str, most: int | None = None) -> bytes | None:
    """None if it was never made or has been deleted, has more than `most` bytes, or is currently unavailable."""
    try:
        async with files.local(key) as path:
            return await asyncio.to_thread(_read, path, most)
    except (FileNotFoundError, StoreAway):
        return None


def _read(path: Path, most: int | None) -> bytes | None:
    return path.read_bytes() if most is None or path.stat().st_size <= most else None
