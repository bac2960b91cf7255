"""`python -m bot.media.video.inspection`: examines one video, and writes its posters and its contact sheet."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from bot.domain.media import Footage
from bot.media.video.footage import Sight, watched
from bot.media.video.sheet import STILLS, Highlights, contact_sheet, moving_poster
from bot.media.worker.child import serve
from bot.media.worker.facts import facts_of
from bot.media.worker.message import WorkerMessage

HEAVIEST = 20 * 1024 * 1024  # bytes of a given poster that is examined


def inspect(message: WorkerMessage) -> WorkerMessage:
    """`video`, `poster` and `sheet` are paths, `given` and `moving` too if there are any. Answers the facts.

    A second thread paints the frames that the first decodes, and writes the poster while the first writes the rest:
    FFmpeg and Pillow hold no lock while they work.
    """
    head, highlights = message.head, Highlights(given=_content(message.head["given"]))
    with ThreadPoolExecutor(1) as second:
        footage = _watched(head["video"], highlights, second)
        writing = second.submit(_write_poster, highlights, head["poster"])
        contact_sheet(highlights.stills).save(head["sheet"], "JPEG", quality=80)
        _write_moving(highlights, head.get("moving"))
        writing.result()
    return WorkerMessage(head=facts_of(footage))


def _watched(video: str, highlights: Highlights, second: ThreadPoolExecutor) -> Footage:
    painting: Future[None] | None = None

    def see(sight: Sight) -> None:
        nonlocal painting
        if painting is not None:
            painting.result()  # no more than one frame waits, because a large one takes much memory
        painting = second.submit(highlights.see, sight)

    footage = watched(video, STILLS, see)
    if painting is not None:
        painting.result()
    return footage


def _write_poster(highlights: Highlights, path: str) -> None:
    highlights.poster.save(path, "WEBP", quality=85, method=2)  # 4 takes twice as long for the same size


def _write_moving(highlights: Highlights, path: str | None) -> None:
    if path is not None and (moving := moving_poster(highlights.stills)) is not None:
        Path(path).write_bytes(moving)


def _content(path: str | None) -> bytes | None:
    """The file, unless there is none or it is too large to be a thumbnail."""
    if path is None or not Path(path).is_file() or Path(path).stat().st_size > HEAVIEST:
        return None
    return Path(path).read_bytes()


if __name__ == "__main__":
    serve(inspect)
