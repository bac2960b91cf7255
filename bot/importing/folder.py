"""The videos in a folder, each with its entry in a history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from bot.data_classes import value_object
from bot.domain.errors import CannotStart
from bot.domain.texts.files import storable
from bot.importing.history import HistoryEntry, NoHistoryError, read_history

VIDEO, POSTER = "_video.mp4", "_thumbnail.webp"  # after the id of a video


@value_object
class Skipped:
    name: str  # of a file in the folder
    reason: str


@value_object
class Found:
    """A video. `poster` is the one that came with it."""

    entry: HistoryEntry
    video: Path
    poster: Path | None


@value_object
class Folder:
    """`videos`: sources come before the videos made from them."""

    videos: Sequence[Found]
    skipped: Sequence[Skipped]
    unfinished: int  # entries of a history without a video


def read_folder(folder: Path) -> Folder:
    """Raises CannotStart."""
    try:
        names = {path.name: path for path in sorted(folder.iterdir()) if path.is_file()}
    except OSError as error:
        raise CannotStart(f"The folder {folder} cannot be read: {error.strerror}.") from None
    skipped: list[Skipped] = []
    entries = _of_files(names)
    for name, path in names.items():
        if name.endswith(".json"):
            try:
                entries |= {entry.id: entry for entry in read_history(path)}
            except NoHistoryError as error:
                skipped.append(Skipped(name=name, reason=str(error)))
    if not entries and not skipped:
        raise CannotStart(f"The folder {folder} has no files named like ID{VIDEO}, and no history as JSON.")
    found, unfinished = list[Found](), 0
    for entry in _parents_first(entries):
        video = names.get(f"{entry.id}{VIDEO}") or names.get(entry.filename or "")
        if video is not None:
            found.append(Found(entry=entry, video=video, poster=names.get(f"{entry.id}{POSTER}")))
        elif entry.is_unfinished:
            unfinished += 1
        else:
            skipped.append(Skipped(name=f"{entry.id}{VIDEO}", reason="the file is missing"))
    return Folder(videos=found, skipped=skipped, unfinished=unfinished)


def _of_files(names: Iterable[str]) -> dict[str, HistoryEntry]:
    """Entries made from file names: their ids. A name may contain bytes that are not text."""
    videos = [(storable(name.removesuffix(VIDEO)), name) for name in names if name.endswith(VIDEO)]
    return {its_id: HistoryEntry(id=its_id, filename=name) for its_id, name in videos if its_id}


def _parents_first(entries: Mapping[str, HistoryEntry]) -> Iterator[HistoryEntry]:
    """Each entry once, even if they form a cycle."""
    given = set[str]()
    for entry in entries.values():
        line: list[HistoryEntry] = []
        above: HistoryEntry | None = entry
        while above is not None and above.id not in given:
            given.add(above.id)
            line.append(above)
            above = entries.get(above.remix_of or "")
        yield from reversed(line)
