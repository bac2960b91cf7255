"""Real, small MP4 files for tests."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import av
from av.video.stream import VideoStream

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
    """A film at 24 frames a second; `noisy` ones are as large as films get."""
    options = {"libx264": {"preset": "ultrafast", "crf": "5"}, "libx265": {"x265-params": "log-level=none"}}
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as output:
        film = output.add_stream(codec, rate=24, options=options.get(codec, {}))
        assert isinstance(film, VideoStream)
        film.width, film.height, film.pix_fmt = *size, pixel_format
        track = output.add_stream("aac", rate=RATE, layout="mono") if sound else None
        chance = random.Random(7)
        for number in range(seconds * 24):
            frame = av.VideoFrame(*size, "rgb24")
            plane = frame.planes[0]
            plane.update(
                chance.randbytes(plane.buffer_size) if noisy else bytes([number * 9 % 256]) * plane.buffer_size
            )
            frame.pts, frame.time_base = number, Fraction(1, 24)
            output.mux(film.encode(frame))
        output.mux(film.encode())
        if track is not None:
            for number in range(seconds * 10):
                output.mux(track.encode(_hum(number)))
            output.mux(track.encode())
    return path


def _hum(number: int) -> av.AudioFrame:
    samples = RATE // 10
    frame = av.AudioFrame(format="s16", layout="mono", samples=samples)
    wave = b"".join((3000 if i // 60 % 2 else -3000).to_bytes(2, "little", signed=True) for i in range(samples))
    frame.planes[0].update(wave)
    frame.rate, frame.pts, frame.time_base = RATE, number * samples, Fraction(1, RATE)
    return frame
