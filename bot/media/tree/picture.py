"""`python -m bot.media.tree.picture`: the family of a video, drawn as a tree of posters.

A video that cannot be watched is an empty shape; the one that was asked about has a thick frame. The picture contains
no text but ids, so that its message can say the rest in the reader's language.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from bot.data_classes import value_object
from bot.domain.studio.visibility import Visibility
from bot.media.picture.colour import is_black
from bot.media.picture.framing import within
from bot.media.tree.layout import ABOVE, ROOT, Layout, laid_out
from bot.media.worker.child import serve
from bot.media.worker.message import WorkerMessage

CELL = (176, 108)  # pixels of a cell at full size
LONGEST = 4000  # pixels of any side of the picture
SMALLEST = 0.25  # of the full size; below that nobody could recognise posters, so fewer are drawn
NAMED = 0.55  # of the full size; below that names would be illegible
NAME = 0.19  # the share of a cell's height below its poster
LETTERS = 15  # pixels at full size
EDGE = 12  # pixels of the outer margin
THREADS = 2
GROUND, LINE, FAINT, WHITE, ASKED = (43, 45, 49), (128, 132, 142), (64, 67, 74), (242, 243, 245), (88, 141, 239)


@value_object
class _Drawing:
    """A picture being drawn. `scale`: its size relative to full size."""

    image: Image.Image
    pen: ImageDraw.ImageDraw
    scale: float

    def at(self, x: float, y: float) -> tuple[int, int]:
        return round(EDGE + x * CELL[0] * self.scale), round(EDGE + y * CELL[1] * self.scale)


def draw(message: WorkerMessage) -> WorkerMessage:
    """`relatives`: each with `parent`, `name`, `visibility`, `steps` and `posters`, paths of which the first is shown.

    Answers a JPEG, and as `drawn` how many are in it: those closest to the video that was asked about.
    """
    relatives = message.head["relatives"]
    kept, layout, scale = _fitting(relatives)
    size = [
        round(side * cell * scale) + 2 * EDGE for side, cell in zip((layout.width, layout.height), CELL, strict=True)
    ]
    image = Image.new("RGB", (size[0], size[1]), GROUND)
    drawing = _Drawing(image=image, pen=ImageDraw.Draw(image), scale=scale)
    for line in layout.lines:
        drawing.pen.line([drawing.at(*point) for point in line], fill=LINE, width=max(1, round(3 * scale)))
    room = round(CELL[0] * scale * (1 - 2 * ABOVE)), round(CELL[1] * scale * (1 - NAME - ABOVE))
    with ThreadPoolExecutor(THREADS) as threads:
        posters = threads.map(lambda each: _poster(each["posters"], room), kept)
        for each, place, poster in zip(kept, layout.places, posters, strict=True):
            _draw_one(drawing, each, drawing.at(place[0] + ABOVE, place[1] + ABOVE), room, poster)
    written = BytesIO()
    image.save(written, "JPEG", quality=85)
    return WorkerMessage(head={"drawn": len(kept)}, parts=(written.getvalue(),))


def _fitting(relatives: Sequence[Any]) -> tuple[Sequence[Any], Layout, float]:
    """As many of the closest as can be recognised."""
    most = max(each["steps"] for each in relatives)
    while True:
        kept = _within(relatives, most)
        layout = laid_out([each["parent"] for each in kept])
        scale = min(1.0, LONGEST / (layout.width * CELL[0]), LONGEST / (layout.height * CELL[1]))
        if scale >= SMALLEST or most == 0:
            return kept, layout, scale
        most = most * 3 // 4


def _within(relatives: Sequence[Any], most: int) -> Sequence[Any]:
    """Those within so many steps, each with its parent's index among them."""
    places = [place for place, each in enumerate(relatives) if each["steps"] <= most]
    new = {place: number for number, place in enumerate(places)} | {ROOT: ROOT}
    return [{**relatives[place], "parent": new.get(relatives[place]["parent"], ROOT)} for place in places]


def _poster(paths: Sequence[str], room: tuple[int, int]) -> Image.Image | None:
    """The first readable one, no larger than there is space for."""
    for path in paths:
        try:
            with Image.open(path) as image:
                return _bright(image, room)
        except (OSError, ValueError, SyntaxError, EOFError):
            continue
    return None


def _bright(image: Image.Image, room: tuple[int, int]) -> Image.Image:
    """The first frame of a moving one that is not black; each further frame has to be decoded."""
    first = _small(image, room)
    for number in range(1, getattr(image, "n_frames", 1)):
        if not is_black(first):
            break
        image.seek(number)
        first = _small(image, room)
    return first


def _small(image: Image.Image, room: tuple[int, int]) -> Image.Image:
    return image.convert("RGB").resize(within(image.size, room), Image.Resampling.BILINEAR, reducing_gap=2.0)


def _draw_one(
    drawing: _Drawing, each: Any, corner: tuple[int, int], room: tuple[int, int], poster: Image.Image | None
) -> None:
    (left, top), (width, height) = corner, room
    box = (left, top, left + width, top + height)
    visibility = Visibility[each["visibility"]]
    drawing.pen.rectangle(box, fill=GROUND if poster is not None else FAINT)
    if poster is not None and visibility is Visibility.SHOWN:
        drawing.image.paste(poster, (left + (width - poster.width) // 2, top + (height - poster.height) // 2))
    elif visibility is Visibility.DELETED:
        drawing.pen.rectangle(box, fill=GROUND, outline=LINE, width=max(1, round(2 * drawing.scale)))
        drawing.pen.line([(left, top), (left + width, top + height)], fill=LINE, width=1)
        drawing.pen.line([(left, top + height), (left + width, top)], fill=LINE, width=1)
    elif visibility is Visibility.HIDDEN:
        _draw_dots(drawing, box)
    if each["steps"] == 0:
        drawing.pen.rectangle(box, outline=ASKED, width=max(2, round(6 * drawing.scale)))
    if drawing.scale >= NAMED and each["name"]:
        font = ImageFont.load_default(LETTERS * drawing.scale)
        middle = (left + width / 2, top + height + 3 * drawing.scale)
        drawing.pen.text(middle, each["name"], fill=WHITE, font=font, anchor="ma")


def _draw_dots(drawing: _Drawing, box: tuple[int, int, int, int]) -> None:
    middle, radius = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2), max(1.0, 5 * drawing.scale)
    for step in -1, 0, 1:
        x = middle[0] + step * 4 * radius
        drawing.pen.ellipse((x - radius, middle[1] - radius, x + radius, middle[1] + radius), fill=LINE)


if __name__ == "__main__":
    serve(draw)
