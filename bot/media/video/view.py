"""How a frame should be displayed: its rotation, the width of its pixels, and the meaning of its colour values."""

from __future__ import annotations

import struct
from enum import Enum
from fractions import Fraction
from typing import Any

import av
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream
from PIL.Image import Transpose

from bot.data_classes import value_object
from bot.domain.video import Size

HD = (1280, 576)  # from this width, or above this height, unlabelled colours are BT.709 by custom; otherwise BT.601
MATRICES = {  # of FFmpeg's AVColorSpace; others are not supported
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
    10: Colorspace.BT2020,
}
HDR = frozenset({ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67})  # PQ and HLG
WIDE = frozenset({ColorPrimaries.BT2020, ColorPrimaries.SMPTE431, ColorPrimaries.SMPTE432})
SQUARE = Fraction(1)
OBLONG = (Fraction(1, 4), Fraction(4))  # anything beyond is a mistake in the file, not a pixel shape


class Turn(Enum):
    """What a display matrix does: where a step to the right and a step down lead on the screen, as `right down`."""

    NONE = ((1, 0), (0, 1))
    MIRRORED = ((-1, 0), (0, 1))
    UPSIDE_DOWN = ((-1, 0), (0, -1))
    UPSIDE_DOWN_MIRRORED = ((1, 0), (0, -1))
    RIGHT = ((0, 1), (-1, 0))
    LEFT = ((0, -1), (1, 0))
    RIGHT_MIRRORED = ((0, 1), (1, 0))
    LEFT_MIRRORED = ((0, -1), (-1, 0))


SIDEWAYS = frozenset({Turn.RIGHT, Turn.LEFT, Turn.RIGHT_MIRRORED, Turn.LEFT_MIRRORED})
MIRRORED = frozenset({Turn.MIRRORED, Turn.UPSIDE_DOWN_MIRRORED, Turn.RIGHT_MIRRORED, Turn.LEFT_MIRRORED})
PILLOWS = {
    Turn.MIRRORED: Transpose.FLIP_LEFT_RIGHT,
    Turn.UPSIDE_DOWN: Transpose.ROTATE_180,
    Turn.UPSIDE_DOWN_MIRRORED: Transpose.FLIP_TOP_BOTTOM,
    Turn.RIGHT: Transpose.ROTATE_270,
    Turn.LEFT: Transpose.ROTATE_90,
    Turn.RIGHT_MIRRORED: Transpose.TRANSPOSE,
    Turn.LEFT_MIRRORED: Transpose.TRANSVERSE,
}
FFMPEGS = {
    Turn.MIRRORED: (("hflip", ""),),
    Turn.UPSIDE_DOWN: (("hflip", ""), ("vflip", "")),
    Turn.UPSIDE_DOWN_MIRRORED: (("vflip", ""),),
    Turn.RIGHT: (("transpose", "clock"),),
    Turn.LEFT: (("transpose", "cclock"),),
    Turn.RIGHT_MIRRORED: (("transpose", "cclock_flip"),),
    Turn.LEFT_MIRRORED: (("transpose", "clock_flip"),),
}


@value_object
class View:
    """What a frame and its stream say about how to display it. `stored` is its size in the file."""

    stored: Size
    turn: Turn
    pixel: Fraction  # width by height of a pixel
    matrix: Colorspace
    primaries: int
    transfer: int
    is_full_range: bool

    @classmethod
    def of(cls, frame: av.VideoFrame, stream: VideoStream) -> View:
        return cls(
            stored=Size(frame.width, frame.height),
            turn=_turn(frame),
            pixel=_pixel(stream),
            matrix=_matrix(frame),
            primaries=frame.color_primaries,
            transfer=frame.color_trc,
            is_full_range=frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj"),
        )

    @property
    def size(self) -> Size:
        """Its display size, in square pixels."""
        wide = Size(max(1, round(self.stored.width * self.pixel)), self.stored.height)
        return self.sideways(wide)

    @property
    def is_hdr(self) -> bool:
        return self.transfer in HDR

    @property
    def needs_new_colours(self) -> bool:
        """Whether an ordinary screen would show the colours wrong."""
        return self.is_hdr or self.primaries in WIDE

    def sideways(self, size: Size) -> Size:
        """Converts a displayed size to the stored orientation, and the reverse."""
        return Size(size.height, size.width) if self.turn in SIDEWAYS else size


def _turn(frame: av.VideoFrame) -> Turn:
    """The display matrix's rotation; the nearest quarter turn for any other angle."""
    said: Any = frame.side_data  # its types know only one kind
    try:
        right, down, _, other_right, other_down = struct.unpack_from("5i", bytes(said["DISPLAYMATRIX"]))
    except (KeyError, struct.error):
        return Turn.NONE
    if abs(right) + abs(other_down) >= abs(down) + abs(other_right):
        return Turn(((_sign(right), 0), (0, _sign(other_down))))
    return Turn(((0, _sign(down)), (_sign(other_right), 0)))


def _sign(number: int) -> int:
    return -1 if number < 0 else 1


def _pixel(stream: VideoStream) -> Fraction:
    told = stream.sample_aspect_ratio
    return told if told and OBLONG[0] <= told <= OBLONG[1] else SQUARE


def _matrix(frame: av.VideoFrame) -> Colorspace:
    """The customary one if the frame does not say: FFmpeg would take HD for BT.601, unlike every player."""
    is_hd = frame.width >= HD[0] or frame.height > HD[1]
    return MATRICES.get(frame.colorspace, Colorspace.ITU709 if is_hd else Colorspace.ITU601)
