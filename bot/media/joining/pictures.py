"""The frames of several videos in one stream: copied, or painted and encoded again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

import av
from av.container import OutputContainer
from av.filter import Graph
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from bot.domain.video import Size
from bot.media.joining.parts import Part
from bot.media.picture.framing import within
from bot.media.video.encoding import ALIKE, TICKS, Recipe, film_stream, scaled
from bot.media.video.painting import Painter


class Pictures(Protocol):
    """The video stream of the result, as it is written."""

    def begin(self, part: Part) -> None: ...

    def take(self, packet: Packet[Stream]) -> None: ...

    def end(self) -> None: ...


@dataclass(slots=True)
class CopiedPictures:
    """Copied with new times, otherwise unchanged. Raises FFmpegError if the result is not a valid stream."""

    output: OutputContainer
    stream: VideoStream
    _offset: Fraction = Fraction(0)  # seconds

    @classmethod
    def of(cls, output: OutputContainer, parts: Sequence[Part]) -> CopiedPictures:
        return cls(output, output.add_stream_from_template(parts[0].stream))

    def begin(self, part: Part) -> None:
        self._offset = part.moved(0.0)

    def take(self, packet: Packet[Stream]) -> None:
        if packet.dts is None or packet.pts is None or packet.time_base is None:
            return  # the end marker
        ticks = round(self._offset / packet.time_base)
        packet.pts, packet.dts = packet.pts + ticks, packet.dts + ticks
        packet.stream = self.stream
        self.output.mux(packet)

    def end(self) -> None:
        return None


@dataclass(slots=True)
class PaintedPictures:
    """At the size and in the colours of the first; a video with a different shape gets bars."""

    output: OutputContainer
    stream: VideoStream
    size: Size
    first: Part
    _part: Part
    _painter: Painter = field(default_factory=Painter)
    _bars: Graph | None = None
    _last: int = -1  # ticks

    @classmethod
    def of(cls, output: OutputContainer, parts: Sequence[Part]) -> PaintedPictures:
        first = parts[0]
        size = scaled(first.source.size, min(part.source.largest_scale for part in parts))
        recipe = Recipe(
            view=first.view,
            size=size,
            frame_rate=first.source.frame_rate,
            picture=None,
            sound=None,
            options=ALIKE,
        )
        return cls(output, film_stream(output, recipe), size, first, first)

    def begin(self, part: Part) -> None:
        self._part, self._painter, self._bars = part, Painter(), None

    def take(self, packet: Packet[Stream]) -> None:
        for frame in packet.decode():
            if isinstance(frame, av.VideoFrame):
                self._paint(frame, round(self._part.moved(frame.time) * TICKS))

    def end(self) -> None:
        self.output.mux(self.stream.encode())

    def _paint(self, frame: av.VideoFrame, at: int) -> None:
        if at <= self._last:  # two frames with the same time cannot be shown
            return
        self._last, painted = at, self._painted(frame)
        painted.pts, painted.time_base = at, Fraction(1, TICKS)
        painted.pict_type = av.video.frame.PictureType.NONE
        self.output.mux(self.stream.encode(painted))

    def _painted(self, frame: av.VideoFrame) -> av.VideoFrame:
        seen = self._part.view.size
        inner = scaled(Size(*within((seen.width, seen.height), (self.size.width, self.size.height))), 1.0)
        if abs(inner.width - self.size.width) <= 2 and abs(inner.height - self.size.height) <= 2:
            inner = self.size  # a single line of pixels does not count as a bar
        painted = self._painter.film(frame, self._part.view, inner, self.first.view)
        return painted if inner == self.size else self._with_bars(painted)

    def _with_bars(self, frame: av.VideoFrame) -> av.VideoFrame:
        if self._bars is None:
            self._bars = Graph()
            given = self._bars.add_buffer(
                width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1, TICKS)
            )
            pad = self._bars.add("pad", f"{self.size.width}:{self.size.height}:-1:-1:black")
            self._bars.link_nodes(given, pad, self._bars.add("buffersink")).configure()
        frame.pts, frame.time_base = 0, Fraction(1, TICKS)
        self._bars.vpush(frame)
        return self._bars.vpull()
