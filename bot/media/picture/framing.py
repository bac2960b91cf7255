"""Scales pictures to an exact size, and writes them without anything but their pixels."""

from __future__ import annotations

import io

from PIL import Image, ImageFilter

Pixels = tuple[int, int]  # width, height
LANCZOS = Image.Resampling.LANCZOS
COARSE = 16  # the backdrop is blurred at this fraction of its size: it looks the same for a hundredth of the work


def cover(image: Image.Image, size: Pixels) -> Image.Image:
    """Scaled to fill `size`, cropped equally on both sides."""
    scale = min(image.width / size[0], image.height / size[1])
    width, height = size[0] * scale, size[1] * scale
    left, top = (image.width - width) / 2, (image.height - height) / 2
    return image.resize(size, LANCZOS, box=(left, top, left + width, top + height))


def within(have: Pixels, box: Pixels) -> Pixels:
    """The largest size of the same proportions that fits into `box`."""
    scale = min(box[0] / have[0], box[1] / have[1])
    return max(1, round(have[0] * scale)), max(1, round(have[1] * scale))


def pad(image: Image.Image, size: Pixels) -> Image.Image:
    """The whole picture, scaled to fit into `size`, on a blurred copy of itself.

    A video model would take black bars for a part of the scene.
    """
    inner = image.resize(within(image.size, size), LANCZOS)
    backdrop = _backdrop(image, size)
    backdrop.paste(inner, ((size[0] - inner.width) // 2, (size[1] - inner.height) // 2))
    return backdrop


def inside(image: Image.Image, box: Pixels) -> Image.Image:
    """Scaled down until it fits into `box`; never up."""
    if image.width <= box[0] and image.height <= box[1]:
        return image
    return image.resize(within(image.size, box), LANCZOS)


def shrink(image: Image.Image, longest: int) -> Image.Image:
    """Scaled down so that no side is longer than `longest`; never up."""
    return inside(image, (longest, longest))


def png(image: Image.Image) -> bytes:
    return _file(image, "PNG", compress_level=3)  # a tenth larger than with 6, and two to three times as fast


def jpeg(image: Image.Image, quality: int = 80) -> bytes:
    return _file(image, "JPEG", quality=quality)


def _backdrop(image: Image.Image, size: Pixels) -> Image.Image:
    coarse = (max(1, size[0] // COARSE), max(1, size[1] // COARSE))
    return cover(image, coarse).filter(ImageFilter.GaussianBlur(3)).resize(size, Image.Resampling.BICUBIC)


def _file(image: Image.Image, kind: str, **options: int) -> bytes:
    bare = Image.new(image.mode, image.size)  # Pillow writes profiles and comments that it finds in `info`
    bare.paste(image)
    file = io.BytesIO()
    bare.save(file, kind, **options)
    return file.getvalue()
