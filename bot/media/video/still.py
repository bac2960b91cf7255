"""`python -m bot.media.video.still`: one frame of a video as a picture of a given size."""

from __future__ import annotations

from bot.domain.media import FramePosition
from bot.domain.video import Size
from bot.media.picture.framing import cover, png
from bot.media.video.frames import first_frame, last_frame
from bot.media.worker.child import serve
from bot.media.worker.message import WorkerMessage


def still(message: WorkerMessage) -> WorkerMessage:
    """`video` is a path; `size` and `moment` as in `MediaProcessor.still`. Answers the PNG."""
    size = Size.of(message.head["size"])
    frame = first_frame if FramePosition(message.head["moment"]) is FramePosition.FIRST else last_frame
    image = cover(frame(message.head["video"]), (size.width, size.height))
    return WorkerMessage(head={}, parts=(png(image),))


if __name__ == "__main__":
    serve(still)
