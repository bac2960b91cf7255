"""The videos that are joined, each with its position in the result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from fractions import Fraction

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

from bot.data_classes import value_object
from bot.media.video.encoding import TICKS, Source, heard_track, source
from bot.media.video.footage import Span, measured
from bot.media.video.frames import opened
from bot.media.video.view import Turn, View


@value_object
class Part:
    """One open video. `start` is its position in the result, in seconds; `span` is in its own time."""

    container: InputContainer
    stream: VideoStream
    sound: AudioStream | None
    source: Source
    view: View
    span: Span
    start: Fraction

    @property
    def end(self) -> Fraction:
        return self.start + exact(self.span.seconds)

    def packets(self) -> Iterator[Packet[Stream]]:
        """From its start, in the order they are stored, so that neither frames nor sound wait in memory."""
        self.container.seek(self.stream.start_time or 0, stream=self.stream)
        return self.container.demux([self.stream] if self.sound is None else [self.stream, self.sound])

    def moved(self, moment: float | None) -> Fraction:
        """A time in this part, converted to the result's time."""
        return self.start + exact((moment or 0.0) - self.span.start)


def exact(seconds: float) -> Fraction:
    return Fraction(round(seconds * TICKS), TICKS)


def parts_of(paths: Sequence[str], files: ExitStack) -> Sequence[Part]:
    """Open until `files` is closed. Raises SpoiltVideo."""
    parts, start = list[Part](), Fraction(0)
    for path in paths:
        container, stream = files.enter_context(opened(path))
        span = measured(container, stream)
        container.seek(stream.start_time or 0, stream=stream)
        found, view = source(container, stream)
        part = Part(
            container=container,
            stream=stream,
            sound=heard_track(container),
            source=found,
            view=view,
            span=span,
            start=start,
        )
        parts.append(part)
        start = part.end
    return parts


def are_alike(parts: Sequence[Part]) -> bool:
    """Whether one decoder plays them all: an MP4 states the encoding of its frames once, at its start."""
    first, *others = [_encoding(part) for part in parts]
    return first is not None and all(other == first for other in others)


def _encoding(part: Part) -> tuple[object, ...] | None:
    """None if it can't be compared, or if a copy would lose the rotation."""
    codec = part.stream.codec_context
    if not codec.extradata or part.view.turn is not Turn.NONE:
        return None
    return codec.codec.canonical_name, bytes(codec.extradata), part.stream.average_rate, part.view
