"""One audio track for several videos: each in its place, silence where there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import av
from av.audio.fifo import AudioFifo
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream

from bot.media.joining.parts import Part
from bot.media.video.encoding import HEARD_GAP, SOUND, SOUND_LAYOUT, SOUND_RATE, sound_stream

FORMAT = "fltp"
BREATH = SOUND_RATE  # samples of silence that are written at a time


@dataclass(slots=True)
class Sound:
    """The audio of the result, as written. A part's sound ends with its frames, and starts when it did originally."""

    output: OutputContainer
    track: AudioStream
    _written: int = 0  # samples
    _part: Part | None = None
    _resampler: AudioResampler = field(default_factory=lambda: AudioResampler(FORMAT, SOUND_LAYOUT, SOUND_RATE))

    @classmethod
    def of(cls, output: OutputContainer) -> Sound:
        return cls(output, sound_stream(output, SOUND))

    def begin(self, part: Part) -> None:
        self._finish()
        self._part, self._resampler = part, AudioResampler(FORMAT, SOUND_LAYOUT, SOUND_RATE)

    def take(self, packet: Packet[Stream]) -> None:
        for frame in packet.decode():
            if isinstance(frame, av.AudioFrame) and self._part is not None:
                at = round(self._part.moved(frame.time) * SOUND_RATE)
                if at > self._written + HEARD_GAP * SOUND_RATE:
                    self._silence(min(at, self._end))
                skipped = max(0, self._written - at) if at < self._written - HEARD_GAP * SOUND_RATE else 0
                frame.pts = None
                self._add(self._resampler.resample(frame), skipped)

    def end(self) -> None:
        self._finish()
        self.output.mux(self.track.encode())

    @property
    def _end(self) -> int:
        """The end of the part, in samples."""
        return 0 if self._part is None else round(self._part.end * SOUND_RATE)

    def _finish(self) -> None:
        """The rest of the resampler's output, then silence up to the end of the part."""
        if self._part is not None:
            if self._part.sound is not None:
                self._add(self._resampler.resample(None))
            self._silence(self._end)

    def _add(self, frames: list[av.AudioFrame], skipped: int = 0) -> None:
        fifo = AudioFifo()
        for frame in frames:
            frame.pts = None
            fifo.write(frame)
        if skipped and fifo.samples:
            fifo.read(min(skipped, fifo.samples))
        if room := min(fifo.samples, self._end - self._written):
            self._write(fifo.read(room))

    def _silence(self, until: int) -> None:
        for frame in _silent(until - self._written):
            self._write(frame)

    def _write(self, frame: av.AudioFrame | None) -> None:
        if frame is not None:
            frame.pts, frame.time_base, frame.sample_rate = self._written, Fraction(1, SOUND_RATE), SOUND_RATE
            self._written += frame.samples
            self.output.mux(self.track.encode(frame))


def _silent(samples: int) -> Iterator[av.AudioFrame]:
    while samples > 0:
        frame = av.AudioFrame(format=FORMAT, layout=SOUND_LAYOUT, samples=min(samples, BREATH))
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        yield frame
        samples -= frame.samples
