"""/help: the commands and menus that a member can use, as registered by the bot. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from discord import AppCommandType, app_commands
from discord.app_commands import AppCommand, ContextMenu
from discord.ui import Container, LayoutView, Separator, TextDisplay

from bot.data_classes import value_object
from bot.domain.messages import Message, Term
from bot.ui.cards.job_card import BLUE
from bot.ui.interactions.responses import FOR_MANAGERS
from bot.ui.screens.budget import TextBudget
from bot.ui.text.phrases import help as phrases
from bot.ui.text.phrases.values import lines

Command = app_commands.Command[Any, ..., Any]

WHOLE = "open"  # the command of a group that combines its other commands

# By their names, or the name of their group. Which ones are for managers is known from the commands themselves.
FOR_ALL_MEMBERS: Sequence[tuple[Message, Sequence[str]]] = (
    (phrases.MAKE, ("create", "remix", "compare", "prompt", "describe", "models")),
    (phrases.LOOK_BACK, ("status", "history", "show", "costs", "stats", "contest")),
    (phrases.YOURS, ("me", "presets", "keys", "help")),
)


@value_object
class HelpFacts:
    """`ids` of commands by their names, as far as known. `refusal`: why the reader may not make videos, if so."""

    commands: Sequence[Command]
    menus: Sequence[ContextMenu]
    ids: Mapping[str, int]
    manages: bool
    refusal: Message | None = None


class HelpScreen(LayoutView):
    def __init__(self, facts: HelpFacts) -> None:
        super().__init__(timeout=None)
        texts = _texts(facts)
        room = TextBudget(len(texts))
        card: Container[HelpScreen] = Container(accent_colour=BLUE)
        for number, text in enumerate(texts):
            if number:
                card.add_item(Separator())
            card.add_item(TextDisplay(room.text(text)))
        self.add_item(card)


def _texts(facts: HelpFacts) -> list[Message]:
    """The longest, which is for managers, comes last and gets all the room that is left."""
    create, models = (phrases.mention(name, facts.ids.get(name)) for name in ("create", "models"))
    begin = lines(phrases.TITLE, facts.refusal or phrases.begin(create, models))
    for_all = [_group(title, found, facts.ids) for title, found in open_groups(facts.commands)]
    entries = phrases.menus(sorted(each.name for each in facts.menus if facts.manages or not is_for_managers(each)))
    if not facts.manages:
        return [begin, *for_all, entries]
    return [begin, *for_all, entries, _for_managers(managers_commands(facts.commands), facts.ids)]


def ids_of(registered: Sequence[AppCommand]) -> Mapping[str, int]:
    """Ids of typed commands, by their names; a menu may have the same name."""
    return {each.name: each.id for each in registered if each.type is AppCommandType.chat_input}


def open_groups(commands: Sequence[Command]) -> Sequence[tuple[Message, Sequence[Command]]]:
    """The commands for all members, under their titles."""
    found = [each for each in commands if not is_for_managers(each)]
    return [
        (title, [each for name in names for each in found if _whole(each).name == name])
        for title, names in FOR_ALL_MEMBERS
    ]


def managers_commands(commands: Sequence[Command]) -> Sequence[Command]:
    return sorted((each for each in commands if is_for_managers(each)), key=lambda each: each.qualified_name)


def is_for_managers(command: Command | ContextMenu) -> bool:
    """Whether Discord hides it from members without permissions, or would if it could."""
    whole = command if isinstance(command, ContextMenu) else _whole(command)
    return whole.default_permissions is not None or FOR_MANAGERS in command.extras


def _group(title: Message, commands: Sequence[Command], ids: Mapping[str, int]) -> Message:
    return lines(title, *(_row(each, ids) for each in commands))


def _for_managers(commands: Sequence[Command], ids: Mapping[str, int]) -> Message:
    """A group with a combined page gets just one more line for its other commands, which would fill a screen."""
    opened = {_whole(each).name for each in commands if each.name == WHOLE}
    rows = [each for each in commands if _whole(each).name not in opened or each.name == WHOLE]
    others = [_mention(each, ids) for each in commands if each not in rows]
    group = _group(phrases.FOR_MANAGERS, rows, ids)
    return lines(group, phrases.one_at_a_time(others)) if others else group


def _row(command: Command, ids: Mapping[str, int]) -> Message:
    return phrases.row(_mention(command, ids), command.description)


def _mention(command: Command, ids: Mapping[str, int]) -> Term:
    return phrases.mention(command.qualified_name, ids.get(_whole(command).name))


def _whole(command: Command) -> Command | app_commands.Group:
    """What Discord has an id and a permission for: the whole group of a subcommand."""
    return command.root_parent or command
