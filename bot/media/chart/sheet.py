"""The canvas of a chart: a picture drawn at twice the size, so that edges are smooth once it is halved."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw

from bot.media.chart.lettering import font, runs, width

WIDTH, HEIGHT = 1000, 560  # pixels; a phone shows them at a third of that
FINER = 2
ROUND = 5  # pixels; the corner radius of a bar's far end
CAPITAL = 0.73  # the height of a capital letter, as a share of the size
BOLD = 0.03  # the width added on each side of a stroke, likewise
GROUND, LETTERS, FAINT, LINE, BAR = "#2b2d31", "#f2f3f5", "#b5bac1", "#4e5058", "#5b8def"


class Sheet:
    """All positions and sizes are in pixels of the final picture."""

    def __init__(self) -> None:
        self._image = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER), GROUND)
        self._pen = ImageDraw.Draw(self._image)

    def column(self, left: float, top: float, right: float, foot: float) -> None:
        self._block((left, top, right, foot), corners=(True, True, False, False))

    def bar(self, left: float, top: float, right: float, foot: float) -> None:
        self._block((left, top, right, foot), corners=(False, True, True, False))

    def line(self, start: tuple[float, float], end: tuple[float, float], thick: float = 1) -> None:
        fine = [(round(x * FINER), round(y * FINER)) for x, y in (start, end)]
        self._pen.line(fine, fill=LINE, width=round(thick * FINER))

    def words(
        self,
        text: str,
        place: tuple[float, float],
        size: int,
        *,
        before: float = 0.0,
        colour: str = LETTERS,
        bold: bool = False,
    ) -> None:
        """`place` is on the baseline. `before`: the share of their width that is left of it."""
        fine, stroke = size * FINER, size * FINER * BOLD if bold else 0.0
        x, y = place[0] * FINER - width(text, fine) * before, place[1] * FINER
        for name, piece in runs(text):
            letters = font(name, fine)
            self._pen.text((x, y), piece, fill=colour, font=letters, anchor="ls", stroke_width=stroke)
            x += letters.getlength(piece)

    def png(self) -> bytes:
        written = BytesIO()
        self._image.reduce(FINER).save(written, "PNG")
        return written.getvalue()

    def _block(self, box: tuple[float, float, float, float], corners: tuple[bool, bool, bool, bool]) -> None:
        left, top, right, foot = (round(each * FINER) for each in box)
        radius = min(ROUND * FINER, (right - left) // 2, (foot - top) // 2)
        self._pen.rounded_rectangle((left, top, right - 1, foot - 1), radius, fill=BAR, corners=corners)
