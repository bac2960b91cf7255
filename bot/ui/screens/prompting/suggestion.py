"""A prompt before and after, or one from an image: nothing is used that was not shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from discord.ui import ActionRow, Container, Item, LayoutView, Separator, TextDisplay

from bot.jobs.use_cases.prompting.ask import Suggestion
from bot.ui.cards.job_card import BLUE
from bot.ui.screens.budget import TextBudget
from bot.ui.text.phrases.ordering import prompting as phrases


class SuggestionScreen(LayoutView):
    """Pure."""

    def __init__(self, suggestion: Suggestion, buttons: Sequence[Item[Any]]) -> None:
        super().__init__(timeout=None)
        card: Container[SuggestionScreen] = Container(accent_colour=BLUE)
        room = TextBudget(2)
        cost = room.text(phrases.cost(suggestion))
        after = room.text(phrases.after(suggestion))  # shown in full, however little room that leaves for the other
        if suggestion.before:
            card.add_item(TextDisplay(room.text(phrases.before(suggestion)))).add_item(Separator())
        card.add_item(TextDisplay(after)).add_item(TextDisplay(cost))
        self.add_item(card)
        self.add_item(ActionRow(*buttons))
