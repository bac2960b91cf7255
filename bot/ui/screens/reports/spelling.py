"""The labels of a chart on a machine without a font for the reader's script."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.messages import Message
from bot.domain.texts.languages import ENGLISH
from bot.ui.text.render import plain_text


def in_english(words: Sequence[Message]) -> tuple[str, ...]:
    """In English, one for each. The names in them usually have Latin letters."""
    return tuple(plain_text(each, ENGLISH) for each in words)
