"""What the terminal says about a backup that was made or restored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.backup.make import Backup
from bot.backup.manifest import Manifest
from bot.backup.restore import Restore
from bot.settings import Settings

SHOWN = 10  # keys of files that are listed one by one
DONE, INCOMPLETE = 0, 1  # exit codes


async def backup(settings: Settings, folder: Path, *, with_files: bool) -> tuple[int, Sequence[str]]:
    """The exit code and what to print. Raises CannotStart."""
    manifest = await Backup(settings=settings, folder=folder, with_files=with_files).make()
    lines = [f"✓ {folder}: {_content(manifest)}"]
    if manifest.gone:
        lines.append(f"{len(manifest.gone)} files were deleted meanwhile.")
    if not with_files:
        lines.append("Videos and pictures are not in it; copy DATA_DIR/files as well.")
    return DONE, lines


async def restore(settings: Settings, folder: Path, *, replace: bool) -> tuple[int, Sequence[str]]:
    """Likewise. If some of the files are missing, it still restores the rest and reports it as incomplete."""
    restored = await Restore(settings=settings, folder=folder, replace=replace).run()
    lines = [f"✓ restored from {folder}: {_content(restored.manifest)}"]
    if restored.kept_as is not None:
        lines.append(f"The database that was there is kept as {restored.kept_as}.")
    lines.append("At its next start Kinora compares its orders with the video services before it sends any.")
    if not restored.missing:
        return DONE, lines
    return INCOMPLETE, [*lines, *_missing(restored.missing)]


def _content(manifest: Manifest) -> str:
    size = sum(file.size for file in manifest.files.values()) / 1e6
    files = f", {len(manifest.files):,} files ({size:,.1f} MB)" if manifest.with_files else ""
    return f"database ({manifest.database.size / 1e6:,.1f} MB){files} of {manifest.made_at:%Y-%m-%d %H:%M} UTC"


def _missing(keys: Sequence[str]) -> Sequence[str]:
    more = len(keys) - SHOWN
    named = [f"  {key}" for key in keys[:SHOWN]] + [f"  and {more:,} more"] * (more > 0)
    return ["✗ Files that are missing from the backup, or damaged in it:", *named]
