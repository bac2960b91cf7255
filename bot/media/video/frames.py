"""A local video file and its frames."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream
from PIL import Image

from bot.domain.errors import SpoiltVideo
from bot.media.refusals import CUT_OFF, NO_VIDEO, UNREADABLE
from bot.media.video.kinds import MP4
from bot.media.video.painting import THREADS, Painter
from bot.media.video.playing import can_be_decoded
from bot.media.video.view import View


@contextmanager
def opened(path: str, kind: str = MP4) -> Iterator[tuple[InputContainer, VideoStream]]:
    """A local file and its video stream. Raises SpoiltVideo, or OSError if there is no such file."""
    Path(path).stat()  # a missing file is not a spoilt one
    try:
        # With the format given, a playlist or a script, which could name other files, is never followed.
        container = av.open(f"file:{path}", format=kind, options={"protocol_whitelist": "file"})
    except av.FFmpegError as error:
        raise SpoiltVideo(NO_VIDEO) from error
    with container:
        stream = next((each for each in container.streams.video if not _is_cover(each)), None)
        if stream is None:
            raise SpoiltVideo(NO_VIDEO)
        if not can_be_decoded(stream):
            # A download that broke off in the header says as little about its format (PyAV-Org/PyAV#2344).
            raise SpoiltVideo(UNREADABLE, lasting=True) if _has_packets(container, stream) else SpoiltVideo(CUT_OFF)
        stream.thread_type = "AUTO"
        stream.thread_count = THREADS
        yield container, stream


def first_frame(path: str) -> Image.Image:
    """The first frame that can be decoded. Raises SpoiltVideo."""
    with opened(path) as (container, stream):
        return _seen(first_of(container, stream), stream)


def last_frame(path: str) -> Image.Image:
    """The last frame that can be decoded, found from the last key frame if possible. Raises SpoiltVideo."""
    with opened(path) as (container, stream):
        start = stream.start_time or 0
        for place in (start + (stream.duration or 0), start):
            container.seek(place, stream=stream)
            newest = deque(_decodable(container, stream), maxlen=1)
            if newest:
                return _seen(newest[0], stream)
        raise SpoiltVideo(NO_VIDEO)


def first_of(container: InputContainer, stream: VideoStream) -> av.VideoFrame:
    """The first frame from here on that can be decoded. Raises SpoiltVideo."""
    frame = next(_decodable(container, stream), None)
    if frame is None:
        raise SpoiltVideo(NO_VIDEO)
    return frame


def _seen(frame: av.VideoFrame, stream: VideoStream) -> Image.Image:
    return Painter().picture(frame, View.of(frame, stream))


def _has_packets(container: InputContainer, stream: VideoStream) -> bool:
    try:
        return any(packet.size and not packet.is_corrupt for packet in container.demux(stream))
    except av.FFmpegError:
        return False


def _is_cover(stream: VideoStream) -> bool:
    """Whether this is a cover picture for file lists."""
    return bool(stream.disposition & Disposition.attached_pic)


def _decodable(container: InputContainer, stream: VideoStream) -> Iterator[av.VideoFrame]:
    """All frames from here on, skipping damaged ones."""
    with suppress(av.FFmpegError):  # the end of a truncated file
        for packet in container.demux(stream):
            with suppress(av.error.InvalidDataError):
                yield from packet.decode()
