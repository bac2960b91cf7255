"""A video at a glance: the poster, still or moving, and the contact sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bot.domain.errors import BadRequest
from bot.media.picture.colour import in_srgb, is_black, on_white
from bot.media.picture.framing import Pixels, shrink, within
from bot.media.picture.reading import read
from bot.media.video.footage import Sight, Still

LONGEST = 1280  # pixels of any side of poster and sheet
COLUMNS = 3
STILLS = COLUMNS**2
GAP = 4
CELL = (LONGEST - GAP * (COLUMNS - 1)) // COLUMNS
BETWEEN = (18, 18, 20)
LETTERS = 18  # pixels
MARGIN = 6  # likewise, between a still's time and its edges
MOVING_SIDE = 320  # pixels; lists show it at a quarter of that
MOVING_PACE = 500  # milliseconds for each still
MOVING_QUALITIES = (70, 40, 10)  # the best that is small enough is used
HEAVIEST_MOVING = 300_000  # bytes; several of them are uploaded with a page
BEST, WORST = -1, STILLS + 2  # ranks of posters
Font = ImageFont.ImageFont | ImageFont.FreeTypeFont


@dataclass(slots=True, kw_only=True)
class Highlights:
    """Sees a video's frames one by one, and keeps only what people are shown: small stills, and the poster.

    The poster is the picture given by the video service if it is any good; otherwise the first good still after a
    quarter of the video.
    """

    given: bytes | None = None
    stills: list[Still] = field(default_factory=list)
    _poster: Image.Image | None = None
    _rank: int = WORST

    @property
    def poster(self) -> Image.Image:
        if self._poster is None:
            raise ValueError("nothing was seen")
        return self._poster

    def see(self, sight: Sight) -> None:
        small = sight.picture(CELL)
        self.stills.extend(Still(at=at, image=small) for at in sight.at)
        if not sight.number and self.given:
            self._prefer(_usable(self.given, sight.longest(LONGEST) // 2))
        rank_of = _rank_if_black if is_black(small) else _rank
        rank = min(map(rank_of, range(sight.number, len(self.stills))))
        if rank < self._rank:
            self._poster, self._rank = sight.picture(LONGEST), rank

    def _prefer(self, given: Image.Image | None) -> None:
        if given is not None:
            self._poster, self._rank = given, BEST


def contact_sheet(stills: Sequence[Still]) -> Image.Image:
    """Nine stills with their times, three per row."""
    width, height = within(stills[0].image.size, (CELL, CELL))
    size = tuple(side * COLUMNS + GAP * (COLUMNS - 1) for side in (width, height))
    sheet = Image.new("RGB", (size[0], size[1]), BETWEEN)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(LETTERS)
    for number, still in enumerate(stills[:STILLS]):
        row, column = divmod(number, COLUMNS)
        left, top = column * (width + GAP), row * (height + GAP)
        sheet.paste(_resized(still.image, (width, height)), (left, top))
        _stamp(draw, font, (left + MARGIN, top + height - MARGIN), still.at)
    return sheet


def moving_poster(stills: Sequence[Still], most: int = HEAVIEST_MOVING) -> bytes | None:
    """The stills in an endless loop, as a WebP of at most `most` bytes. None if that is impossible."""
    side = min(MOVING_SIDE, *[max(still.image.size) for still in stills])
    size = within(stills[0].image.size, (side, side))
    frames = [_resized(still.image, size) for still in stills]
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


def _rank(number: int) -> int:
    """How suitable a still is as the poster, 0 being best."""
    return (number - STILLS // 4) % STILLS


def _rank_if_black(number: int) -> int:
    return STILLS if number == STILLS // 2 else STILLS + 1


def _resized(image: Image.Image, size: Pixels) -> Image.Image:
    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS)


def _usable(given: bytes, least: int) -> Image.Image | None:
    """The picture, if it can be read, shows something, and has a side of at least `least` pixels."""
    try:
        reading = read(given)
    except BadRequest:
        return None
    flat, _ = on_white(reading.image)
    image = in_srgb(shrink(flat, LONGEST), reading.icc)
    return None if max(image.size) < least or is_black(image) else image


def _stamp(draw: ImageDraw.ImageDraw, font: Font, corner: Pixels, at: float) -> None:
    """The time, from its lower left corner on, legible on any background."""
    minutes, seconds = divmod(round(at, 1), 60)
    draw.text(
        corner,
        f"{minutes:.0f}:{seconds:04.1f}",
        fill="white",
        font=font,
        anchor="ls",
        stroke_width=2,
        stroke_fill="black",
    )
