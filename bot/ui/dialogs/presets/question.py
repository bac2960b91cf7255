"""Asked where a preset says what can't be had: what differs is told, and only a yes goes on."""

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
    """`edit` opens the form with what was typed, as near as it can be had."""

    def __init__(self, made: PresetOrder, go_on: Answer, edit: Item[Any] | None) -> None:
        super().__init__()
        words = TextDisplay[PresetQuestion](render(phrases.differs(made)))
        self.add_item(Container(words, accent_colour=BLUE))
        yes = AnswerButton(self, phrases.GO_ON, go_on, style=ButtonStyle.success)
        self.add_item(ActionRow(yes, *([] if edit is None else [edit]), No(self)))
