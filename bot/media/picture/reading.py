"""Read a picture nobody has vouched for: check what its header claims first, then decode it, upright."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

from PIL import Image
from PIL.ExifTags import Base

from bot.domain.errors import BadRequest
from bot.media.picture.kinds import check_kind

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS = 25_000_000
LEAST_SIDE = 64  # pixels; less gives a video model nothing to go by
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
DAMAGE = (OSError, SyntaxError, ValueError, TypeError, EOFError, struct.error)  # Pillow's words for it

# Pillow's own limit would refuse first, and with nothing a person could use.
Image.MAX_IMAGE_PIXELS = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A decoded picture in one of the modes L, RGB, RGBA and CMYK; `icc` is its colour profile."""

    image: Image.Image
    icc: bytes | None
    notes: tuple[str, ...]


def read(data: bytes) -> Reading:
    """The first frame, upright. BadRequest says what is wrong with it."""
    check_kind(data)
    image = _opened(data)
    _check_size(*image.size)
    notes = []
    if _moves(image):
        notes.append("first frame of an animation")
    _load(image)
    plain = _plain(image)
    turn = TURNS.get(_orientation(image))
    if turn is not None:
        plain = plain.transpose(turn)
        notes.append("turned upright")
    return Reading(image=plain, icc=image.info.get("icc_profile"), notes=tuple(notes))


def _opened(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except DAMAGE as error:
        raise _damaged() from error


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise BadRequest(
            f"The picture has {width}x{height} pixels, {width * height / 1e6:.0f} million; "
            f"{MOST_PIXELS / 1e6:.0f} million are the most. Send a smaller one. Nothing was spent."
        )
    if min(width, height) < LEAST_SIDE:
        raise BadRequest(
            f"The picture has only {width}x{height} pixels; it needs at least {LEAST_SIDE} on each side. "
            "Send a larger one. Nothing was spent."
        )


def _moves(image: Image.Image) -> bool:
    # Phones put a preview or a depth map into a second picture behind a JPEG (MPO): that is no animation.
    return image.format != "MPO" and bool(getattr(image, "is_animated", False))


def _load(image: Image.Image) -> None:
    """Decode. Opening reads the header only and does not notice a file that is cut off."""
    try:
        image.load()
    except DAMAGE as error:
        raise _damaged() from error


def _orientation(image: Image.Image) -> int:
    """As EXIF has it, 1 to 8. A damaged EXIF block does not make a picture useless."""
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
    # Converting at once would cut everything above 255 off to white.
    return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def _damaged() -> BadRequest:
    return BadRequest(
        "The picture is damaged or cut off, so it could not be read to its end. "
        "Save it anew and send it again. Nothing was spent."
    )
