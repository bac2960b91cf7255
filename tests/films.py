"""Real, small video files for tests."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream
from PIL import Image

RATE = 48_000


def a_film(
    path: Path,
    *,
    seconds: int = 1,
    size: tuple[int, int] = (320, 180),
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    noisy: bool = False,
    sound: bool = True,
) -> Path:
    """A film at 24 frames a second; `noisy` ones are as large as films can be."""
    options = {"libx264": {"preset": "ultrafast", "crf": "5"}, "libx265": {"x265-params": "log-level=none"}}
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as output:
        film = output.add_stream(codec, rate=24, options=options.get(codec, {}))
        assert isinstance(film, VideoStream)
        film.width, film.height, film.pix_fmt = *size, pixel_format
        track = output.add_stream("aac", rate=RATE, layout="mono") if sound else None
        rng = random.Random(7)
        for number in range(seconds * 24):
            frame = av.VideoFrame(*size, "rgb24")
            plane = frame.planes[0]
            plane.update(rng.randbytes(plane.buffer_size) if noisy else bytes([number * 9 % 256]) * plane.buffer_size)
            frame.pts, frame.time_base = number, Fraction(1, 24)
            output.mux(film.encode(frame))
        output.mux(film.encode())
        if track is not None:
            for number in range(seconds * 10):
                output.mux(track.encode(_hum(number)))
            output.mux(track.encode())
    return path


def a_free_box(content: bytes) -> bytes:
    """A box at the end of a film that players skip."""
    return (8 + len(content)).to_bytes(4, "big") + b"free" + content


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """How a picture is filmed: the options of the encoder and the container. Colour values are FFmpeg's numbers."""

    codec: str = "libx264"
    pixel_format: str = "yuv420p"
    options: Mapping[str, str] = field(default_factory=dict)
    matrix: Sequence[int] = ()  # where a step to the right and one down lead on the screen
    pixel: Fraction | None = None
    colours: Colorspace = Colorspace.ITU601  # its actual colours
    label: int | None = None  # the colours that its label states
    primaries: int | None = None
    transfer: int | None = None
    is_full_range: bool = False
    sound: str | None = None  # the encoder
    container: str = "mp4"
    frames: int = 10


def filmed(path: Path, image: Image.Image, shot: Shot) -> Path:
    """One picture for as many tenths of a second as there are frames."""
    quiet = {"libx265": {"x265-params": "log-level=none"}}.get(shot.codec, {})
    with av.open(path, "w", format=shot.container) as output:
        film = output.add_stream(shot.codec, rate=10, options=quiet | dict(shot.options))
        assert isinstance(film, VideoStream)
        film.width, film.height, film.pix_fmt = *image.size, shot.pixel_format
        _label(film, shot)
        track = output.add_stream(shot.sound, rate=RATE) if shot.sound else None
        assert track is None or isinstance(track, AudioStream)
        wanted = ColorRange.JPEG if shot.is_full_range else ColorRange.MPEG
        for number in range(shot.frames):
            frame = frame_of(image).reformat(
                format=shot.pixel_format, dst_colorspace=shot.colours, dst_color_range=wanted
            )
            frame.pts, frame.time_base = number, Fraction(1, 10)
            output.mux(film.encode(frame))
        output.mux(film.encode())
        if track is not None:
            for number in range(shot.frames):
                output.mux(track.encode(_hum(number)))
            output.mux(track.encode())
    return path


def frame_of(image: Image.Image) -> av.VideoFrame:
    return av.VideoFrame.from_bytes(image.convert("RGBA").tobytes(), *image.size)


def _label(film: VideoStream, shot: Shot) -> None:
    codec = film.codec_context
    codec.colorspace = codec.colorspace if shot.label is None else shot.label
    codec.color_primaries = codec.color_primaries if shot.primaries is None else shot.primaries
    codec.color_trc = codec.color_trc if shot.transfer is None else shot.transfer
    if shot.is_full_range:
        codec.color_range = ColorRange.JPEG
    if shot.pixel is not None:
        codec.sample_aspect_ratio = shot.pixel
    if shot.matrix:
        right, down, other_right, other_down = (each << 16 for each in shot.matrix)
        film.set_display_matrix([right, down, 0, other_right, other_down, 0, 0, 0, 1 << 30])


def _hum(number: int) -> av.AudioFrame:
    samples = RATE // 10
    frame = av.AudioFrame(format="s16", layout="mono", samples=samples)
    wave = b"".join((3000 if i // 60 % 2 else -3000).to_bytes(2, "little", signed=True) for i in range(samples))
    frame.planes[0].update(wave)
    frame.rate, frame.pts, frame.time_base = RATE, number * samples, Fraction(1, RATE)
    return frame
