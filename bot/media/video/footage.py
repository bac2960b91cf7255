"""Reads an MP4 from start to end: its actual properties, whether it plays, and what it shows.

Claims in the file are not trusted where the facts can be measured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import av
from av.container import InputContainer
from av.video.stream import VideoStream
from PIL import Image

from bot.data_classes import value_object
from bot.domain.errors import SpoiltVideo
from bot.domain.media import Footage
from bot.media.refusals import CUT_OFF, DAMAGED_VIDEO, NO_VIDEO
from bot.media.video.frames import opened
from bot.media.video.painting import Painter
from bot.media.video.playing import obstacles
from bot.media.video.view import View

MISSING = 0.5  # seconds the end may fall short of the header's claim before it counts as truncated
# Above this, only key frames are decoded. 4.5 minutes of 720p, or half a minute of 4K: about ten seconds of work.
# work.
MOST_PIXELS = 8_000_000_000
CLOSE = 0.1  # seconds between two times that people consider the same


@value_object
class Still:
    """One frame as a picture, `at` seconds after the first: the requested time, or its own time if that differs."""

    at: float
    image: Image.Image


@value_object
class Sight:
    """One frame that is shown at some of the requested times, the first of which has index `number` among all.

    `at` is the label of each of these times, in seconds after the first frame.
    """

    number: int
    at: tuple[float, ...]
    painter: Painter
    frame: av.VideoFrame
    view: View

    def picture(self, longest: int) -> Image.Image:
        """Upright, with no side longer than `longest`."""
        return self.painter.picture(self.frame, self.view, longest)

    def longest(self, most: int) -> int:
        """Pixels of the longer side of its picture, at most `most`."""
        return min(most, max(self.view.size.width, self.view.size.height))


@value_object
class Span:
    """What demuxing the whole file has shown about the video stream; times in seconds."""

    start: float
    seconds: float
    frames: int


def inspected(path: str, count: int, longest: int) -> tuple[Footage, tuple[Still, ...]]:
    """The facts, and `count` evenly spread stills, no side above `longest`. Raises SpoiltVideo like `watched`."""
    stills = list[Still]()

    def see(sight: Sight) -> None:
        image = sight.picture(longest)
        stills.extend(Still(at=at, image=image) for at in sight.at)

    return watched(path, count, see), tuple(stills)


def watched(path: str, count: int, see: Callable[[Sight], object]) -> Footage:
    """The facts. `see` is shown the frames at `count` evenly spread times, while the video is decoded.

    Raises SpoiltVideo unless every packet is there and the decoded ones are sound.
    """
    with opened(path) as (container, stream):
        try:
            span = measured(container, stream)
            view = _watched(container, stream, span, count, see)
        except av.FFmpegError as error:
            raise SpoiltVideo(DAMAGED_VIDEO) from error
        return _facts(container, stream, span, view)


def measured(container: InputContainer, stream: VideoStream) -> Span:
    """Demux every packet of every stream without decoding any."""
    starts: list[int] = []
    end = 0
    for packet in container.demux():
        if packet.is_corrupt:
            raise SpoiltVideo(CUT_OFF)
        if packet.stream.index == stream.index and packet.pts is not None:
            starts.append(packet.pts)
            end = max(end, packet.pts + (packet.duration or 0))
    if not starts or stream.time_base is None:
        raise SpoiltVideo(NO_VIDEO)
    first = min(starts)
    if end - first < (stream.duration or 0) - MISSING / stream.time_base:
        raise SpoiltVideo(CUT_OFF)
    tick = stream.time_base
    return Span(start=float(first * tick), seconds=float((end - first) * tick), frames=len(starts))


def _watched(
    container: InputContainer, stream: VideoStream, span: Span, count: int, see: Callable[[Sight], object]
) -> View:
    """Show the frames in the middle of `count` equal stretches; in a short video several share one frame."""
    if span.frames * stream.width * stream.height > MOST_PIXELS:
        stream.codec_context.skip_frame = "NONKEY"
    container.seek(stream.start_time or 0, stream=stream)
    wanted = [span.seconds * (number + 0.5) / count for number in range(count)]
    painter, shown = Painter(), 0

    def show(frame: av.VideoFrame, moments: Sequence[float]) -> None:
        time, view = _time(frame, span), View.of(frame, stream)
        at = tuple(moment if abs(time - moment) < CLOSE else time for moment in moments)
        see(Sight(number=shown, at=at, painter=painter, frame=frame, view=view))

    frame = None
    for frame in container.decode(stream):
        if due := [moment for moment in wanted[shown:] if moment <= _time(frame, span)]:
            show(frame, due)
            shown += len(due)
    if frame is None:
        raise SpoiltVideo(NO_VIDEO)
    if left := wanted[shown:]:
        show(frame, left)
    return View.of(frame, stream)


def _time(frame: av.VideoFrame, span: Span) -> float:
    """Seconds after the first frame."""
    return max(0.0, frame.time - span.start)


def _facts(container: InputContainer, stream: VideoStream, span: Span, view: View) -> Footage:
    return Footage(
        size=view.size,
        seconds=span.seconds,
        video_codec=stream.codec_context.codec.canonical_name,
        pixel_format=stream.codec_context.pix_fmt or "",
        has_sound=bool(container.streams.audio),
        obstacles=obstacles(container, stream, view),
    )
