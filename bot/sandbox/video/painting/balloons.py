"""Hot-air balloons: one for each remix of a video, in the sky of the first."""

from __future__ import annotations

import math

from PIL import Image, ImageDraw

from bot.data_classes import value_object
from bot.sandbox.video.painting.palettes import Colour, chance_for, mixed, palette_for

SMOOTH = 3  # painted so many times larger, then scaled down
STRIPES = 5
ROPE = (40, 30, 30)
WICKER = (92, 58, 36)


@value_object(kw_only=False)
class Balloon:
    """It drifts and bobs."""

    sprite: Image.Image
    x: float
    y: float
    phase: float

    def put_on(self, frame: Image.Image, at: float) -> None:
        x = self.x + 0.012 * frame.width * at
        y = self.y + 0.012 * frame.height * math.sin(1.3 * at + self.phase)
        frame.paste(self.sprite, (round(x), round(y)), self.sprite)


def balloon(size: tuple[int, int], prompt: str, place: int) -> Balloon:
    """The balloon of a remix, in colours of its prompt; the first ones are the largest."""
    chance = chance_for(prompt)
    palette = palette_for(chance)
    tall = round(min(size) * (0.2 - 0.03 * min(place, 3)))
    sprite = painted(tall, (palette.middle, palette.light, mixed(palette.near, palette.middle, 0.4)))
    x = size[0] * ((0.14 + 0.29 * place + 0.08 * chance.random()) % 0.8)
    y = size[1] * (0.16 + 0.1 * chance.random() + 0.08 * (place % 2))
    return Balloon(sprite, x, y, chance.uniform(0, math.tau))


def painted(tall: int, cloth: tuple[Colour, Colour, Colour]) -> Image.Image:
    h = tall * SMOOTH
    w = round(h * 0.72)
    picture = Image.new("RGBA", (w, h), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    for stripe in range(STRIPES):
        inset = w * 0.1 * stripe
        draw.ellipse((inset, 0, w - inset, h * 0.72), fill=cloth[stripe % len(cloth)])
    skirt = [(w * 0.14, h * 0.53), (w * 0.86, h * 0.53), (w * 0.58, h * 0.82), (w * 0.42, h * 0.82)]
    draw.polygon(skirt, fill=cloth[2])
    for side in (-1, 1):
        draw.line((w * (0.5 + 0.07 * side), h * 0.82, w * (0.5 + 0.05 * side), h * 0.9), fill=ROPE, width=SMOOTH)
    draw.rounded_rectangle((w * 0.43, h * 0.89, w * 0.57, h * 0.99), radius=h * 0.02, fill=WICKER)
    return picture.resize((round(w / SMOOTH), tall), Image.Resampling.LANCZOS)
