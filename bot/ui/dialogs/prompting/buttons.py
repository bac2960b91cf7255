"""The buttons that lead to the prompt helper, and on from its suggestions. None of them orders anything by itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Self

from discord import ButtonStyle
from discord.ui import Button, Item

from bot.ui.dialogs.drafts import CREATE, EditTextButton, UnsentForm
from bot.ui.interactions.buttons import VERSION, LastingButton
from bot.ui.interactions.error_handler import Unsent
from bot.ui.text.phrases.ordering import prompting as phrases
from bot.ui.text.render import plain_text

MARK = "(?P<mark>[0-9a-f]{16})"


class Which(StrEnum):
    """Which of the two prompts a button takes."""

    USE = "use"
    KEEP = "keep"


class TakePromptButton(LastingButton, template=rf"{VERSION}:prompt-(?P<which>use|keep):{MARK}"):
    """Asks about the order with one of the two prompts. The mark is a draft's."""

    def __init__(self, which: Which, mark: str) -> None:
        label = phrases.USE if which is Which.USE else phrases.KEEP
        style = ButtonStyle.primary if which is Which.USE else ButtonStyle.secondary
        super().__init__(Button(label=plain_text(label), style=style, custom_id=f"{VERSION}:prompt-{which}:{mark}"))
        self.which = which
        self.mark = mark

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(Which(match["which"]), match["mark"])


class ImproveButton(LastingButton, template=rf"{VERSION}:prompt-improve:{MARK}"):
    """On a question about an order; the mark is its draft's."""

    def __init__(self, mark: str) -> None:
        label = plain_text(phrases.IMPROVE)
        super().__init__(Button(label=label, custom_id=f"{VERSION}:prompt-improve:{mark}"))
        self.mark = mark

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        return cls(match["mark"])


def buttons_for(written: str, own: str | None) -> Sequence[Item[Any]]:
    """Below the helper's prompt. Both parameters are marks of drafts; an image has no prompt of its own."""
    if own is None:
        return [EditTextButton(written, phrases.CREATE)]
    return [TakePromptButton(Which.USE, written), EditTextButton(written), TakePromptButton(Which.KEEP, own)]


def improve_button(unsent: Unsent | None, edit: Item[Any] | None) -> Item[Any] | None:
    """Beside the button that opens a new order's form; not for remixes, whose texts are short on purpose."""
    if isinstance(unsent, UnsentForm) and unsent.draft.verb == CREATE and isinstance(edit, EditTextButton):
        return ImproveButton(edit.mark)
    return None
