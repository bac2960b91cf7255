"""Reads an untrusted picture: checks its header's claims first, then decodes it, upright."""

from __future__ import annotations

import io
import struct

import PIL.WebPImagePlugin  # noqa: F401 - to find it, Pillow would load all kinds of pictures, which takes 40 ms
from PIL import Image, ImageChops, PngImagePlugin
from PIL.ExifTags import Base
from PIL.JpegImagePlugin import JpegImageFile

from bot.data_classes import value_object
from bot.domain.errors import BadRequest
from bot.domain.messages import Count, Term
from bot.domain.video import Size
from bot.media.picture.framing import Pixels
from bot.media.picture.kinds import check_kind
from bot.media.picture.tidying import MOST_PROFILE, tidied
from bot.media.refusals import DAMAGED_IMAGE, TOO_FEW_PIXELS, TOO_MANY_PIXELS, about

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS = 25_000_000  # decoded
MOST_JPEG_PIXELS = 110_000_000  # in a file: JPEGs can be decoded at a fraction, and phones take 108 million
FRACTIONS = (1, 2, 4, 8)
TAILS = (b"\x55" * 64 + b"\xff\xd9", b"\xaa" * 64 + b"\xff\xd9")  # different filler, each with the end marker
LAST_ROWS = 16  # the most that a JPEG decodes at a time
LEAST_SIDE = 64  # pixels; a smaller picture is useless to a video model
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = {TURNS[held] for held in (5, 6, 7, 8)}
DAMAGE = (OSError, SyntaxError, ValueError, TypeError, EOFError, struct.error)  # how Pillow reports it

# Pillow's own limits would apply first, with messages that help nobody.
Image.MAX_IMAGE_PIXELS = None
PngImagePlugin.MAX_TEXT_CHUNK = MOST_PROFILE  # it applies to colour profiles too


@value_object
class Reading:
    """A decoded picture in one of the modes L, RGB, RGBA and CMYK; `icc` is its colour profile.

    `size` is the file's size, upright; a very large one is decoded smaller.
    """

    image: Image.Image
    size: Pixels
    icc: bytes | None
    notes: tuple[str, ...]


def read(data: bytes) -> Reading:
    """The first frame, upright. BadRequest says what is wrong with it."""
    check_kind(data)
    data = tidied(data)
    image = _opened(data)
    size = image.size
    _check_size(*size, MOST_JPEG_PIXELS if isinstance(image, JpegImageFile) else MOST_PIXELS)
    notes = []
    if _moves(image):
        notes.append("first frame of an animation")
    image = _loaded(image, data)
    plain = _plain(image)
    turn = TURNS.get(_orientation(image))
    if turn is not None:
        size = size[::-1] if turn in SIDEWAYS else size
        plain = plain.transpose(turn)
        notes.append("turned upright")
    return Reading(image=plain, size=size, icc=image.info.get("icc_profile"), notes=tuple(notes))


def _opened(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except DAMAGE as error:
        raise _damaged() from error


def _at_a_fraction(image: Image.Image) -> None:
    """Make a very large JPEG decode at a half, a quarter or an eighth of its sides."""
    width, height = image.size
    fraction = next((each for each in FRACTIONS if width * height <= MOST_PIXELS * each**2), FRACTIONS[-1])
    if fraction > 1:
        image.draft(None, (width // fraction, height // fraction))


def _check_size(width: int, height: int, most: int) -> None:
    if width * height > most:
        raise BadRequest(
            about(
                TOO_MANY_PIXELS,
                size=Term(str(Size(width, height))),
                megapixels=Count(round(width * height / 1e6)),
                most=Count(round(most / 1e6)),
            )
        )
    if min(width, height) < LEAST_SIDE:
        raise BadRequest(about(TOO_FEW_PIXELS, size=Term(str(Size(width, height))), least=Count(LEAST_SIDE)))


def _moves(image: Image.Image) -> bool:
    # Phones append a preview or a depth map to a JPEG as a second picture (MPO): that is no animation.
    return image.format != "MPO" and bool(getattr(image, "is_animated", False))


def _loaded(image: Image.Image, data: bytes) -> Image.Image:
    """Decode. Opening reads only the header and does not notice a truncated file."""
    try:
        _at_a_fraction(image)
        image.load()
    except DAMAGE as error:
        if isinstance(image, JpegImageFile):
            return _without_its_end(data)
        raise _damaged() from error
    return image


def _without_its_end(data: bytes) -> Image.Image:
    """A JPEG that lacks no more than a part of its last rows, as some programs write them.

    With any end added, the decoder makes up whatever is missing. Pixels that are the same with two different ends are
    real.
    """
    whole = data.rstrip(b"\xff")  # half a marker would combine with what is appended
    one, other = (_opened(whole + tail) for tail in TAILS)
    try:
        for image in (one, other):
            _at_a_fraction(image)
            image.load()
    except DAMAGE as error:
        raise _damaged() from error
    made_up = ImageChops.difference(one, other).getbbox()
    if made_up is not None and made_up[1] < one.height - LAST_ROWS:
        raise _damaged()
    return one


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation, 1 to 8. A damaged EXIF block does not make a picture useless."""
    try:
        return int(image.getexif().get(Base.Orientation, 1))
    except DAMAGE:
        return 1


def _plain(image: Image.Image) -> Image.Image:
    """In a mode that can be scaled: palettes, single bits and 16-bit greys cannot."""
    if image.mode.startswith("I"):
        return _eight_bit(image)
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in {"L", "RGB", "CMYK"} else image.convert("RGB")


def _eight_bit(image: Image.Image) -> Image.Image:
    # Direct conversion would turn everything above 255 white.
    return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def _damaged() -> BadRequest:
    return BadRequest(DAMAGED_IMAGE)
