"""Asked if a preset's values are not available: shows the differences, and goes on only after a yes."""

from __future__ import annotations

from typing import Any

from discord import ButtonStyle
from discord.ui import ActionRow, Container, Item, TextDisplay

from bot.jobs.ordering.presets import PresetOrder
from bot.ui.cards.job_card import BLUE
from bot.ui.dialogs.quoting.questions import No, Question
from bot.ui.dialogs.quoting.quotes import Answer, AnswerButton
from bot.ui.text.phrases.studio import presets as phrases
from bot.ui.text.render import render


class PresetQuestion(Question):
    """`edit` opens the form with the closest available values."""

    def __init__(self, made: PresetOrder, go_on: Answer, edit: Item[Any] | None) -> None:
        super().__init__()
        words = TextDisplay[PresetQuestion](render(phrases.differs(made)))
        self.add_item(Container(words, accent_colour=BLUE))
        yes = AnswerButton(self, phrases.GO_ON, go_on, style=ButtonStyle.success)
        self.add_item(ActionRow(yes, *([] if edit is None else [edit]), No(self)))
