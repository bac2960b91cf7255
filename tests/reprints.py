"""Films of the pretend services for tests that want many: painted once for each kind, different in their last bytes.

Painting and encoding one takes half a second of processor time; tests/sandbox looks at what is in them.
"""

from __future__ import annotations

from dataclasses import replace

from bot.sandbox.video.openai.videos import PretendVideo
from bot.sandbox.video.painting.film import Film, shoot

_originals: dict[object, Film] = {}


def reprint(video: PretendVideo, *, frame_rate: int, with_sound: bool) -> Film:
    """The first film of this size, length, rate and sound, with a box behind it that players skip.

    Films of a still picture are a fraction as large as others.
    """
    ordered = video.ordered
    kind = (ordered.size, ordered.seconds, ordered.picture is not None, frame_rate, with_sound)
    if kind not in _originals:
        _originals[kind] = shoot(video, frame_rate=frame_rate, with_sound=with_sound)
    original = _originals[kind]
    return replace(original, video=original.video + _box(b"free", video.id.encode()))


def _box(kind: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + content
