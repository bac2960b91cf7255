"""What a message of components has room for, and how texts are made to fit: Discord refuses a larger one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.domain.messages import Message
from bot.ui.text.formatting import cut_to
from bot.ui.text.phrases.lists import and_more
from bot.ui.text.phrases.values import lines
from bot.ui.text.render import render

T = TypeVar("T")

MOST_CHARACTERS = 4000  # over all texts of a message
MOST_COMPONENTS = 40
MOST_BYTES = 9000  # of all texts; above about 10 kB with their components Discord answers 500 (discord-api-docs#8554)


class TextBudget:
    """Room for so many texts. Each may take its share of what those before it have left, so nothing is wasted."""

    def __init__(self, texts: int, *, characters: int = MOST_CHARACTERS, size: int = MOST_BYTES) -> None:
        """`size` in bytes."""
        self._texts = texts
        self._characters = characters
        self._bytes = size

    def text(self, message: Message) -> str:
        """A text, cut where it has to be."""
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
        """A title and the rows of as many items as fit; how many more there are is said below them.

        Rows are written only until one does not fit: there may be hundreds. `empty` is said when there is none, and
        `more` there are beside the items.
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
