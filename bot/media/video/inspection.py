"""`python -m bot.media.video.inspection`: look through one video, write its posters and its contact sheet."""

from __future__ import annotations

from pathlib import Path

from bot.media.video.footage import inspected
from bot.media.video.sheet import LONGEST, STILLS, contact_sheet, moving_poster, poster
from bot.media.worker.child import serve
from bot.media.worker.facts import facts_of
from bot.media.worker.message import WorkerMessage

HEAVIEST = 20 * 1024 * 1024  # bytes of a given poster that is looked at


def inspect(message: WorkerMessage) -> WorkerMessage:
    """`video`, `poster` and `sheet` are paths, `given` and `moving` too if there are any. Answers the facts."""
    footage, stills = inspected(message.head["video"], STILLS, LONGEST)
    chosen = poster(stills, _content(message.head["given"]))
    chosen.save(message.head["poster"], "WEBP", quality=85, method=2)  # 4 takes twice as long for the same size
    contact_sheet(stills).save(message.head["sheet"], "JPEG", quality=80)
    if (target := message.head.get("moving")) is not None and (moving := moving_poster(stills)) is not None:
        Path(target).write_bytes(moving)
    return WorkerMessage(head=facts_of(footage))


def _content(path: str | None) -> bytes | None:
    """The file, unless there is none or it is too heavy to be a thumbnail."""
    if path is None or not Path(path).is_file() or Path(path).stat().st_size > HEAVIEST:
        return None
    return Path(path).read_bytes()


if __name__ == "__main__":
    serve(inspect)
