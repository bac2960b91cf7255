"""The sky: its colours, stars, the sun or the moon, and clouds."""

from __future__ import annotations

import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from bot.sandbox.video.painting.layers import gradient
from bot.sandbox.video.painting.palettes import Colour, Palette

GLOWS = ((9.0, 0.5), (3.0, 0.55))  # (reach in radii of the disc, strength)
GRAIN = 0.12  # a little keeps the gradient free of steps
PUFFS = 14  # ellipses to a cloud


def sky(size: tuple[int, int], palette: Palette, chance: random.Random) -> Image.Image:
    width, height = size
    picture = gradient(size, (palette.zenith, palette.middle, palette.horizon))
    centre = chance.uniform(0.2, 0.8) * width, chance.uniform(0.24, 0.42) * height
    radius = chance.uniform(0.045, 0.09) * min(size)
    draw = ImageDraw.Draw(picture, "RGBA")
    for _ in range(palette.stars):
        x, y = chance.uniform(0, width), height * 0.6 * chance.random() ** 1.5
        r = chance.uniform(0.4, 1.3)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=(255, 255, 255, chance.randint(60, 220)))
    lighten(picture, centre, radius, palette.light)
    grain = ImageChops.overlay(picture, Image.effect_noise(size, 24).convert("RGB"))
    return Image.blend(picture, grain, GRAIN)


def lighten(picture: Image.Image, centre: tuple[float, float], radius: float, light: Colour) -> None:
    """Add a disc with a wide and a narrow glow to the picture."""
    for reach, strength in GLOWS:
        side = round(2 * reach * radius)
        corner = round(centre[0] - side / 2), round(centre[1] - side / 2)
        picture.paste(light, (*corner, corner[0] + side, corner[1] + side), glow(strength).resize((side, side)))
    disc = Image.new("L", picture.size, 0)
    x, y = centre
    ImageDraw.Draw(disc).ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    picture.paste(light, (0, 0), disc.filter(ImageFilter.GaussianBlur(1.2)))


def glow(strength: float) -> Image.Image:
    """A mask, brightest in the middle and transparent at the edge."""
    distance = Image.radial_gradient("L")  # 0 in the middle, 180 half-way along each edge
    return distance.point([round(255 * strength * max(0.0, 1 - step / 180) ** 1.6) for step in range(256)])


def cloud_shape(size: tuple[int, int], chance: random.Random) -> Image.Image:
    """Heaps of flat ellipses, painted small and blurred, as a mask."""
    width, height = size[0] // 4, size[1] // 4
    shape = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(shape)
    for _ in range(chance.randint(4, 8)):
        centre_x, centre_y = chance.uniform(0, width), chance.uniform(0.2, 0.8) * height
        length = chance.uniform(0.08, 0.2) * width
        for _ in range(PUFFS):
            x, half = centre_x + chance.gauss(0, length / 2), chance.uniform(0.2, 0.6) * length
            y, thick = centre_y + chance.gauss(0, height * 0.025), chance.uniform(0.025, 0.065) * height
            draw.ellipse((x - half, y - thick, x + half, y + thick), fill=chance.randint(60, 130))
    return shape.filter(ImageFilter.GaussianBlur(height * 0.028)).resize(size, Image.Resampling.BICUBIC)
