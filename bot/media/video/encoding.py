"""Encodes a video for all of Discord's clients: 8-bit H.264 in yuv420p, AAC, the index at the front."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.video.reformatter import ColorRange
from av.video.stream import VideoStream

from bot.data_classes import value_object
from bot.domain.errors import SpoiltVideo
from bot.domain.video import Size
from bot.media.refusals import DAMAGED_VIDEO
from bot.media.video.frames import first_of, opened
from bot.media.video.kinds import MP4
from bot.media.video.painting import THREADS, Painter, labels
from bot.media.video.playing import can_be_decoded
from bot.media.video.view import View

TICKS = 90_000  # a second: fine enough for every frame rate, constant or not
USUAL_RATE = Fraction(24)  # frames a second, if a file does not say
HIGHEST_RATE = Fraction(120)  # likewise, if a file claims an impossible number
HEARD_GAP = 0.1  # seconds
LONGEST = 2560  # pixels of a side; beyond that a child has too little memory to decode and encode
LONGEST_IN_NEW_COLOURS = 1920  # likewise, with a colour conversion in between
ALIKE = {"preset": "veryfast", "crf": "16", "profile": "high"}  # the difference is invisible
SOUND = 192_000  # bits a second; the difference is inaudible
SOUND_RATE = 48_000  # samples a second
SOUND_LAYOUT = "stereo"
TO_BEGIN_EARLY = {"movflags": "+faststart"}
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


@value_object
class Source:
    """What is known of the original before encoding: `size` as displayed, `longest` in pixels of a side."""

    size: Size
    seconds: float
    frame_rate: Fraction
    has_sound: bool
    longest: int = LONGEST

    @property
    def largest_scale(self) -> float:
        return min(1.0, self.longest / max(self.size.width, self.size.height))


@value_object
class Recipe:
    """How it is encoded, from frames with such a view, at a display size.

    Rates are bits a second; `picture` is None if the encoder decides, `sound` is None for silence.
    """

    view: View
    size: Size
    frame_rate: Fraction
    picture: int | None
    sound: int | None
    options: Mapping[str, str]


@dataclass(slots=True)
class SoundLine:
    """Places sound correctly in time: without gaps, unless a gap is audible."""

    end: int | None = None  # in samples

    def accepts(self, frame: av.AudioFrame) -> bool:
        """Whether to write it, now with its exact time. Containers round times, and encoders reject past ones."""
        at = round((frame.time or 0.0) * frame.sample_rate)
        if self.end is not None and abs(at - self.end) < frame.sample_rate * HEARD_GAP:
            at = self.end
        if self.end is not None and at < self.end:
            return False
        frame.pts, frame.time_base = at, Fraction(1, frame.sample_rate)
        self.end = at + frame.samples
        return True


def source(container: InputContainer, stream: VideoStream) -> tuple[Source, View]:
    """Raises SpoiltVideo if there is no video to see."""
    view = View.of(first_of(container, stream), stream)
    seconds = float((container.duration or 0) / av.time_base)
    if stream.duration is not None and stream.time_base is not None:
        seconds = max(seconds, float(stream.duration * stream.time_base))
    rate = stream.average_rate or USUAL_RATE
    found = Source(
        size=view.size,
        seconds=seconds,
        frame_rate=rate if rate <= HIGHEST_RATE else USUAL_RATE,
        has_sound=heard_track(container) is not None,
        longest=LONGEST_IN_NEW_COLOURS if view.needs_new_colours else LONGEST,
    )
    return found, view


def scaled(size: Size, scale: float) -> Size:
    """With even sides, which yuv420p requires."""
    return Size(*(max(2, round(side * scale / 2) * 2) for side in (size.width, size.height)))


def encode(video: str, target: str, painter: Painter, recipe: Recipe, *, kind: str = MP4) -> None:
    """Write `target`. Raises SpoiltVideo, and OSError if the disk is full."""
    with opened(video, kind) as (container, stream), av.open(target, "w", format=MP4, options=TO_BEGIN_EARLY) as output:
        try:
            _copy(container, stream, output, painter, recipe)
        except av.FFmpegError as error:
            check_room(error)
            raise SpoiltVideo(DAMAGED_VIDEO) from error


def check_room(error: av.FFmpegError) -> None:
    """Raise the error again if the disk is full: that is temporary, and not the video's fault."""
    if error.errno in NO_ROOM:
        raise error


def _copy(
    container: InputContainer,
    stream: VideoStream,
    output: OutputContainer,
    painter: Painter,
    recipe: Recipe,
) -> None:
    """Video and audio together, in the order they are stored, so that neither waits in memory for the other."""
    film = film_stream(output, recipe)
    heard = heard_track(container) if recipe.sound else None
    track = sound_stream(output, recipe.sound or 0) if heard else None
    last, line = -1, SoundLine()
    for packet in container.demux([stream, heard] if heard else [stream]):
        for frame in packet.decode():
            if isinstance(frame, av.VideoFrame):
                at = round((frame.time or 0.0) * TICKS)
                if at > last:  # a second frame with the same time cannot be shown
                    last = at
                    frame.pts, frame.time_base = at, Fraction(1, TICKS)
                    painted = painter.film(frame, recipe.view, recipe.size)
                    painted.pict_type = av.video.frame.PictureType.NONE
                    output.mux(film.encode(painted))
            elif track is not None and isinstance(frame, av.AudioFrame) and line.accepts(frame):
                output.mux(track.encode(frame))
    output.mux(film.encode())
    if track is not None:
        output.mux(track.encode())


def film_stream(output: OutputContainer, recipe: Recipe) -> VideoStream:
    film = output.add_stream("libx264", rate=recipe.frame_rate, options=dict(recipe.options))
    film.width, film.height, film.pix_fmt = recipe.size.width, recipe.size.height, "yuv420p"
    film.codec_context.time_base = Fraction(1, TICKS)
    film.codec_context.thread_count = THREADS  # more would need more memory than a child has
    if recipe.picture is not None:
        film.bit_rate = recipe.picture
    said = labels(recipe.view)
    film.color_range, film.colorspace = ColorRange.MPEG, said.matrix
    film.color_primaries, film.color_trc = said.primaries, said.transfer
    return film


def sound_stream(output: OutputContainer, bit_rate: int) -> AudioStream:
    track = output.add_stream("aac", rate=SOUND_RATE, layout=SOUND_LAYOUT)
    track.bit_rate = bit_rate
    return track


def heard_track(container: InputContainer) -> AudioStream | None:
    """The audio track that players play, if it can be decoded."""
    return next((track for track in container.streams.audio[:1] if can_be_decoded(track)), None)
