"""Detects what kind of file this is, by its content. A name or a declared type is never trusted."""

from __future__ import annotations

import re

from bot.domain.errors import BadRequest
from bot.media.refusals import (
    ANOTHER_KIND,
    ARCHIVE,
    AVIF,
    BMP,
    HEIC,
    ICON,
    JPEG_XL,
    NOT_AN_IMAGE,
    PDF,
    PHOTOSHOP,
    SVG,
    TIFF,
    VIDEO,
    WEB_PAGE,
    about,
)

PICTURE = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF....WEBP", re.DOTALL)
# Detected only so that people are told what they sent. The first match counts.
OTHERS = (
    (AVIF, rb"....ftypavi[fs]"),
    (HEIC, rb"....ftyp(hei|hev|mif1|msf1)"),
    (VIDEO, rb"....(ftyp|moov)|\x1a\x45\xdf\xa3|RIFF....AVI "),
    (BMP, rb"BM"),
    (TIFF, rb"II\*\x00|MM\x00\*"),
    (JPEG_XL, rb"\xff\x0a|\x00\x00\x00\x0cJXL "),
    (PHOTOSHOP, rb"8BPS"),
    (ICON, rb"\x00\x00\x01\x00"),
    (PDF, rb"%PDF"),
    (ARCHIVE, rb"PK\x03\x04|7z\xbc\xaf|Rar!|\x1f\x8b"),
    (SVG, rb"(?i)(\xef\xbb\xbf)?\s*<(\?xml|!--|!doctype svg|svg)"),
    (WEB_PAGE, rb"(?i)(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body|script)"),
)


def check_kind(data: bytes) -> None:
    """Raises BadRequest unless this begins like a JPEG, PNG, WebP or GIF."""
    if PICTURE.match(data) is None:
        kind = next((kind for kind, start in OTHERS if re.match(start, data, re.DOTALL)), None)
        raise BadRequest(NOT_AN_IMAGE if kind is None else about(ANOTHER_KIND, kind=kind))
