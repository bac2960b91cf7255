"""The videos that are to become one, each with its place in the whole."""

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
    """One of them, open. `start` is where it begins in the whole, in seconds; `span` is by its own clock."""

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
        """From its start, in the order they are stored, so that neither picture nor sound waits in memory."""
        self.container.seek(self.stream.start_time or 0, stream=self.stream)
        return self.container.demux([self.stream] if self.sound is None else [self.stream, self.sound])

    def moved(self, moment: float | None) -> Fraction:
        """A moment of its own clock, by that of the whole."""
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
    """Whether one decoder plays them all: an MP4 says how its pictures are encoded once, at its start."""
    first, *others = [_encoding(part) for part in parts]
    return first is not None and all(other == first for other in others)


def _encoding(part: Part) -> tuple[object, ...] | None:
    """None where it cannot be compared, or where a copy would lose which way is up."""
    codec = part.stream.codec_context
    if not codec.extradata or part.view.turn is not Turn.NONE:
        return None
    return codec.codec.canonical_name, bytes(codec.extradata), part.stream.average_rate, part.view
