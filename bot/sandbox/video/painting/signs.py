"""The text on a simulated video: that it is simulated, its prompt, and what was ordered."""

from __future__ import annotations

from collections.abc import Iterator

from PIL import Image, ImageDraw

from bot.data_classes import value_object
from bot.sandbox.video.behaviour import without_markers
from bot.sandbox.video.openai.videos import Ordered, SimulatedVideo
from bot.sandbox.video.painting.lettering import Lettering, set_text

Colour = tuple[int, int, int, int]

WHITE = (255, 255, 255, 255)
PALE = (255, 255, 255, 190)
INK = (24, 21, 38, 255)
SCRIM = 165  # of 255: how dark the background of text gets
MARGIN = 0.05  # of the shorter side, like all sizes below
SMALL = 0.027
BADGE = 0.034
TITLES = ((50, 0.074), (120, 0.056), (260, 0.043), (10**9, 0.034))  # (up to so many letters, size)


@value_object(kw_only=False)
class Sign:
    """A part of the picture with its own transparency."""

    paint: Image.Image
    mask: Image.Image
    top: int

    @classmethod
    def of(cls, picture: Image.Image, top: int) -> Sign:
        return cls(picture.convert("RGB"), picture.getchannel("A"), top)

    def put_on(self, frame: Image.Image) -> None:
        frame.paste(self.paint, (0, self.top), self.mask)


def badge(size: tuple[int, int]) -> Sign:
    """A pill in the upper left corner."""
    unit, width = min(size), size[0]
    margin, pad = round(MARGIN * unit), round(0.014 * unit)
    word = set_text("SIMULATED", round(BADGE * unit), width, 1)
    note = set_text("not made by a video service", round(SMALL * unit), width, 1)
    picture = Image.new("RGBA", (width, margin + word.leading + 3 * pad), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    right = margin + round(word.font.getlength("SIMULATED")) + 4 * pad
    middle = margin + pad + word.leading // 2
    draw.rounded_rectangle((margin, margin, right, margin + word.leading + 2 * pad), radius=unit, fill=WHITE)
    draw.text((margin + 2 * pad, middle), word.lines[0], font=word.font, fill=INK, anchor="lm", stroke_width=0.4)
    draw.text((right + 1 + 2 * pad, middle + 1), note.lines[0], font=note.font, fill=(0, 0, 0, 120), anchor="lm")
    draw.text((right + 2 * pad, middle), note.lines[0], font=note.font, fill=WHITE, anchor="lm")
    return Sign.of(picture, 0)


def caption(video: SimulatedVideo, size: tuple[int, int]) -> Sign:
    """At the bottom, on a dark background: what it is a remix of, its prompt in large letters, and the order."""
    unit, width = min(size), size[0]
    margin = round(MARGIN * unit)
    room = width - 2 * margin
    blocks = [(set_text(line, round(size * unit), room, most), colour) for line, size, most, colour in lines(video)]
    gap = round(0.018 * unit)
    height = sum(block.height + gap for block, _ in blocks) + margin
    picture = ground(width, round(height * 1.5))
    draw = ImageDraw.Draw(picture)
    top = picture.height - height
    for block, colour in blocks:
        write(draw, block, (margin, top), colour)
        top += block.height + gap
    return Sign.of(picture, size[1] - picture.height)


def lines(video: SimulatedVideo) -> Iterator[tuple[str, float, int, Colour]]:
    """(text, size, most lines, colour) from top to bottom."""
    ordered = video.ordered
    if len(ordered.lineage) > 1:
        yield f"A remix of “{without_markers(ordered.lineage[-2])}”", SMALL * 1.2, 1, PALE
    prompt = without_markers(ordered.prompt) or "…"
    yield prompt, next(size for letters, size in TITLES if len(prompt) <= letters), 4, WHITE
    width, height = ordered.size
    yield f"{ordered.model}  ·  {ordered.seconds} s  ·  {width} x {height}", SMALL, 1, PALE
    if beside := "  ·  ".join(asked_beside(ordered)):
        yield beside, SMALL, 2, PALE
    yield video.id, SMALL * 0.8, 1, PALE


def asked_beside(ordered: Ordered) -> Iterator[str]:
    """Options, so that people see that they arrived."""
    if ordered.seed is not None:
        yield f"seed {ordered.seed}"
    if ordered.without:
        yield f"without “{ordered.without}”"
    if ordered.sound is not None:
        yield "with sound" if ordered.sound else "without sound"
    if ordered.references:
        yield f"{len(ordered.references)} reference pictures"
    if ordered.end is not None:
        yield "ends with a picture"


def ground(width: int, height: int) -> Image.Image:
    """Black, from transparent at the top to dark at the bottom."""
    picture = Image.new("RGBA", (width, height), (8, 6, 16, 255))
    darker = [round(SCRIM * min(1.0, row / 200) ** 1.5) for row in range(256)]
    picture.putalpha(Image.linear_gradient("L").point(darker).resize((width, height)))
    return picture


def write(draw: ImageDraw.ImageDraw, block: Lettering, corner: tuple[int, int], colour: Colour) -> None:
    for row, line in enumerate(block.lines):
        draw.text((corner[0], corner[1] + row * block.leading), line, font=block.font, fill=colour)
