"""`python -m bot.media.video.cut`: one still of a contact sheet, as large as the video."""

from __future__ import annotations

from PIL import Image

from bot.media.picture.framing import png
from bot.media.video.footage import Sight, watched
from bot.media.video.sheet import STILLS
from bot.media.worker.child import serve
from bot.media.worker.message import WorkerMessage

LONGEST = 2048  # pixels of any side; more than any model accepts


def cut(message: WorkerMessage) -> WorkerMessage:
    """`video` is a path; `number` as in `StillCutter.cut_still`. Answers the PNG."""
    number, found = message.head["number"], list[Image.Image]()

    def see(sight: Sight) -> None:
        if sight.number <= number < sight.number + len(sight.at):
            found.append(sight.picture(LONGEST))

    watched(message.head["video"], STILLS, see)
    (image,) = found
    return WorkerMessage(head={}, parts=(png(image),))


if __name__ == "__main__":
    serve(cut)
