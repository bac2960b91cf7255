"""Ids of Discord (snowflakes) in what others wrote: buttons, menus, forms, links, the command line.

https://docs.discord.com/developers/reference#snowflakes says that they are unsigned 64-bit numbers, whose upper part
counts milliseconds since 2015. Databases have 63 bits for a number, which is enough until 2083: what is larger was made
up, and nobody has such an id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

DISCORD_ID = "[0-8]?[0-9]{1,18}"  # below 9 * 10 ** 18, which 63 bits hold
LARGEST_ID = 9 * 10**18 - 1


def id_in(text: str) -> int | None:
    """The id that was written; None for what nobody has as one."""
    return int(text) if re.fullmatch(DISCORD_ID, text) else None


def ids_in(texts: Iterable[str]) -> list[int]:
    """Those that are one, each once, in their order: what a client sent is chosen once, however often it is named."""
    return list(dict.fromkeys(found for text in texts if (found := id_in(text)) is not None))
