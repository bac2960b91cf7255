"""What kind of file this is, by its content. A name or a declared type is never believed."""

from __future__ import annotations

import re

from bot.domain.errors import BadRequest

PICTURE = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF....WEBP", re.DOTALL)
# Named only so that people are told what they sent. The first that fits counts.
OTHERS = (
    ("an AVIF picture", rb"....ftypavi[fs]"),
    ("a HEIC photo", rb"....ftyp(hei|hev|mif1|msf1)"),
    ("a video", rb"....(ftyp|moov)|\x1a\x45\xdf\xa3|RIFF....AVI "),
    ("a BMP picture", rb"BM"),
    ("a TIFF picture", rb"II\*\x00|MM\x00\*"),
    ("a JPEG XL picture", rb"\xff\x0a|\x00\x00\x00\x0cJXL "),
    ("a Photoshop file", rb"8BPS"),
    ("an icon", rb"\x00\x00\x01\x00"),
    ("a PDF", rb"%PDF"),
    ("an archive", rb"PK\x03\x04|7z\xbc\xaf|Rar!|\x1f\x8b"),
    ("an SVG drawing", rb"(?i)(\xef\xbb\xbf)?\s*<(\?xml|!--|!doctype svg|svg)"),
    ("a web page", rb"(?i)(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body|script)"),
)


def check_kind(data: bytes) -> None:
    """BadRequest unless this begins like a JPEG, PNG, WebP or GIF."""
    if PICTURE.match(data) is None:
        name = next((name for name, start in OTHERS if re.match(start, data, re.DOTALL)), None)
        found = f"{name}, which can't be used" if name else "not a picture"
        raise BadRequest(f"This is {found}. Send a JPEG, PNG, WebP or GIF instead. You weren't charged.")
