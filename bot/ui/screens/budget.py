"""The room for text in a message of components, and how texts are cut to fit: Discord refuses larger messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.domain.messages import Message
from bot.ui.text.formatting import cut_to
from bot.ui.text.limits import LONGEST_MESSAGE, MOST_BYTES
from bot.ui.text.phrases.lists import and_more
from bot.ui.text.phrases.values import lines
from bot.ui.text.render import render

T = TypeVar("T")


class TextBudget:
    """Room for a number of texts. Each may use its share of what earlier ones left over, so no room is wasted."""

    def __init__(self, texts: int, *, characters: int = LONGEST_MESSAGE, size: int = MOST_BYTES) -> None:
        """`size` is in bytes."""
        self._texts = texts
        self._characters = characters
        self._bytes = size

    def text(self, message: Message) -> str:
        """A text, cut if necessary."""
        characters, size = self._share()
        return self._spent(cut_to(render(message), characters, size))

    def rows(
        self,
        title: Message,
        items: Sequence[T],
        row: Callable[[T], Message],
        empty: Message | None = None,
        *,
        more: int = 0,
    ) -> str:
        """A title and as many rows as fit; below them the number of items left out.

        Rows are rendered only until one does not fit, as there may be hundreds. `empty` is shown if there are none, and
        `more` counts further items that were not passed in.
        """
        if not items and empty is not None:
            return self.text(lines(title, empty))
        characters, size = self._share()
        written, most = render(title), len(items) + more
        longest_end = _and_more("", most)
        for shown, item in enumerate(items):
            longer = f"{written}\n{render(row(item))}"
            if not _fits(longer + longest_end * (shown + 1 < most), characters, size):
                return self._spent(_and_more(written, most - shown))
            written = longer
        return self._spent(_and_more(written, more))

    def _share(self) -> tuple[int, int]:
        return self._characters // max(1, self._texts), self._bytes // max(1, self._texts)

    def _spent(self, text: str) -> str:
        self._texts -= 1
        self._characters -= len(text)
        self._bytes -= len(text.encode())
        return text


def _and_more(written: str, missing: int) -> str:
    return f"{written}\n{render(and_more(missing))}" if missing else written


def _fits(text: str, characters: int, size: int) -> bool:
    return len(text) <= characters and len(text.encode()) <= size
