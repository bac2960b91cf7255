"""`python -m bot import`: what it imports, and what the terminal says about it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from tqdm import tqdm

from bot.clock import SystemClock
from bot.domain.texts.files import on_one_line
from bot.importing.folder import read_folder
from bot.importing.videos import ACCOUNT, ImportReport, ImportVideos, Recipient
from bot.media.processor import SubprocessMediaProcessor
from bot.settings import Settings
from bot.wiring.paths import database_url
from bot.wiring.stores import open_stores
from storage.db.database import failing_in_words
from storage.jobs.imports import SqlImports

DONE, INCOMPLETE = 0, 1  # exit codes


async def import_videos(settings: Settings, folder: Path, recipient: Recipient) -> tuple[int, Sequence[str]]:
    """The exit code and what to print. Run again, it adds only what is missing. Raises CannotStart."""
    content = await asyncio.to_thread(read_folder, folder)
    async with AsyncExitStack() as opened:
        clock = SystemClock()
        stores = await open_stores(settings, clock, opened)
        importing = ImportVideos(
            recipient=recipient,
            files=stores.files,
            media=SubprocessMediaProcessor(),
            imports=SqlImports(database=stores.queue.database, account=ACCOUNT),
            clock=clock,
        )
        report = ImportReport(unfinished=content.unfinished, skipped=list(content.skipped))
        with failing_in_words(database_url(settings)):
            await importing.run(tqdm(content.videos, desc="videos", unit="video", disable=None), report)
    return _told(folder, report)


def _told(folder: Path, report: ImportReport) -> tuple[int, Sequence[str]]:
    counts = f"{report.imported:,} imported, {report.already_there:,} already there, {len(report.skipped):,} skipped"
    sign, code = ("✗", INCOMPLETE) if report.skipped else ("✓", DONE)
    return code, [
        f"{sign} {folder}: {counts}",
        *[f"{report.unfinished:,} more were never finished."] * (report.unfinished > 0),
        *(f"  {on_one_line(each.name)}: {on_one_line(each.reason)}" for each in report.skipped),
    ]
