"""`python -m bot.media.chart`: a bar chart as PNG, drawn by Matplotlib in a process of its own.

Matplotlib takes 70 MB and half a second to import, which the bot itself is to be spared. Light letters on the grey of
Discord's dark theme are read on its light one, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from bot.domain.media import ChartShape
from bot.media.worker.child import serve
from bot.media.worker.message import WorkerMessage

DPI = 100
WIDE = (10.0, 5.6)  # inches, so 1000 × 560 pixels; a phone shows them at a third
GROUND, LETTERS, FAINT, BAR = "#2b2d31", "#f2f3f5", "#b5bac1", "#5b8def"
TITLE, TEXT, SMALL = 24, 18, 15  # points
MARGIN, BELOW, ABOVE = 0.04, 0.1, 0.8  # shares of the picture
LETTER = 0.0145  # the share of its width that a letter of a label takes
MOST_FIGURES = 12  # columns that have room for their figure above them
MOST_LABELS = 8  # labels that fit side by side
LONGEST_LABEL = 26  # characters
ROOM = 1.16  # of the longest bar, so that its figure is inside


def draw(message: WorkerMessage) -> WorkerMessage:
    """The head is a `bot.domain.media.Chart`."""
    chart = message.head
    labels = [_plain(label) for label in chart["labels"]]
    is_upright = chart["shape"] == ChartShape.COLUMNS
    figure = Figure(figsize=WIDE, dpi=DPI, facecolor=GROUND)
    FigureCanvasAgg(figure)
    left = MARGIN if is_upright else MARGIN + LETTER * max((len(label) for label in labels), default=0)
    axes = figure.add_axes((left, BELOW, 1 - left - MARGIN, ABOVE - BELOW), facecolor=GROUND)
    axes.spines[:].set_visible(False)
    axes.tick_params(colors=LETTERS, labelsize=TEXT, length=0)
    figure.text(MARGIN, 0.9, _plain(chart["title"], 60), color=LETTERS, fontsize=TITLE, fontweight="bold")
    figure.text(MARGIN, 0.835, _plain(chart["note"], 90), color=FAINT, fontsize=SMALL)
    (_columns if is_upright else _bars)(axes, labels, chart["values"], chart["figures"])
    written = BytesIO()
    figure.savefig(written, format="png", facecolor=GROUND)
    return WorkerMessage(head={}, parts=(written.getvalue(),))


def _columns(axes: Axes, labels: Sequence[str], values: Sequence[float], figures: Sequence[str]) -> None:
    places = range(len(values))
    axes.bar(places, values, color=BAR, width=0.75)
    axes.set_ylim(0, _limit(values))
    axes.set_yticks([])
    axes.set_xlim(-0.8, max(len(values), 4) - 0.2)
    step = max(1, -(-len(labels) // MOST_LABELS))
    shown = list(places)[::-step][::-1]  # counted from the latest, which is always named
    axes.set_xticks(shown, [labels[place] for place in shown])
    highest = max(values, default=0)
    for place, (value, figure) in enumerate(zip(values, figures, strict=True)):
        if value and (len(values) <= MOST_FIGURES or value == highest):
            size = TEXT if len(values) <= MOST_LABELS else SMALL
            axes.text(place, value, figure, ha="center", va="bottom", color=LETTERS, fontsize=size)


def _bars(axes: Axes, labels: Sequence[str], values: Sequence[float], figures: Sequence[str]) -> None:
    places = range(len(values))
    axes.barh(places, values, color=BAR, height=0.68)
    axes.set_xlim(0, _limit(values))
    axes.set_ylim(max(len(values), 3) - 0.4, -0.6)  # the first on top
    axes.set_xticks([])
    axes.set_yticks(list(places), list(labels))
    for place, (value, figure) in enumerate(zip(values, figures, strict=True)):
        axes.text(value, place, f" {figure}", ha="left", va="center", color=LETTERS, fontsize=TEXT)


def _limit(values: Sequence[float]) -> float:
    return max(values, default=0) * ROOM or 1.0


def _plain(text: Any, longest: int = LONGEST_LABEL) -> str:
    """In one line. Dollar signs would begin a formula."""
    words = " ".join(str(text).split())
    cut = words if len(words) <= longest else words[: longest - 1].rstrip() + "…"
    return cut.replace("$", r"\$")


if __name__ == "__main__":
    serve(draw)
