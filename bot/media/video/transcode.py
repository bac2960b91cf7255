"""`python -m bot.media.video.transcode`: a copy of a video that plays everywhere and fits into a number of bytes.

What plays everywhere in Discord's clients is H.264 with 8 bits and yuv420p, sound in AAC, the index in front.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer, OutputContainer
from av.video.stream import VideoStream

from bot.domain.errors import SpoiltVideo
from bot.domain.video import Size
from bot.media.video.footage import DAMAGED
from bot.media.video.frames import opened
from bot.media.worker.child import serve
from bot.media.worker.message import Message

TRIES = 3  # the first hits almost always; an encoder may miss its rate on very short or very busy footage
SHARE = 0.94  # of the bytes, for sound and picture; the rest is the container's
GENEROUS = 0.3  # bits a pixel above which H.264 gains nothing anybody sees
SPARING = 0.05  # bits a pixel below which a smaller picture looks better than a muddy one
LEAST_SIDE = 120  # pixels of the shorter side; below that it is no longer worth watching
LEAST_RATE = 24_000  # bits a second of the picture, likewise
SOUND_RATES = (128_000, 96_000, 64_000, 32_000)  # bits a second; the best that takes at most a quarter
TICKS = 90_000  # a second: fine enough for every frame rate, even or not
USUAL_RATE = Fraction(24)  # frames a second of a file that does not say
TOO_SMALL = "The video cannot be made small enough to be worth watching."


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a copy is encoded. Rates in bits a second; `sound` is None for a silent one."""

    size: Size
    picture: int
    sound: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is known of the original before the first frame is decoded."""

    size: Size
    seconds: float
    frame_rate: Fraction
    has_sound: bool


def transcode(message: Message) -> Message:
    """`video` and `target` are paths, `most` is bytes. Answers the facts of the copy. Raises SpoiltVideo."""
    video, target, most = message.head["video"], message.head["target"], message.head["most"]
    source = _source(video)
    aim = float(most)
    for _ in range(TRIES):
        plan = planned(source, aim)
        _encode(video, target, source, plan)
        size = Path(target).stat().st_size
        if size <= most:
            return Message(head=_facts(source, plan))
        aim *= most / size * SHARE
    raise SpoiltVideo(TOO_SMALL)


def planned(source: Source, most: float) -> Plan:
    """The best picture and sound that fit into `most` bytes. SpoiltVideo when that would be a slide show."""
    rate = most * 8 * SHARE / max(source.seconds, 0.1)
    sound = next((each for each in SOUND_RATES if each <= rate / 4), None) if source.has_sound else None
    pixels = float(source.size.width * source.size.height * source.frame_rate)
    picture = min(rate - (sound or 0), pixels * GENEROUS)
    scale = min(1.0, (picture / (pixels * SPARING)) ** 0.5)
    shorter = min(source.size.width, source.size.height)
    scale = max(scale, min(1.0, LEAST_SIDE / shorter))
    if picture < LEAST_RATE:
        raise SpoiltVideo(TOO_SMALL)
    return Plan(size=_scaled(source.size, scale), picture=int(picture), sound=sound)


def _scaled(size: Size, scale: float) -> Size:
    """Both sides even, as yuv420p asks."""
    return Size(*(max(2, round(side * scale / 2) * 2) for side in (size.width, size.height)))


def _source(path: str) -> Source:
    with opened(path) as (container, stream):
        seconds = float((container.duration or 0) / av.time_base)
        if stream.duration is not None and stream.time_base is not None:
            seconds = max(seconds, float(stream.duration * stream.time_base))
        return Source(
            size=Size(stream.width, stream.height),
            seconds=seconds,
            frame_rate=stream.average_rate or USUAL_RATE,
            has_sound=bool(container.streams.audio),
        )


def _encode(video: str, target: str, source: Source, plan: Plan) -> None:
    with (
        opened(video) as (container, stream),
        av.open(target, "w", format="mp4", options={"movflags": "+faststart"}) as output,
    ):
        try:
            _copy(container, stream, output, source, plan)
        except av.FFmpegError as error:
            raise SpoiltVideo(DAMAGED) from error


def _copy(container: InputContainer, stream: VideoStream, output: OutputContainer, source: Source, plan: Plan) -> None:
    """Picture and sound in one go, in the order they are stored, so that neither waits in memory for the other."""
    film = output.add_stream("libx264", rate=source.frame_rate, options=_picture_options(plan))
    film.width, film.height, film.pix_fmt = plan.size.width, plan.size.height, "yuv420p"
    film.bit_rate = plan.picture
    film.codec_context.time_base = Fraction(1, TICKS)
    film.codec_context.thread_count = 2  # more would take more memory than a child has
    heard = container.streams.audio[0] if plan.sound else None
    track = output.add_stream("aac", rate=48_000, layout="stereo") if heard else None
    if track is not None:
        track.bit_rate = plan.sound or 0
    last = -1
    for packet in container.demux([stream, heard] if heard else [stream]):
        for frame in packet.decode():
            if isinstance(frame, av.VideoFrame):
                at = round((frame.time or 0.0) * TICKS)
                if at > last:  # a second picture for the same moment cannot be shown
                    last = at
                    frame.pts, frame.time_base = at, Fraction(1, TICKS)
                    frame.pict_type = av.video.frame.PictureType.NONE
                    output.mux(film.encode(frame))
            elif track is not None and isinstance(frame, av.AudioFrame):
                output.mux(track.encode(frame))
    output.mux(film.encode())
    if track is not None:
        output.mux(track.encode())


def _picture_options(plan: Plan) -> dict[str, str]:
    """Never far above the average, so that the whole can be foretold."""
    return {
        "preset": "veryfast",
        "profile": "high",
        "maxrate": str(int(plan.picture * 1.5)),
        "bufsize": str(plan.picture * 2),
    }


def _facts(source: Source, plan: Plan) -> Mapping[str, Any]:
    return {
        "size": str(plan.size),
        "seconds": source.seconds,
        "video_codec": "h264",
        "pixel_format": "yuv420p",
        "has_sound": plan.sound is not None,
    }


if __name__ == "__main__":
    serve(transcode)
