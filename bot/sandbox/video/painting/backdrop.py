"""A given picture as the background, with a slow camera move into it."""

from __future__ import annotations

import io

import av
from PIL import Image, ImageFilter, ImageOps

ZOOM = 0.02  # share of the picture's size that is cropped after each second
CLOSEST = 0.2
FROST = 0.06  # of the shorter side: the blur radius behind text
HEAD, FOOT = 0.12, 0.68  # of the height: above and below these


class Given:
    """The picture, or the first frame of the video, that an order starts from."""

    def __init__(self, data: bytes, size: tuple[int, int]) -> None:
        self._picture = frosted(ImageOps.fit(opened(data), size))

    def paint(self, frame: Image.Image, at: float) -> None:
        """Paint the picture `at` seconds after the start over the whole of `frame`."""
        width, height = self._picture.size
        inset = min(CLOSEST, ZOOM * at) / 2
        window = (width * inset, height * inset, width * (1 - inset), height * (1 - inset))
        frame.paste(self._picture.resize((width, height), Image.Resampling.BILINEAR, box=window))


def opened(data: bytes) -> Image.Image:
    """The picture, or the first frame of a video, as RGB."""
    if data[4:8] != b"ftyp":
        with Image.open(io.BytesIO(data)) as picture:
            return picture.convert("RGB")
    with av.open(io.BytesIO(data), "r") as film:
        frame = next(film.decode(film.streams.video[0])).reformat(format="rgb24")
        plane = frame.planes[0]
        return Image.frombytes("RGB", (frame.width, frame.height), bytes(plane), "raw", "RGB", plane.line_size)


def frosted(picture: Image.Image) -> Image.Image:
    """Blurred at the top and bottom, where the still of an earlier simulated video already has text."""
    reach = FROST * min(picture.size)
    clear = Image.new("L", picture.size, 0)
    clear.paste(255, (0, round(HEAD * picture.height), picture.width, round(FOOT * picture.height)))
    blurred = picture.filter(ImageFilter.GaussianBlur(reach))
    return Image.composite(picture, blurred, clear.filter(ImageFilter.BoxBlur(reach)))
