"""`python -m bot.media.chart.picture`: a `bot.domain.media.Chart` as PNG.

Light letters on the grey of Discord's dark theme are legible in its light theme, too. Colour carries no meaning.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from bot.data_classes import value_object
from bot.domain.media import ChartShape, ScaleMark
from bot.media.chart.lettering import fitting, legible, width
from bot.media.chart.sheet import CAPITAL, FAINT, HEIGHT, WIDTH, Sheet
from bot.media.worker.child import serve
from bot.media.worker.message import WorkerMessage

TITLE, TEXT, SMALL = 33, 25, 20  # pixels
MARGIN, TOP = 40, 140  # pixels of the outer margin, and above the longest column
FOOT = HEIGHT - 56  # the baseline of columns
GAP = 12  # pixels between labels and what they belong to
LEAST = 4  # minimum pixels of a value above zero
COLUMN, BAR = 0.75, 0.68  # the share of its slot that one fills
FEWEST_COLUMNS, FEWEST_BARS = 4, 3  # minimum number of slots, so that a single one does not fill the picture
LABELS = 0.38  # the share of the width that labels of bars may take


@value_object
class _Row:
    label: str
    value: float
    figure: str


def draw(message: WorkerMessage) -> WorkerMessage:
    """The message's head is a `bot.domain.media.Chart`."""
    chart = message.head
    sheet = Sheet()
    title, note, *labels = _words(chart)
    sheet.words(fitting(title, TITLE, WIDTH - 2 * MARGIN), (MARGIN, 60), TITLE, bold=True)
    sheet.words(fitting(note, SMALL, WIDTH - 2 * MARGIN), (MARGIN, 95), SMALL, colour=FAINT)
    rows = _rows(chart, labels)
    if rows and chart["shape"] == ChartShape.COLUMNS:
        _columns(sheet, rows, [ScaleMark(**each) for each in chart["scale"]])
    elif rows:
        _bars(sheet, rows)
    return WorkerMessage(head={}, parts=(sheet.png(),))


def _words(chart: Any) -> Sequence[str]:
    """Title, note and labels, each in letters that an available font has, if known."""
    words = [chart["title"], chart["note"], *chart["labels"]]
    return [legible(each, other) for each, other in zip(words, chart["instead"] or words, strict=True)]


def _rows(chart: Any, labels: Sequence[str]) -> Sequence[_Row]:
    told = zip(labels, chart["values"], chart["figures"], strict=True)
    return [
        _Row(label=fitting(label, TEXT, LABELS * WIDTH), value=float(value), figure=fitting(figure, TEXT, WIDTH))
        for label, value, figure in told
    ]


# Columns


def _columns(sheet: Sheet, rows: Sequence[_Row], scale: Sequence[ScaleMark]) -> None:
    """Each with its value if there is room; otherwise with a scale, and the highest value."""
    size = _figure_size(rows)
    most = max(row.value for row in rows)
    left = float(MARGIN)
    if size is None:
        most = max(most, *(mark.value for mark in scale)) if scale else most
        left += _draw_scale(sheet, scale, most)
    place = (WIDTH - MARGIN - left) / max(len(rows), FEWEST_COLUMNS)
    sheet.line((left, FOOT), (WIDTH - MARGIN, FOOT), thick=2)
    highest = max(range(len(rows)), key=lambda number: (rows[number].value, number))
    for number, row in enumerate(rows):
        middle, top = left + place * (number + 0.5), FOOT - _length(row.value, most, FOOT - TOP)
        if row.value > 0:
            sheet.column(middle - place * COLUMN / 2, top, middle + place * COLUMN / 2, FOOT)
            if size is not None or number == highest:
                _within_margins(sheet, row.figure, middle, top - GAP / 2, size or SMALL)
    _draw_labels(sheet, rows, left, place)


def _figure_size(rows: Sequence[_Row]) -> int | None:
    """The font size at which all values fit above their columns, side by side."""
    place = (WIDTH - 2 * MARGIN) / max(len(rows), FEWEST_COLUMNS)
    sizes = (size for size in (TEXT, SMALL) if max(width(row.figure, size) for row in rows) <= place - GAP / 2)
    return next(sizes, None)


def _draw_scale(sheet: Sheet, scale: Sequence[ScaleMark], most: float) -> float:
    """Horizontal lines, labelled at the left; returns the width of the labels in pixels."""
    room = max((width(mark.words, SMALL) for mark in scale), default=0.0) + GAP
    for mark in scale:
        y = FOOT - _length(mark.value, most, FOOT - TOP)
        sheet.words(mark.words, (MARGIN + room - GAP, y + SMALL * CAPITAL / 2), SMALL, before=1.0, colour=FAINT)
        sheet.line((MARGIN + room, y), (WIDTH - MARGIN, y))
    return room


def _draw_labels(sheet: Sheet, rows: Sequence[_Row], left: float, place: float) -> None:
    """As many as fit side by side, counted from the latest, which is always labelled."""
    half = max(width(row.label, TEXT) for row in rows) / 2
    free = math.inf  # pixels from the left that are still free
    for number in range(len(rows) - 1, -1, -1):
        middle = _inside(rows[number].label, left + place * (number + 0.5), TEXT)
        if middle + half + GAP <= free:
            sheet.words(rows[number].label, (middle, FOOT + 36), TEXT, before=0.5)
            free = middle - half


def _within_margins(sheet: Sheet, text: str, middle: float, y: float, size: int) -> None:
    sheet.words(text, (_inside(text, middle, size), y), size, before=0.5)


def _inside(text: str, middle: float, size: int) -> float:
    """The centre of the text, moved so that all of it is inside the picture."""
    half = width(text, size) / 2
    return min(max(middle, GAP + half), WIDTH - GAP - half)


# Bars


def _bars(sheet: Sheet, rows: Sequence[_Row]) -> None:
    """The first at the top, each with its label and its value."""
    above = TOP - GAP * 2
    place = (HEIGHT - GAP * 2 - above) / max(len(rows), FEWEST_BARS)
    left = MARGIN + max(width(row.label, TEXT) for row in rows) + GAP
    longest = WIDTH - MARGIN - left - GAP - max(width(row.figure, TEXT) for row in rows)
    most = max(row.value for row in rows)
    for number, row in enumerate(rows):
        middle = above + place * (number + 0.5)
        right, line = left + _length(row.value, most, longest), middle + TEXT * CAPITAL / 2
        sheet.words(row.label, (left - GAP, line), TEXT, before=1.0)
        sheet.words(row.figure, (right + GAP, line), TEXT)
        if row.value > 0:
            sheet.bar(left, middle - place * BAR / 2, right, middle + place * BAR / 2)
    sheet.line((left, above), (left, above + place * len(rows)), thick=2)


def _length(value: float, most: float, room: float) -> float:
    """In pixels; anything above zero is visible."""
    return max(LEAST, room * value / most) if value > 0 else 0.0


if __name__ == "__main__":
    serve(draw)
