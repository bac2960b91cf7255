"""What may be wrong with a file, as sentences; and how a media process reports one of them.

A file may have taken over that process. So it can report only these sentences: any other text is untrusted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.domain.messages import Count, Foreign, Message, Param, msg, plain

# Videos

NO_VIDEO = msg("The file contains no playable video.")
DAMAGED_VIDEO = msg("The video file is damaged and doesn't play to the end.")
UNREADABLE = msg("The video is in a format that can't be read here.")
CUT_OFF = msg("The video file is incomplete.")
NOT_JOINED = msg("The two videos can't be joined.")
TOO_SMALL = msg("The video can't be made small enough to be worth watching.")

# Images

NOT_AN_IMAGE = msg("This isn't an image. Send a JPEG, PNG, WebP or GIF instead. You weren't charged.")
ANOTHER_KIND = msg("This is {kind}, which can't be used. Send a JPEG, PNG, WebP or GIF instead. You weren't charged.")
TOO_MANY_PIXELS = msg(
    "The image is {size}, {megapixels} megapixels. The limit is {most}. Send a smaller one. You weren't charged."
)
TOO_FEW_PIXELS = msg(
    "The image is only {size}. It needs at least {least} pixels on each side. Send a larger one. You weren't charged."
)
DAMAGED_IMAGE = msg("The image is damaged or incomplete. Save it again and resend it. You weren't charged.")

AVIF, HEIC, VIDEO = msg("an AVIF image"), msg("a HEIC photo"), msg("a video")
BMP, TIFF, JPEG_XL = msg("a BMP image"), msg("a TIFF image"), msg("a JPEG XL image")
PHOTOSHOP, ICON, PDF = msg("a Photoshop file"), msg("an icon"), msg("a PDF")
ARCHIVE, SVG, WEB_PAGE = msg("an archive"), msg("an SVG drawing"), msg("a web page")

OURS = {
    each.text
    for each in (
        *(NO_VIDEO, DAMAGED_VIDEO, UNREADABLE, CUT_OFF, NOT_JOINED, TOO_SMALL),
        *(NOT_AN_IMAGE, ANOTHER_KIND, TOO_MANY_PIXELS, TOO_FEW_PIXELS, DAMAGED_IMAGE),
        *(AVIF, HEIC, VIDEO, BMP, TIFF, JPEG_XL, PHOTOSHOP, ICON, PDF, ARCHIVE, SVG, WEB_PAGE),
    )
}


def about(sentence: Message, **values: Param) -> Message:
    """With details of this file."""
    return replace(sentence, params=values)


def packed(message: Message) -> Mapping[str, Any]:
    """As JSON."""
    return {"text": message.text, "values": {name: _packed(each) for name, each in message.params.items()}}


def _packed(param: Param) -> object:
    match param:
        case Message():
            return packed(param)
        case Count(number):
            return number
        case _:
            return str(param)


def unpacked(said: object) -> Message:
    """The reverse, for untrusted input."""
    match said:
        case {"text": str(text), "values": dict(values)} if text in OURS:
            return Message(text, {str(name): _unpacked(each) for name, each in values.items()})
        case {"text": str(text)}:
            return plain(text)
        case _:
            return plain(str(said))


def _unpacked(said: object) -> Param:
    match said:
        case dict():
            return unpacked(said)
        case int(number):
            return Count(number)
        case _:
            return Foreign(str(said))
