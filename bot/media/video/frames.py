"""Frames of a local MP4 as pictures."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import av
from av.container import InputContainer
from av.video.reformatter import Colorspace, Interpolation
from av.video.stream import VideoStream
from PIL import Image

from bot.domain.errors import SpoiltVideo
from bot.media.picture.framing import within

THREADS = 2  # memory grows with each, and other work wants the cores
NO_VIDEO = "The file holds no video that could be played."
UNSPECIFIED = 2  # AVCOL_SPC_UNSPECIFIED
HD = (1280, 576)  # from this width, or above this height, colours without a label are BT.709 by custom; below, BT.601


@contextmanager
def opened(path: str) -> Iterator[tuple[InputContainer, VideoStream]]:
    """A local MP4 and its video stream. Raises SpoiltVideo, or OSError when there is no such file."""
    Path(path).stat()  # a missing file is not a spoilt one
    try:
        # With the format given, a play list or a script, which could name other files, is never followed.
        container = av.open(f"file:{path}", format="mp4", options={"protocol_whitelist": "file"})
    except av.FFmpegError as error:
        raise SpoiltVideo(NO_VIDEO) from error
    with container:
        if not container.streams.video:
            raise SpoiltVideo(NO_VIDEO)
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        stream.thread_count = THREADS
        yield container, stream


def first_frame(path: str) -> Image.Image:
    """The first frame that can be decoded. Raises SpoiltVideo."""
    with opened(path) as (container, stream):
        frame = next(_decodable(container, stream), None)
        if frame is None:
            raise SpoiltVideo(NO_VIDEO)
        return picture(frame)


def last_frame(path: str) -> Image.Image:
    """The last frame that can be decoded, found from the last key frame if possible. Raises SpoiltVideo."""
    with opened(path) as (container, stream):
        start = stream.start_time or 0
        for place in (start + (stream.duration or 0), start):
            container.seek(place, stream=stream)
            newest = deque(_decodable(container, stream), maxlen=1)
            if newest:
                return picture(newest[0])
        raise SpoiltVideo(NO_VIDEO)


def picture(frame: av.VideoFrame, longest: int | None = None) -> Image.Image:
    """The frame as RGB; scaled down if a side is above `longest`."""
    size = frame.width, frame.height
    if longest is not None and max(size) > longest:
        size = within(size, (longest, longest))
    rgb = frame.reformat(
        *size,
        format="rgb24",
        src_colorspace=_unlabelled(frame),
        interpolation=Interpolation.LANCZOS,
    )
    (plane,) = rgb.planes
    return Image.frombytes("RGB", size, bytes(plane), "raw", "RGB", plane.line_size)


def _unlabelled(frame: av.VideoFrame) -> Colorspace | None:
    """What the colours are in when the frame does not say; FFmpeg would take HD for BT.601, unlike every player."""
    is_hd = frame.width >= HD[0] or frame.height > HD[1]
    return Colorspace.ITU709 if frame.colorspace == UNSPECIFIED and is_hd else None


def _decodable(container: InputContainer, stream: VideoStream) -> Iterator[av.VideoFrame]:
    """All frames from here on, passing over those that are damaged."""
    with suppress(av.FFmpegError):  # the end of a file that is cut off
        for packet in container.demux(stream):
            with suppress(av.error.InvalidDataError):
                yield from packet.decode()
