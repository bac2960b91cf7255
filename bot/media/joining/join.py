"""`python -m bot.media.joining.join`: appends one video to another, as one file that plays like the first.

Frames with the same encoding are copied, others are encoded again. The sound is always encoded again: tracks are rarely
as long as their video, and one of the videos may be silent.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

import av

from bot.domain.errors import SpoiltVideo
from bot.media.joining.parts import Part, are_alike, parts_of
from bot.media.joining.pictures import CopiedPictures, PaintedPictures, Pictures
from bot.media.joining.sound import Sound
from bot.media.refusals import NOT_JOINED
from bot.media.video.encoding import TO_BEGIN_EARLY, check_room
from bot.media.video.kinds import MP4
from bot.media.worker.child import serve
from bot.media.worker.message import WorkerMessage


def join(message: WorkerMessage) -> WorkerMessage:
    """`first`, `second` and `target` are paths. Answers whether the frames were `copied`. Raises SpoiltVideo."""
    paths, target = (message.head["first"], message.head["second"]), message.head["target"]
    for copied in (True, False):
        with ExitStack() as files:
            parts = parts_of(paths, files)
            if (not copied or are_alike(parts)) and _is_written(target, parts, copied=copied):
                return WorkerMessage(head={"copied": copied})
    raise SpoiltVideo(NOT_JOINED)


def _is_written(target: str, parts: Sequence[Part], *, copied: bool) -> bool:
    """Whether that worked. Raises OSError if the disk is full: a later attempt may have enough space."""
    kind = CopiedPictures if copied else PaintedPictures
    try:
        with av.open(target, "w", format=MP4, options=TO_BEGIN_EARLY) as output:
            pictures = kind.of(output, parts)
            sound = Sound.of(output) if any(part.sound for part in parts) else None
            _write(parts, pictures, sound)
    except av.FFmpegError as error:
        check_room(error)
        return False
    return True


def _write(parts: Sequence[Part], pictures: Pictures, sound: Sound | None) -> None:
    for part in parts:
        pictures.begin(part)
        if sound is not None:
            sound.begin(part)
        for packet in part.packets():
            if packet.stream.index == part.stream.index:
                pictures.take(packet)
            elif sound is not None:
                sound.take(packet)
    pictures.end()
    if sound is not None:
        sound.end()


if __name__ == "__main__":
    serve(join)
