"""`python -m bot.media.video.still`: one frame of a video as a picture of a given size."""

from __future__ import annotations

from bot.domain.media import Moment
from bot.domain.video import Size
from bot.media.picture.framing import cover, png
from bot.media.video.frames import first_frame, last_frame
from bot.media.worker.child import serve
from bot.media.worker.message import Message


def still(message: Message) -> Message:
    """`video` is a path; `size` and `moment` as in `MediaProcessor.still`. Answers the PNG."""
    size = Size.of(message.head["size"])
    frame = first_frame if Moment(message.head["moment"]) is Moment.FIRST else last_frame
    image = cover(frame(message.head["video"]), (size.width, size.height))
    return Message(head={}, parts=(png(image),))


if __name__ == "__main__":
    serve(still)
