"""What a chart says on a machine that has no font for the reader's letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.messages import Message
from bot.domain.texts.languages import ENGLISH
from bot.ui.text.render import plain_text


def in_english(words: Sequence[Message], plain: Sequence[Message] | None = None) -> Mapping[str, str]:
    """By the words as their reader sees them. `plain`: the same with names in Latin letters, where there are names."""
    pairs = zip(words, words if plain is None else plain, strict=True)
    return {plain_text(each): plain_text(other, ENGLISH) for each, other in pairs}
