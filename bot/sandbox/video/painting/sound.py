"""A quiet chord that swells and fades, as AAC."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator

import av

from bot.sandbox.video.painting.palettes import chance_for

RATE = 24_000  # samples a second
FRAME = 1024  # samples; what AAC encodes at a time
LOUDNESS = 0.09  # of the maximum
ROOTS = (110.0, 123.47, 130.81, 146.83, 164.81)  # Hz: A2 to E3
CHORD = (1.0, 1.5, 2.0, 2.5, 3.0)  # root, fifth, octave, third, fifth
FADE = 0.8  # seconds


def frames(prompt: str, seconds: float) -> Iterator[av.AudioFrame]:
    """The whole sound track in frames for the encoder. One second is computed, in 50 ms, and repeated."""
    root = round(chance_for(prompt).choice(ROOTS))  # whole Hz, so that one second continues seamlessly into the next
    second = one_second(root)
    total = round(seconds * RATE)
    for start in range(0, total, FRAME):
        length = min(FRAME, total - start)
        samples = array("h", (faded(second[(start + i) % RATE], start + i, total) for i in range(length)))
        frame = av.AudioFrame(format="s16", layout="mono", samples=length)
        frame.planes[0].update(samples.tobytes().ljust(frame.planes[0].buffer_size, b"\0"))
        frame.sample_rate = RATE
        frame.pts = start
        yield frame


def one_second(root: int) -> list[float]:
    waves = [(math.tau * root * step / RATE, 1 / (place + 1)) for place, step in enumerate(CHORD)]
    swell = math.tau / RATE
    return [
        32767 * LOUDNESS * (0.8 + 0.2 * math.sin(swell * i)) * sum(h * math.sin(w * i) for w, h in waves)
        for i in range(RATE)
    ]


def faded(sample: float, place: int, total: int) -> int:
    edge = min(place, total - place) / (FADE * RATE)
    return round(sample * min(1.0, edge))
