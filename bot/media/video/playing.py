"""What keeps some of Discord's clients from playing a video correctly.

All of them play 8-bit 4:2:0 H.264 in its plain profiles, of limited range, with square pixels and AAC sound. With
anything else some freeze on the first frame, stay silent or show wrong colours. All of them rotate rotated videos.
"""

from __future__ import annotations

from collections.abc import Iterator

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.stream import VideoStream

from bot.media.video.view import MIRRORED, SQUARE, View

PLAIN_PROFILES = frozenset({None, "Constrained Baseline", "Baseline", "Main", "High"})
PLAIN_FORMATS = frozenset({"yuv420p", "yuvj420p"})
PLAIN_SOUND = frozenset({None, "LC", "HE-AAC", "HE-AACv2"})
HIGHEST_LEVEL = 52  # of H.264, times ten: 4K with 60 frames a second
NAMES = {
    "hevc": "HEVC",
    "av1": "AV1",
    "vp8": "VP8",
    "vp9": "VP9",
    "mpeg4": "MPEG-4 Part 2",
    "mjpeg": "Motion JPEG",
    "prores": "ProRes",
    "ac3": "AC-3",
    "eac3": "E-AC-3",
    "opus": "Opus",
    "vorbis": "Vorbis",
    "unknown": "an unknown format",
}


def obstacles(container: InputContainer, stream: VideoStream, view: View) -> tuple[str, ...]:
    """Each in a few words for people; empty if it plays everywhere."""
    return (*_of_the_codec(stream), *_of_the_picture(view), *_of_the_sound(container))


def _of_the_codec(stream: VideoStream) -> Iterator[str]:
    codec, profile = stream.codec_context, stream.profile
    name = codec.codec.canonical_name
    if name != "h264":
        yield NAMES.get(name, name.upper())
        if (bits := max((part.bits for part in stream.format.components), default=8)) > 8:
            yield f"{bits} bit"
    elif profile not in PLAIN_PROFILES:
        yield f"H.264 {profile}"
    elif (codec.pix_fmt or "") not in PLAIN_FORMATS:
        yield f"H.264 in {codec.pix_fmt}"
    elif codec.level > HIGHEST_LEVEL:
        yield f"H.264 level {codec.level / 10:g}"


def _of_the_picture(view: View) -> Iterator[str]:
    if view.is_hdr:
        yield "HDR"
    if view.is_full_range:
        yield "full range"
    if view.pixel != SQUARE:
        yield "oblong pixels"
    if view.turn in MIRRORED:
        yield "mirrored"


def _of_the_sound(container: InputContainer) -> Iterator[str]:
    """Of the first track; players play no other by default."""
    for track in container.streams.audio[:1]:
        name = sound_codec(track)
        if name != "aac" or track.profile not in PLAIN_SOUND:
            yield f"sound in {NAMES.get(name, name.upper())}"


def sound_codec(track: AudioStream) -> str:
    """FFmpeg's name for it; "unknown" if it has no decoder for it."""
    return track.codec_context.codec.canonical_name if can_be_decoded(track) else "unknown"


def can_be_decoded(stream: AudioStream | VideoStream) -> bool:
    found: object = stream.codec_context  # PyAV's types do not say that it may be missing
    return found is not None
