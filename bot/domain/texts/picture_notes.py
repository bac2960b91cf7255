"""What was done to a reference picture: kept in rows in plain English, which every version can show; read as data."""

from __future__ import annotations

import re

from bot.domain.messages import Message, Term, joined, msg, plain

SIZE = r"\d+x\d+"
SIZES = {"had": Term(SIZE), "wanted": Term(SIZE)}  # stand for any two
KNOWN = (
    msg("used as it is"),
    msg("first frame of an animation"),
    msg("turned upright"),
    msg("scaled from {had} to {wanted}", **SIZES),
    msg("cropped from {had} to {wanted}", **SIZES),
    msg("fitted from {had} into {wanted} with blurred edges", **SIZES),
    msg("transparent parts made white"),
)


def picture_note(kept: str) -> Message | None:
    """None for no note. An unknown note is shown as it is: another version wrote it."""
    return joined(*map(_part, kept.split(", ")), by=", ") if kept else None


def _part(words: str) -> Message:
    for known in KNOWN:
        sizes = {name: f"(?P<{name}>{SIZE})" for name in known.params}
        if found := re.fullmatch(known.text.format(**sizes), words):
            return Message(known.text, {name: Term(size) for name, size in found.groupdict().items()})
    return plain(words)
