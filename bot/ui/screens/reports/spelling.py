"""What a chart says on a machine that has no font for the reader's letters."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.messages import Message
from bot.domain.texts.languages import ENGLISH
from bot.ui.text.render import plain_text


def in_english(words: Sequence[Message]) -> tuple[str, ...]:
    """One each. Names in them are those that have Latin letters as a rule."""
    return tuple(plain_text(each, ENGLISH) for each in words)
