"""`python -m bot.media.video.conversion`: converts a video from another container to MP4."""

from __future__ import annotations

import av

from bot.domain.errors import SpoiltVideo
from bot.media.refusals import CUT_OFF
from bot.media.video.encoding import ALIKE, SOUND, Recipe, Source, encode, scaled, source
from bot.media.video.frames import opened
from bot.media.video.painting import Painter
from bot.media.video.view import View
from bot.media.worker.child import serve
from bot.media.worker.message import WorkerMessage

MISSING = 0.2  # seconds the end may fall short of the header's claim: the last frame often has no duration


def convert(message: WorkerMessage) -> WorkerMessage:
    """`video` and `target` are paths, `kind` is FFmpeg's name for it. Raises SpoiltVideo."""
    video, target, kind = message.head["video"], message.head["target"], message.head["kind"]
    _check_whole(video, kind)
    with opened(video, kind) as (container, stream):
        original, view = source(container, stream)
    encode(video, target, Painter(), _recipe(original, view), kind=kind)
    return WorkerMessage(head={})


def _check_whole(video: str, kind: str) -> None:
    """Raises SpoiltVideo if packets are missing. Not every format states its duration."""
    with opened(video, kind) as (container, _):
        end = 0.0
        try:
            for packet in container.demux():
                if packet.is_corrupt:
                    raise SpoiltVideo(CUT_OFF)
                if packet.pts is not None and packet.time_base is not None:
                    end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
        except av.FFmpegError as error:
            raise SpoiltVideo(CUT_OFF) from error
        start = (container.start_time or 0) / av.time_base
        if end - start < (container.duration or 0) / av.time_base - MISSING:
            raise SpoiltVideo(CUT_OFF)


def _recipe(original: Source, view: View) -> Recipe:
    return Recipe(
        view=view,
        size=scaled(original.size, original.largest_scale),
        frame_rate=original.frame_rate,
        picture=None,
        sound=SOUND if original.has_sound else None,
        options=ALIKE,
    )


if __name__ == "__main__":
    serve(convert)
