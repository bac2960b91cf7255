"""What a video shows, at a glance: the poster, still or moving, and the contact sheet."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bot.domain.errors import BadRequest
from bot.media.picture.colour import in_srgb, is_black, on_white
from bot.media.picture.framing import shrink, within
from bot.media.picture.reading import read
from bot.media.video.footage import Still

LONGEST = 1280  # pixels of any side of poster and sheet
COLUMNS = 3
STILLS = COLUMNS**2
GAP = 4
CELL = (LONGEST - GAP * (COLUMNS - 1)) // COLUMNS
COARSE = 1.5  # halves 1280 pixels first: less than half of the work, and nobody sees it in a cell
BETWEEN = (18, 18, 20)
LETTERS = 18  # pixels
MOVING_SIDE = 320  # pixels; lists show it at a quarter of that
MOVING_PACE = 500  # milliseconds a still is seen
MOVING_QUALITIES = (70, 40, 10)  # the best that is light enough
HEAVIEST_MOVING = 300_000  # bytes; several of them are uploaded with a page


def poster(stills: Sequence[Still], given: bytes | None = None) -> Image.Image:
    """The picture given by the video service if it is any good; else the first still from a quarter on that is."""
    image = _usable(given, max(stills[0].image.size) // 2) if given else None
    if image is not None:
        return image
    quarter = len(stills) // 4
    bright = (still.image for still in (*stills[quarter:], *stills[:quarter]) if not is_black(still.image))
    return next(bright, stills[len(stills) // 2].image)


def contact_sheet(stills: Sequence[Still]) -> Image.Image:
    """Nine stills with their times, three to a row."""
    width, height = within(stills[0].image.size, (CELL, CELL))
    size = tuple(side * COLUMNS + GAP * (COLUMNS - 1) for side in (width, height))
    sheet = Image.new("RGB", (size[0], size[1]), BETWEEN)
    for number, still in enumerate(stills[:STILLS]):
        row, column = divmod(number, COLUMNS)
        cell = still.image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=COARSE)
        _stamp(cell, still.at)
        sheet.paste(cell, (column * (width + GAP), row * (height + GAP)))
    return sheet


def moving_poster(stills: Sequence[Still], most: int = HEAVIEST_MOVING) -> bytes | None:
    """The stills one after the other, without end, as a WebP of at most `most` bytes. None when that cannot be had."""
    side = min(MOVING_SIDE, *[max(still.image.size) for still in stills])
    size = within(stills[0].image.size, (side, side))
    frames = [still.image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0) for still in stills]
    for quality in MOVING_QUALITIES:
        written = BytesIO()
        frames[0].save(
            written,
            "WEBP",
            save_all=True,
            append_images=frames[1:],
            duration=MOVING_PACE,
            loop=0,
            quality=quality,
            method=2,
        )
        if written.tell() <= most:
            return written.getvalue()
    return None


def _usable(given: bytes, least: int) -> Image.Image | None:
    """The picture, if it can be read, shows something, and has a side of `least` pixels."""
    try:
        reading = read(given)
    except BadRequest:
        return None
    flat, _ = on_white(reading.image)
    image = in_srgb(shrink(flat, LONGEST), reading.icc)
    return None if max(image.size) < least or is_black(image) else image


def _stamp(cell: Image.Image, at: float) -> None:
    """The time in the lower left corner, readable on any ground."""
    minutes, seconds = divmod(round(at, 1), 60)
    ImageDraw.Draw(cell).text(
        (6, cell.height - 6),
        f"{minutes:.0f}:{seconds:04.1f}",
        fill="white",
        font=ImageFont.load_default(LETTERS),
        anchor="ls",
        stroke_width=2,
        stroke_fill="black",
    )
