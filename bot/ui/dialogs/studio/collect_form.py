"""Asks for the collection to put videos into. The selection is remembered under a name (see `several`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from discord.ui import Checkbox, TextInput

from bot.domain.studio.collections import LONGEST_NAME
from bot.ui.dialogs.forms import PROMPT, Form, is_ticked, labelled
from bot.ui.text.phrases.studio import collections

FOR_SERVER = "for-server"  # the id of a field


class CollectForm(Form):
    """`chosen`: the name of the selection."""

    def __init__(self, chosen: str, *, may_be_servers: bool) -> None:
        super().__init__("collect", chosen, collections.FORM_TITLE)
        name: TextInput[Any] = TextInput(custom_id=PROMPT, max_length=LONGEST_NAME)
        self.add_item(labelled(collections.NAME, name, collections.NAME_HINT))
        if may_be_servers:
            box: Checkbox[Any] = Checkbox(custom_id=FOR_SERVER)
            self.add_item(labelled(collections.FOR_SERVER, box, collections.FOR_SERVER_HINT))


def is_for_server(fields: Mapping[str, str]) -> bool:
    return is_ticked(fields, FOR_SERVER)
