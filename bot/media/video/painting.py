"""Frames as people should see them: upright, in square pixels, in colours that an ordinary screen shows correctly."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import av
from av.filter import Graph
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
    Interpolation,
    VideoReformatter,
)
from PIL import Image

from bot.data_classes import value_object
from bot.domain.video import Size
from bot.media.picture.framing import within
from bot.media.video.view import FFMPEGS, PILLOWS, View

THREADS = 2  # memory grows with each, and other work needs the cores
COMMON = frozenset({Colorspace.ITU709, Colorspace.ITU601})  # players can handle these


@value_object
class Labels:
    """A copy's colour labels, as FFmpeg's numbers."""

    matrix: int
    primaries: int
    transfer: int


@dataclass(slots=True)
class Painter:
    """Paints the frames of one video. It reuses FFmpeg's conversion setup from one frame to the next."""

    _scaling: VideoReformatter = field(default_factory=VideoReformatter)
    _colouring: VideoReformatter = field(default_factory=VideoReformatter)
    _turning: Graph | None = None

    def picture(self, frame: av.VideoFrame, view: View, longest: int | None = None) -> Image.Image:
        """As RGB; scaled down if a side is longer than `longest`."""
        size = view.size
        if longest is not None and max(size.width, size.height) > longest:
            size = Size(*within((size.width, size.height), (longest, longest)))
        colours: dict[str, Any] = {}
        if view.needs_new_colours:
            colours = {"dst_color_trc": ColorTrc.IEC61966_2_1, "dst_color_primaries": ColorPrimaries.BT709}
        stored = view.sideways(size)
        rgb = self._painted(frame, view, stored, format="rgb24", dst_color_range=ColorRange.JPEG, **colours)
        (plane,) = rgb.planes
        flat = Image.frombytes("RGB", (rgb.width, rgb.height), bytes(plane), "raw", "RGB", plane.line_size)
        turn = PILLOWS.get(view.turn)
        return flat if turn is None else flat.transpose(turn)

    def film(self, frame: av.VideoFrame, view: View, size: Size, beside: View | None = None) -> av.VideoFrame:
        """As 8-bit yuv420p of limited range, at display size `size`, in colours as in `labels`.

        `beside`: the view of a film that it is placed in, whose labels apply.
        """
        colours: dict[str, Any] = {"dst_colorspace": _matrix(beside or view), "dst_color_range": ColorRange.MPEG}
        if view.needs_new_colours:
            colours |= {"dst_color_trc": ColorTrc.BT709, "dst_color_primaries": ColorPrimaries.BT709}
        flat = self._painted(frame, view, view.sideways(size), format="yuv420p", **colours)
        return self._turned(flat, view)

    def _painted(self, frame: av.VideoFrame, view: View, size: Size, **colours: Any) -> av.VideoFrame:
        if view.needs_new_colours and (frame.width, frame.height) != (size.width, size.height):
            # Converting colours takes long for each pixel.
            frame = self._scaling.reformat(
                frame, size.width, size.height, interpolation=Interpolation.LANCZOS, threads=THREADS
            )
        return self._colouring.reformat(
            frame,
            size.width,
            size.height,
            src_colorspace=view.matrix,
            src_color_range=ColorRange.JPEG if view.is_full_range else ColorRange.MPEG,
            interpolation=Interpolation.LANCZOS,
            threads=THREADS,
            **colours,
        )

    def _turned(self, frame: av.VideoFrame, view: View) -> av.VideoFrame:
        filters = FFMPEGS.get(view.turn)
        if filters is None:
            return frame
        if self._turning is None:
            self._turning = Graph()
            source = self._turning.add_buffer(
                width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base
            )
            steps = [self._turning.add(name, options) for name, options in filters]
            self._turning.link_nodes(source, *steps, self._turning.add("buffersink")).configure()
        self._turning.vpush(frame)
        return self._turning.vpull()


def labels(view: View) -> Labels:
    """The colour labels of a film that was painted from such frames."""
    matrix = 1 if _matrix(view) is Colorspace.ITU709 else 6
    if view.needs_new_colours:
        return Labels(matrix=matrix, primaries=ColorPrimaries.BT709, transfer=ColorTrc.BT709)
    return Labels(
        matrix=matrix, primaries=_known(ColorPrimaries, view.primaries), transfer=_known(ColorTrc, view.transfer)
    )


def _known(kind: type[ColorPrimaries | ColorTrc], number: int) -> int:
    return number if number in set(kind) else kind.UNSPECIFIED


def _matrix(view: View) -> Colorspace:
    return view.matrix if view.matrix in COMMON and not view.needs_new_colours else Colorspace.ITU709
