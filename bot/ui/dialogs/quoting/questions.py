"""Questions for the asker only, before something is ordered. They live in memory: unanswered, they just end."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import field
from typing import Any, Self
from weakref import WeakValueDictionary

import discord
from discord.ui import ActionRow, Button, DynamicItem, Item, LayoutView, TextDisplay

from bot.data_classes import wired
from bot.ui.interactions.admission import is_admitted
from bot.ui.interactions.error_handler import Unsent, carried, kept
from bot.ui.interactions.responses import acknowledge, instead, update
from bot.ui.text.phrases import dialogs
from bot.ui.text.render import plain_text, render

ASK_FOR = 600.0  # seconds that a question stays open; the interaction's own token is valid for 900


class Question(LayoutView):
    """Shown only to the asker. Its own buttons do not outlive the process."""

    def __init__(self, unsent: Unsent | None = None) -> None:
        """`unsent`: the asker's input in a form."""
        super().__init__(timeout=ASK_FOR)
        self.unsent = unsent

    def add_item(self, item: Item[Any]) -> Self:
        """A lasting button in a row becomes the plain one inside it, which is handled by its id all the same.

        When a view ends that also has buttons of its own, discord.py forgets the classes of its dynamic items, and so
        those buttons work in no message any more (`ViewStore.remove_view`, 2.7.1).
        """
        return super().add_item(_plain(item))

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        return await is_admitted(interaction)

    def take_answer(self) -> bool:
        """End the question. False if it was answered already: two simultaneous presses both get here."""
        is_first = not self.is_finished()
        self.stop()
        return is_first


def _plain(item: Item[Any]) -> Item[Any]:
    if not isinstance(item, ActionRow):
        return item
    return ActionRow[Any](*(each.item if isinstance(each, DynamicItem) else each for each in item.children))


@wired
class OpenQuestions:
    """Those that can still be answered, by message. A form that one of them opened may replace it."""

    by_message: MutableMapping[int, Question] = field(default_factory=WeakValueDictionary)

    def behind(self, interaction: discord.Interaction[Any]) -> Question | None:
        """The question whose *Edit* opened the submitted form."""
        message = interaction.message
        return None if message is None else self.by_message.get(message.id)

    async def ask(self, interaction: discord.Interaction[Any], question: Question) -> None:
        """Ask in a reply, or in place of the question that was edited, which can no longer be confirmed."""
        question.unsent = question.unsent or carried(interaction)
        before = self.behind(interaction)
        if before is not None:
            before.stop()
        message = await instead(interaction, question, replaces=before is not None)
        self.by_message[message] = question


class No(Button[Any]):
    def __init__(self, question: Question) -> None:
        super().__init__(label=plain_text(dialogs.NO), style=discord.ButtonStyle.secondary)
        self._question = question

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        if not self._question.take_answer():
            await acknowledge(interaction)
            return
        said = LayoutView(timeout=None).add_item(TextDisplay(render(dialogs.NOT_ORDERED)))
        button = await kept(self._question.unsent)
        await update(interaction, said if button is None else said.add_item(ActionRow(button)))
