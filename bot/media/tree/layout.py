"""Where each video of a family is placed in its picture: children below their parent, in rows that keep it compact.

All lengths are in cells, the space for one poster with its name and the lines around it. A video with many children has
them in several rows; a line without branches is read from left to right and wrapped like a text.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.data_classes import value_object

ROOT = -1  # stands for no parent
WIDER = 1.0  # width in cells per cell of height: a cell has nearly the proportions of a screen
FOLD = 8  # videos side by side in a line without branches
LEAST = 6.0  # cells across, before children wrap into another row
TRUNK = 0.25  # cells kept free to the left of several rows, for the line that leads down to them
ABOVE = 0.12  # cells above a poster, for lines

Point = tuple[float, float]


@value_object
class Layout:
    """`places`: the upper left corner of each cell. `lines`: the corners of each line from a parent to a child."""

    width: float
    height: float
    places: Sequence[Point]
    lines: Sequence[Sequence[Point]]


@dataclass(slots=True)
class _Box:
    """A line without branches, and everything below its last video. Positions inside are relative to it.

    `trunk`: where the line runs that leads to rows after the first, if there are any.
    """

    width: float = 1.0
    height: float = 1.0
    cells: list[tuple[int, float, float]] = field(default_factory=list)
    boxes: list[tuple[int, float, float]] = field(default_factory=list)  # each by its first video
    trunk: float | None = None


def laid_out(parents: Sequence[int]) -> Layout:
    """`parents`: the index of each one's parent, which comes before it. Only the first has none."""
    children: list[list[int]] = [[] for _ in parents]
    for place, parent in enumerate(parents):
        if parent != ROOT:
            children[parent].append(place)
    boxes: dict[int, _Box] = {}
    for place in reversed(range(len(parents))):
        if parents[place] == ROOT or len(children[parents[place]]) > 1:
            boxes[place] = _box_of(place, children, boxes)
    return _unfolded(parents, boxes)


def _box_of(first: int, children: Sequence[Sequence[int]], boxes: dict[int, _Box]) -> _Box:
    """The box of the line that begins there, built from the boxes of the children of its last video."""
    line = [first]
    while len(children[line[-1]]) == 1:
        line.append(children[line[-1]][0])
    last = children[line[-1]]
    if not last:
        return _folded(line)
    below = _packed(line[-1], last, boxes)
    return below if len(line) == 1 else _above(_folded(line[:-1]), below)


def _folded(line: Sequence[int]) -> _Box:
    cells = [(each, float(number % FOLD), float(number // FOLD)) for number, each in enumerate(line)]
    return _Box(width=min(FOLD, len(line)), height=math.ceil(len(line) / FOLD), cells=cells)


def _above(upper: _Box, lower: _Box) -> _Box:
    wide = max(upper.width, lower.width)
    up, down = (wide - upper.width) / 2, (wide - lower.width) / 2
    return _Box(
        width=wide,
        height=upper.height + lower.height,
        cells=[
            *((each, x + up, y) for each, x, y in upper.cells),
            *((each, x + down, y + upper.height) for each, x, y in lower.cells),
        ],
        boxes=[(each, x + down, y + upper.height) for each, x, y in lower.boxes],
        trunk=None if lower.trunk is None else lower.trunk + down,
    )


def _packed(parent: int, children: Sequence[int], boxes: dict[int, _Box]) -> _Box:
    """The parent above its children, which are placed in rows in order."""
    area = sum(boxes[each].width * boxes[each].height for each in children)
    wide = max(LEAST, math.sqrt(area * WIDER), *(boxes[each].width for each in children))
    rows: list[list[int]] = [[]]
    for each in children:
        if rows[-1] and sum(boxes[one].width for one in (*rows[-1], each)) > wide:
            rows.append([])
        rows[-1].append(each)
    left = TRUNK if len(rows) > 1 else 0.0
    box = _Box(width=left + max(sum(boxes[each].width for each in row) for row in rows))
    for row in rows:
        x = left
        for each in row:
            box.boxes.append((each, x, box.height))
            x += boxes[each].width
        box.height += max(boxes[each].height for each in row)
    box.cells = [(parent, (box.width - 1) / 2, 0.0)]
    box.trunk = left / 2 if left else None
    return box


def _unfolded(parents: Sequence[int], boxes: dict[int, _Box]) -> Layout:
    places: list[Point] = [(0.0, 0.0)] * len(parents)
    trunks: dict[int, tuple[float, float]] = {}  # by child in a row after the first: its trunk and row
    todo = [(0, 0.0, 0.0)]
    while todo:
        first, x, y = todo.pop()
        box = boxes[first]
        for each, dx, dy in box.cells:
            places[each] = (x + dx, y + dy)
        first_row = min((dy for _, _, dy in box.boxes), default=0.0)
        for each, dx, dy in box.boxes:
            todo.append((each, x + dx, y + dy))
            if box.trunk is not None and dy > first_row:
                trunks[each] = (x + box.trunk, y + first_row)
    lines = [
        _line(places[parent], places[place], trunks.get(place))
        for place, parent in enumerate(parents)
        if parent != ROOT
    ]
    return Layout(width=boxes[0].width, height=boxes[0].height, places=places, lines=lines)


def _line(parent: Point, child: Point, trunk: tuple[float, float] | None) -> Sequence[Point]:
    """To the right if the child is beside it; otherwise down, across above the child, and down to it."""
    (from_x, from_y), (x, y) = parent, child
    if from_y == y and x == from_x + 1:
        middle = y + (1 + ABOVE) / 2
        return [(from_x + 1 - ABOVE, middle), (x + ABOVE, middle)]
    start, bend, end = (from_x + 0.5, from_y + 1), y + ABOVE / 2, (x + 0.5, y + ABOVE)
    if trunk is None:
        return [start, (from_x + 0.5, bend), (x + 0.5, bend), end]
    trunk_x, row = trunk
    turn = row + ABOVE / 2
    return [start, (from_x + 0.5, turn), (trunk_x, turn), (trunk_x, bend), (x + 0.5, bend), end]
