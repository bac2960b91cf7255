"""The simulated services' films for tests with many: small, painted once per kind, with different last bytes.

Painting one takes half a second of processor time, and examining it takes a bot as long; both depend on the pixels.
tests/sandbox checks their content.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from unittest.mock import patch

from bot.sandbox.video.openai.videos import SimulatedVideo
from bot.sandbox.video.painting import lab
from bot.sandbox.video.painting.film import Film, shoot
from tests.extent import FULL
from tests.films import a_free_box

SMALLER = 1 if FULL else 4  # the factor for each side of the picture

_originals: dict[object, Film] = {}


def reprint(video: SimulatedVideo, *, frame_rate: int, with_sound: bool, smaller: int) -> Film:
    """The first film with this size, length, rate and sound, followed by a box that players skip.

    Films of a still picture are only a fraction as large as others.
    """
    width, height = video.ordered.size
    ordered = replace(video.ordered, size=(_even(width // smaller), _even(height // smaller)))
    kind = (ordered.size, ordered.seconds, ordered.picture is not None, frame_rate, with_sound)
    if kind not in _originals:
        _originals[kind] = shoot(replace(video, ordered=ordered), frame_rate=frame_rate, with_sound=with_sound)
    original = _originals[kind]
    return replace(original, video=original.video + a_free_box(video.id.encode()))


def reprinting(smaller: int = SMALLER) -> AbstractContextManager[object]:
    return patch.object(lab, "shoot", partial(reprint, smaller=smaller))


def _even(side: int) -> int:
    """Encoders accept no others."""
    return side // 2 * 2
