"""Converts any colours to plain sRGB, which screens and video models expect."""

from __future__ import annotations

import io

from PIL import Image, ImageCms

SRGB = ImageCms.createProfile("sRGB")
BLACK = 32  # of 255; no part of a black picture is brighter
COARSE = (32, 32)  # single-pixel noise is averaged away at this size


def on_white(image: Image.Image) -> tuple[Image.Image, bool]:
    """Without transparency, and whether there was any. Most programs show white behind a picture."""
    if image.mode != "RGBA":
        return image, False
    alpha = image.getchannel("A")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=alpha)
    return white, alpha.getextrema() != (255, 255)


def is_black(image: Image.Image) -> bool:
    return max(image.convert("L").resize(COARSE, Image.Resampling.BOX).tobytes()) < BLACK


def in_srgb(image: Image.Image, icc: bytes | None) -> Image.Image:
    """As RGB; converted by its profile if that is usable."""
    if icc is None:
        return image.convert("RGB")
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(icc))
        converted = ImageCms.profileToProfile(image, profile, SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image.convert("RGB")
    return converted or image.convert("RGB")
